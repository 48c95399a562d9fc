-- live
CREATE TABLE src (a INT, b TEXT);
INSERT INTO src VALUES (1, 'x');
CREATE TABLE t AS SELECT a, b, a + 1 AS "c d", 'k' FROM src;
-- desired
CREATE TABLE src (a INT, b TEXT);
CREATE TABLE t (a INT NOT NULL, b TEXT, "c d", "'k'" TEXT);
INSERT INTO t VALUES (1, 'x', 2, 'k');
