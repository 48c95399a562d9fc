-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO t VALUES (1, '{"x": [1]}', '2020-01-01');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (json_valid(a) AND json_type(a, '$.x') = 'array'), b TEXT CHECK (b IS date(b)), c TEXT DEFAULT ('x' || 'y') CHECK (c LIKE 'x%'), CHECK (length(a) + length(b) < 100));
