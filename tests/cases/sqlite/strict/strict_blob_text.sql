-- refused cannot be BLOB of a STRICT
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB);
INSERT INTO t VALUES (1, 'a'), (2, x'00'), (3, NULL);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB) STRICT;
