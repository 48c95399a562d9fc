-- refused cannot be changed so
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT);
CREATE VIEW v AS SELECT a, b FROM t;
INSERT INTO t VALUES (1, 'x', 2);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
