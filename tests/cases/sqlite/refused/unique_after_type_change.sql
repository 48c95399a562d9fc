-- refused more than once
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE);
INSERT INTO t VALUES (1, '7'), (2, '07');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER UNIQUE);
