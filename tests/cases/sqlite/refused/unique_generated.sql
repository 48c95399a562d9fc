-- refused more than once
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
INSERT INTO t VALUES (1, 1), (2, 3);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT AS (a % 2) STORED UNIQUE);
