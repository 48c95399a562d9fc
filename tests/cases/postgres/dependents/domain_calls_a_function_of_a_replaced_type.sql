-- A domain lets go of a function that is made again, and takes it again.
-- live
CREATE TYPE e AS (a int, b text);
CREATE FUNCTION f(e) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE DOMAIN d AS int DEFAULT f('(1,2)') CHECK (VALUE > 0) CONSTRAINT k CHECK (VALUE >= f(ROW(1, 2)::e));
CREATE DOMAIN other AS int CONSTRAINT k CHECK (VALUE < 9);
COMMENT ON CONSTRAINT k ON DOMAIN d IS 'kept';
CREATE TABLE t (e e, d d DEFAULT 4, o other);
-- desired
CREATE TYPE e AS (b text, a int);
CREATE FUNCTION f(e) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE DOMAIN d AS int DEFAULT f('(2,1)') CHECK (VALUE > 0) CONSTRAINT k CHECK (VALUE >= f(ROW(1, 2)::e));
CREATE DOMAIN other AS int CONSTRAINT k CHECK (VALUE < f('(2,1)') + 9);
COMMENT ON CONSTRAINT k ON DOMAIN d IS 'kept';
CREATE TABLE t (e e, d d DEFAULT 4, o other);
CREATE TABLE new (d d);
