-- refused against it
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT NOT NULL CHECK (s IN ('a', 'b', 'c')));
INSERT INTO t VALUES (1, 'a'), (2, 'c');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT NOT NULL CHECK (s IN ('a', 'b')));
