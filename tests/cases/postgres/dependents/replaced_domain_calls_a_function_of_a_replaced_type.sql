-- live
CREATE SCHEMA composite;
CREATE TYPE composite.cc AS (x int, y text);
CREATE FUNCTION composite.ok(c composite.cc) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT c.x > 0';
CREATE DOMAIN composite.dd AS composite.cc CONSTRAINT fine CHECK (composite.ok(value));
COMMENT ON CONSTRAINT fine ON DOMAIN composite.dd IS 'f';
CREATE TABLE composite.t (id int PRIMARY KEY, c composite.dd);
INSERT INTO composite.t VALUES (1, ROW(1, 'a'));
CREATE SCHEMA labels;
CREATE TYPE labels.e AS ENUM ('a', 'b');
CREATE FUNCTION labels.ok(labels.e) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT $1::text <> 'z'$$;
CREATE DOMAIN labels.dd AS labels.e CHECK (labels.ok(value));
CREATE TABLE labels.t (id int PRIMARY KEY, c labels.dd);
-- desired
CREATE SCHEMA composite;
CREATE TYPE composite.cc AS (x bigint, y text);
CREATE FUNCTION composite.ok(c composite.cc) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT c.x > 0';
CREATE DOMAIN composite.dd AS composite.cc CONSTRAINT fine CHECK (composite.ok(value));
COMMENT ON CONSTRAINT fine ON DOMAIN composite.dd IS 'f';
CREATE TABLE composite.t (id int PRIMARY KEY, c composite.dd);
CREATE SCHEMA labels;
CREATE TYPE labels.e AS ENUM ('b', 'a');
CREATE FUNCTION labels.ok(labels.e) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT $1::text <> 'z'$$;
CREATE DOMAIN labels.dd AS labels.e CHECK (labels.ok(value));
CREATE TABLE labels.t (id int PRIMARY KEY, c labels.dd);
