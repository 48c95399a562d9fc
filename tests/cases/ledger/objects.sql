-- live
CREATE SCHEMA gone;
CREATE TYPE c AS (a int);
CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t (id int, e e DEFAULT 'a', s int);
CREATE SEQUENCE q;
CREATE SEQUENCE q2;
INSERT INTO t SELECT g, 'a' FROM generate_series(1, 100) g;
-- desired
CREATE SCHEMA made;
CREATE TYPE c AS (a int, b int);
CREATE TYPE e AS ENUM ('b', 'a');
CREATE TYPE n AS ENUM ('b', 'a');
CREATE TABLE t (id int, e e DEFAULT 'a', s int);
CREATE SEQUENCE q INCREMENT 5;
CREATE SEQUENCE q3 OWNED BY t.s;
CREATE FUNCTION made.number() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE made.numbered (a int DEFAULT made.number());
