-- live
CREATE TABLE t (id int PRIMARY KEY, a text, b text, c int[]);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b uuid, c bigint[]);
