-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE STATISTICS s (dependencies, ndistinct) ON a, b FROM t;
