-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a + 1) VIRTUAL, c INT AS (b + 1) STORED, CHECK (c > b));
CREATE UNIQUE INDEX tc ON t (c);
INSERT INTO t (id, a) VALUES (1, 1), (2, 5);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a REAL, b INT AS (a + 2) VIRTUAL, c INT AS (b + 3) STORED, CHECK (c > b), CHECK (b > a));
CREATE UNIQUE INDEX tc ON t (c);
INSERT INTO t (id, a) VALUES (1, 1), (2, 5);
-- next
INSERT INTO t (id, a) VALUES (3, 9);
