-- refused more than once
-- live
CREATE TABLE t (id TEXT NOT NULL, a INT NOT NULL, PRIMARY KEY (id, a));
INSERT INTO t VALUES ('5', 5), ('5', 6);
-- desired
CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY, a INT NOT NULL);
