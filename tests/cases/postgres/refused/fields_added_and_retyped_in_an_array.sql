-- refused whose fields come or go while others change their types
-- live
CREATE TYPE cc AS (x int, y text);
CREATE TABLE t (id int PRIMARY KEY, c cc[]);
-- desired
CREATE TYPE cc AS (x bigint, y text, z int);
CREATE TABLE t (id int PRIMARY KEY, c cc[]);
