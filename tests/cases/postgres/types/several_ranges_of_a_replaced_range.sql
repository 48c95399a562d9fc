-- min 14
-- live
CREATE SCHEMA own_name;
CREATE TYPE own_name.fr AS RANGE (subtype = int);
CREATE TYPE own_name.co AS (m own_name.fr_multirange, x int);
CREATE DOMAIN own_name.dm AS own_name.fr_multirange CHECK (NOT isempty(value));
CREATE TABLE own_name.t (id int PRIMARY KEY, r own_name.fr, c own_name.co, d own_name.dm, m own_name.fr_multirange DEFAULT '{}');
CREATE INDEX ON own_name.t (m);
CREATE FUNCTION own_name.f(own_name.fr_multirange) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE SCHEMA given_name;
CREATE TYPE given_name.fr AS RANGE (subtype = int, multirange_type_name = given_name.several);
CREATE TABLE given_name.t (id int PRIMARY KEY, m given_name.several, a given_name.several[], n given_name.several DEFAULT '{}');
CREATE SCHEMA another_name;
CREATE TYPE another_name.fr AS RANGE (subtype = int, multirange_type_name = another_name.some);
CREATE TABLE another_name.t (id int PRIMARY KEY, r another_name.fr, m another_name.some);
INSERT INTO own_name.t VALUES (1, '[1,4)', ROW('{[1,4)}', 3), '{[1,4)}', '{[2,5)}');
INSERT INTO given_name.t VALUES (1, '{[1,4)}', ARRAY['{[1,4)}'::given_name.several]);
INSERT INTO another_name.t VALUES (1, '[1,4)', '{[1,4)}');
-- desired
CREATE SCHEMA own_name;
CREATE TYPE own_name.fr AS RANGE (subtype = bigint);
CREATE TYPE own_name.co AS (m own_name.fr_multirange, x int);
CREATE DOMAIN own_name.dm AS own_name.fr_multirange CHECK (NOT isempty(value));
CREATE TABLE own_name.t (id int PRIMARY KEY, r own_name.fr, c own_name.co, d own_name.dm, m own_name.fr_multirange DEFAULT '{}');
CREATE INDEX ON own_name.t (m);
CREATE FUNCTION own_name.f(own_name.fr_multirange) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE SCHEMA given_name;
CREATE TYPE given_name.fr AS RANGE (subtype = bigint, multirange_type_name = given_name.several);
CREATE TABLE given_name.t (id int PRIMARY KEY, m given_name.several, a given_name.several[], n given_name.several DEFAULT '{}');
CREATE SCHEMA another_name;
CREATE TYPE another_name.fr AS RANGE (subtype = int, multirange_type_name = another_name.many);
CREATE TABLE another_name.t (id int PRIMARY KEY, r another_name.fr, m another_name.many);
