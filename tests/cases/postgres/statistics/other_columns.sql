-- Statistics are about other columns than before, of which one has an odd name.
-- live
CREATE TABLE t (a int, b int, c int, "Odd one" int);
CREATE STATISTICS s ON b, c FROM t;
-- desired
CREATE TABLE t (a int, b int, c int, "Odd one" int);
CREATE STATISTICS s ON a, "Odd one", c FROM t;
