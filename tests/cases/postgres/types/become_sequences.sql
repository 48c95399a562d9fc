-- live
CREATE TYPE x AS ENUM ('a');
CREATE SEQUENCE y;
CREATE TABLE t (x x, n bigint);
-- desired
CREATE SEQUENCE x;
CREATE TYPE y AS ENUM ('b');
CREATE TABLE t (x y, n bigint);
