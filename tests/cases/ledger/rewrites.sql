-- live
CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 1, b json, c text DEFAULT 'x', d int);
INSERT INTO t SELECT g, g, '{}', g, g FROM generate_series(1, 100) g;
-- desired
CREATE TABLE t (id bigint PRIMARY KEY, a bigint DEFAULT 2, b jsonb, c int DEFAULT 3, d int);
