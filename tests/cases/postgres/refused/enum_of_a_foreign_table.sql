-- refused cure:       give the columns another type by hand first
-- live
CREATE TYPE m AS ENUM ('a', 'b');
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE f (m m) SERVER s;
CREATE TABLE t (m m);
-- desired
CREATE TYPE m AS ENUM ('b', 'a');
CREATE TABLE t (m m);
