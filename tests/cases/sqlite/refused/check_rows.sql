-- refused against it
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
INSERT INTO t VALUES (1, 5), (2, -2), (3, NULL);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0));
