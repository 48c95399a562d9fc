-- refused value
-- live
CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, a INT);
INSERT INTO t VALUES ('a', 5), ('7', 6);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
