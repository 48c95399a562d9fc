-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (lower(b));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (lower(b));
ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 300;
