-- refused against
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (length(a) = 3));
INSERT INTO t VALUES (1, '007');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER CHECK (length(a) = 3));
