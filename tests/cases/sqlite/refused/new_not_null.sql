-- refused would have no value
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
INSERT INTO t VALUES (1, 1), (2, 3);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT NOT NULL);
