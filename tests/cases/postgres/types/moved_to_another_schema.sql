-- A default of the type in one schema has no cast to the type of the same name in the other.
-- live
CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TYPE a.e AS ENUM ('x', 'y');
CREATE TABLE b.t (id int PRIMARY KEY, e a.e DEFAULT 'x', f a.e[] DEFAULT ARRAY['x'::a.e]);
-- desired
CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TYPE b.e AS ENUM ('x', 'y');
CREATE TABLE b.t (id int PRIMARY KEY, e b.e DEFAULT 'x', f b.e[] DEFAULT ARRAY['x'::b.e]);
