-- live
CREATE TABLE t (id serial PRIMARY KEY, a int DEFAULT 1 CHECK (a > 0), b json, c text DEFAULT '7', d varchar(9), e int GENERATED ALWAYS AS (a * 2) STORED);
CREATE INDEX ON t (a, c);
CREATE INDEX ON t (lower(d)) WHERE a > 5;
CREATE TABLE r (t int REFERENCES t, u smallint UNIQUE DEFERRABLE, v text[]);
CREATE VIEW w AS SELECT id, a, b FROM t;
-- desired
CREATE TABLE t (id bigserial PRIMARY KEY, a bigint DEFAULT 2 CHECK (a > 0), b jsonb, c int DEFAULT 8, d text, e int GENERATED ALWAYS AS (a * 3) STORED);
CREATE INDEX ON t (a, c);
CREATE INDEX ON t (lower(d)) WHERE a > 5;
CREATE TABLE r (t bigint REFERENCES t, u int UNIQUE DEFERRABLE, v varchar(5)[]);
CREATE VIEW w AS SELECT id, a, b FROM t;
