-- live
CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT t_a UNIQUE (a));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE UNIQUE INDEX t_a ON t (a);
