-- live
CREATE TABLE t (id INT PRIMARY KEY NOT NULL, b TEXT);
INSERT INTO t VALUES (7, 'x'), (3, 'y'), (-5, 'z');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT);
INSERT INTO t VALUES (7, 'x'), (3, 'y'), (-5, 'z');
-- next
INSERT INTO t (b) VALUES ('n');
