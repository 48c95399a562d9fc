-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT NOT NULL DEFAULT 'a' CHECK (s IN ('a', 'b', 'it''s')));
INSERT INTO t VALUES (1, 'a'), (2, 'it''s');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT NOT NULL DEFAULT 'a' CHECK (s IN ('a', 'it''s', 'new')));
INSERT INTO t VALUES (1, 'a'), (2, 'it''s');
-- next
INSERT INTO t VALUES (3, 'new');
