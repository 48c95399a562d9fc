-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, "Odd ""name" TEXT);
CREATE INDEX i1 ON t (a DESC, b);
CREATE INDEX i2 ON t (lower(a), b + 1) WHERE b > 3 AND a IS NOT NULL;
CREATE UNIQUE INDEX i3 ON t (a COLLATE NOCASE) WHERE b = 1;
CREATE INDEX i4 ON t ("Odd ""name" DESC) WHERE "Odd ""name" <> 'it''s';
INSERT INTO t VALUES (1, 'x', 1, 'o'), (2, 'X', 2, 'p');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, "Odd ""name" TEXT);
CREATE INDEX i1 ON t (a, b DESC);
CREATE INDEX i2 ON t (upper(a), b + 1) WHERE b > 4 AND a IS NOT NULL;
CREATE UNIQUE INDEX i3 ON t (a COLLATE RTRIM) WHERE b = 2;
CREATE INDEX i4 ON t ("Odd ""name") WHERE "Odd ""name" <> 'its';
INSERT INTO t VALUES (1, 'x', 1, 'o'), (2, 'X', 2, 'p');
