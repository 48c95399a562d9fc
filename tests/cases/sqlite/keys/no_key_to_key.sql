-- live
CREATE TABLE t (a TEXT NOT NULL, b TEXT);
INSERT INTO t VALUES ('1', 'x'), ('2', 'y');
-- desired
CREATE TABLE t (a TEXT NOT NULL PRIMARY KEY, b TEXT);
INSERT INTO t VALUES ('1', 'x'), ('2', 'y');
