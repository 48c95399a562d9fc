-- live
CREATE TABLE t (a TEXT, b INT);
INSERT INTO t (rowid, a, b) VALUES (10, 'x', 1), (20, 'y', 2);
CREATE VIRTUAL TABLE f USING fts5(a, content='t');
INSERT INTO f(f) VALUES ('rebuild');
-- desired
CREATE TABLE t (a TEXT NOT NULL, b INT);
INSERT INTO t VALUES ('x', 1);
