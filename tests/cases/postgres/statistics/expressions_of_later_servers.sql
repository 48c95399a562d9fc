-- min 17
-- live
CREATE TABLE t (i int, js jsonb, a text, ts timestamptz);
-- desired
CREATE TABLE t (i int, js jsonb, a text, ts timestamptz);
CREATE STATISTICS is_json ON (a IS JSON OBJECT WITH UNIQUE KEYS), i FROM t;
CREATE STATISTICS json_value ON (JSON_VALUE(js, '$.a' RETURNING int DEFAULT 0 ON EMPTY NULL ON ERROR)), i FROM t;
CREATE STATISTICS local ON (ts AT LOCAL), i FROM t;
