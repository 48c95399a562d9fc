-- refused its columns are in another order than the fields of type
-- live
CREATE TYPE ty AS (id int, name text);
CREATE TABLE t (name text, id int);
-- desired
CREATE TYPE ty AS (id int, name text);
CREATE TABLE t OF ty;
