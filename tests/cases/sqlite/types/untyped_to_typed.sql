-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a, b BLOB);
INSERT INTO t VALUES (1, 1, x'61'), (2, 'x', 'text'), (3, 1.5, 5), (4, x'00', NULL);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, b TEXT);
INSERT INTO t VALUES (1, 1, 'a');
