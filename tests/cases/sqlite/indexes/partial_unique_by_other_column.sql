-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, gone INT);
INSERT INTO t VALUES (1, 'x', 1), (2, 'x', NULL), (3, 'x', 5);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, gone INT);
CREATE UNIQUE INDEX live_a ON t (a) WHERE gone IS NULL;
CREATE UNIQUE INDEX both ON t (a, coalesce(gone, -1));
