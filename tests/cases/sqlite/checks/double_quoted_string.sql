-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
INSERT INTO t VALUES (1, 'x');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, "order" TEXT DEFAULT 'o' CHECK ("order" <> 'order'));
INSERT INTO t VALUES (1, 'x', 'o');
