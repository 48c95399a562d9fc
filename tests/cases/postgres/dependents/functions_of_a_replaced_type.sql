-- A function of a type that is replaced is made again, and with it what calls it.

-- live
CREATE SCHEMA enums; SET search_path = enums;
CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE FUNCTION f(e) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE CAST (e AS integer) WITH FUNCTION f(e);
CREATE TABLE t (i int, e e, n int DEFAULT f('a'), CONSTRAINT k CHECK (f(e) > 0));
CREATE INDEX x ON t (f(e));
CREATE SCHEMA rows; SET search_path = rows;
CREATE TYPE e AS (a int, b text);
CREATE FUNCTION f(e) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE TABLE t (i int, e e, n int DEFAULT f('(1,2)'), g int GENERATED ALWAYS AS (f(e)) STORED, CONSTRAINT k CHECK (f(e) > 0));
CREATE INDEX x ON t (i) WHERE f(e) > 3;
CREATE VIEW v AS SELECT f(e), g FROM t;
CREATE POLICY p ON t USING (f(e) > 1);

-- desired
CREATE SCHEMA enums; SET search_path = enums;
CREATE TYPE e AS ENUM ('a', 'b');
CREATE FUNCTION f(e) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE CAST (e AS integer) WITH FUNCTION f(e);
CREATE TABLE t (i int, e e, n int DEFAULT f('b'), CONSTRAINT k CHECK (f(e) > 0));
CREATE INDEX x ON t (f(e));
CREATE TABLE fresh (n int DEFAULT f('a'));
CREATE SCHEMA rows; SET search_path = rows;
CREATE TYPE e AS (b text, a int);
CREATE FUNCTION f(e) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
CREATE TABLE t (i int, e e, n int DEFAULT f('(1,2)'), g int GENERATED ALWAYS AS (f(e)) STORED, CONSTRAINT k CHECK (f(e) > 0));
CREATE INDEX x ON t (i) WHERE f(e) > 3;
CREATE VIEW v AS SELECT f(e), g FROM t;
CREATE POLICY p ON t USING (f(e) > 1);
