-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a REAL, b TEXT);
INSERT INTO t VALUES (1, 5.0, '8');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER CHECK (typeof(a) = 'integer'), b INTEGER CHECK (typeof(b) = 'integer' AND b > '7'));
