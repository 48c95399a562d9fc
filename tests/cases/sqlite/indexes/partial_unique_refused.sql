-- refused more than once
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, gone INT);
INSERT INTO t VALUES (1, 'x', 1), (2, 'x', NULL), (3, 'X', NULL);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, gone INT);
CREATE UNIQUE INDEX live_a ON t (lower(a)) WHERE gone IS NULL;
