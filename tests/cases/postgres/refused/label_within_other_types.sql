-- refused cannot be removed: 3 rows with them
-- live
CREATE TYPE e AS ENUM ('a', 'b', 'c');
CREATE DOMAIN d AS e;
CREATE TYPE c AS (x e, n int);
CREATE TABLE t (i int, d d, ds d[], c c, cs c[]);
INSERT INTO t VALUES (1, 'a', '{a,b}', '(a,1)', '{}'), (2, 'c', '{a,c}', '(a,1)', '{"(b,1)","(c,2)"}');
-- desired
CREATE TYPE e AS ENUM ('a', 'b');
CREATE DOMAIN d AS e;
CREATE TYPE c AS (x e, n int);
CREATE TABLE t (i int, d d, ds d[], c c, cs c[]);
