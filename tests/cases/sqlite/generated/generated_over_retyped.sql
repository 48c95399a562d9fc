-- refused more than once
-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, g TEXT AS (a || '!') STORED UNIQUE);
INSERT INTO t (id, a) VALUES (1, '7'), (2, '07');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, g TEXT AS (a || '!') STORED UNIQUE);
