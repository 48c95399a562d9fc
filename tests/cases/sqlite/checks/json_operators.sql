-- live
CREATE TABLE t (id INTEGER PRIMARY KEY, j TEXT CHECK (json_valid(j)), k TEXT AS (j ->> '$.k') VIRTUAL, l TEXT AS (json_extract(j, '$.l')) STORED);
CREATE INDEX tk ON t (j ->> '$.k');
INSERT INTO t (id, j) VALUES (1, '{"k": 1, "l": 2}');
-- desired
CREATE TABLE t (id INTEGER PRIMARY KEY, j TEXT NOT NULL CHECK (json_valid(j)), k TEXT AS (j ->> '$.k') VIRTUAL, l TEXT AS (json_extract(j, '$.l')) STORED);
CREATE INDEX tk ON t (j ->> '$.k');
INSERT INTO t (id, j) VALUES (1, '{"k": 1, "l": 2}');
