-- one way
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, b INT) STRICT;
INSERT INTO t VALUES (1, 'x', 1), (2, 2, 2), (3, x'00', 3), (4, '007', 4);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB, b INT);
