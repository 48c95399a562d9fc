-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT);
CREATE INDEX i1 ON t (a DESC, b);
CREATE INDEX i2 ON t (lower(a), b + 1) WHERE b > 3 AND a IS NOT NULL;
INSERT INTO t VALUES (1, 'x', 1), (2, 'X', 2);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT);
CREATE INDEX i1 ON t (a DESC, b);
CREATE INDEX i2 ON t (lower(a), b + 1) WHERE b > 3 AND a IS NOT NULL;
INSERT INTO t VALUES (1, 'x', 1), (2, 'X', 2);
