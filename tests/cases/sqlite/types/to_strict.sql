-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT, c REAL, d BLOB, e ANY);
INSERT INTO t VALUES (1, 1, 'b', 1.5, x'00', 'x'), (2, NULL, NULL, NULL, NULL, 3);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT, c REAL, d BLOB, e ANY) STRICT;
INSERT INTO t VALUES (1, 1, 'b', 1.5, x'00', 'x'), (2, NULL, NULL, NULL, NULL, 3);
-- next
INSERT INTO t VALUES (3, 1, 'b', 1.5, x'00', 'x');
