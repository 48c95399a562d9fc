-- min 15
-- live
CREATE TABLE t (a int PRIMARY KEY, b text, c int, d int);
CREATE TABLE u (a int PRIMARY KEY);
CREATE PUBLICATION part FOR TABLE t (a, b) WHERE (a > 5), u;
CREATE PUBLICATION two FOR TABLE t (a, c);
-- desired
CREATE TABLE t (a bigint PRIMARY KEY, b varchar(20), c bigint);
CREATE TABLE u (a bigint PRIMARY KEY);
CREATE PUBLICATION part FOR TABLE t (a, b) WHERE (a > 5), u;
CREATE PUBLICATION two FOR TABLE t (a, c);
