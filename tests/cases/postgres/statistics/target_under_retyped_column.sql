-- The server forgets the target when a column gets another type.
-- live
CREATE TABLE t (a int, b int, c int);
CREATE STATISTICS s ON a, b FROM t;
ALTER STATISTICS s SET STATISTICS 50;
COMMENT ON STATISTICS s IS 'said';
-- desired
CREATE TABLE t (a bigint, b int, c int);
CREATE STATISTICS s ON a, b FROM t;
ALTER STATISTICS s SET STATISTICS 50;
COMMENT ON STATISTICS s IS 'said';
