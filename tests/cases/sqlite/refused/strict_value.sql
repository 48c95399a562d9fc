-- refused value
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT);
INSERT INTO t VALUES (1, 'seven', 'b'), (2, 2, 'c'), (3, x'00', 'd');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT) STRICT;
