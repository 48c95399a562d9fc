-- refused NULL
-- live
CREATE TABLE t (id TEXT, a INT);
INSERT INTO t VALUES ('a', 5), (NULL, 6);
-- desired
CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY, a INT);
