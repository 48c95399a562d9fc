-- refused is within the values of `u.x`, `v.y`
-- live
CREATE TABLE t (a int);
CREATE DOMAIN d AS t;
CREATE TYPE c AS (n int, d d[]);
CREATE TABLE u (x d);
CREATE TABLE v (y c);
-- desired
CREATE TABLE t (a bigint);
CREATE DOMAIN d AS t;
CREATE TYPE c AS (n int, d d[]);
CREATE TABLE u (x d);
CREATE TABLE v (y c);
