-- A full-text index refers to rows by their number.
-- live
CREATE TABLE t (a TEXT, b INT);
INSERT INTO t (rowid, a, b) VALUES (10, 'x', 1), (20, 'y', 2);
CREATE VIRTUAL TABLE f USING fts5(a, content='t');
INSERT INTO f(f) VALUES ('rebuild');
-- desired
CREATE TABLE t (a TEXT NOT NULL, b INT);
INSERT INTO t VALUES ('x', 1);
-- next
CREATE TABLE assertion (found INT CHECK (found = 20));
INSERT INTO assertion SELECT t.rowid FROM f JOIN t ON t.rowid = f.rowid WHERE f MATCH 'y' AND t.a = 'y' UNION ALL SELECT 0 WHERE (SELECT a FROM f WHERE f MATCH 'y') IS NOT 'y';
