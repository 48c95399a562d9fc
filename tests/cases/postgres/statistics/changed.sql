-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE STATISTICS s (dependencies) ON a, b FROM t;
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE STATISTICS s (mcv) ON a, b FROM t;
ALTER STATISTICS s SET STATISTICS 50;
