-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, CHECK (a LIKE 'x%' ESCAPE '\' OR a GLOB '[a-z]*' OR CASE WHEN b BETWEEN 1 AND 2 THEN 1 ELSE cast(b AS REAL) > -1.5e-3 END), CHECK (json_valid(a) OR a IS NOT NULL OR b IN (1,2,3) AND NOT b <> ~1 % 5 << 2 | 4 & 7), CHECK ((a, b) <> ('q', 1)), CHECK (a IS NOT DISTINCT FROM a));
INSERT INTO t VALUES (1, 'x', 1);
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT, CHECK (a LIKE 'x%' ESCAPE '\' OR a GLOB '[a-z]*' OR CASE WHEN b BETWEEN 1 AND 2 THEN 1 ELSE cast(b AS REAL) > -1.5e-3 END), CHECK (json_valid(a) OR a IS NOT NULL OR b IN (1,2,3) AND NOT b <> ~1 % 5 << 2 | 4 & 7), CHECK ((a, b) <> ('q', 1)), CHECK (a IS NOT DISTINCT FROM a));
INSERT INTO t VALUES (1, 'x', 1);
