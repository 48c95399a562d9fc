-- one way
-- live
PRAGMA encoding = 'UTF-16'; PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
INSERT INTO t VALUES (1, 'ä€😀');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);
