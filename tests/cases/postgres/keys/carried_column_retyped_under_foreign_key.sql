-- A key that is referred to carries a column that gets another type.
-- live
CREATE TABLE t (a int, b int, c int, d int, PRIMARY KEY (a) INCLUDE (b));
CREATE UNIQUE INDEX u ON t (c) INCLUDE (d);
CREATE TABLE r (a int REFERENCES t, c int REFERENCES t (c));
-- desired
CREATE TABLE t (a int, b numeric(12,4), c int, d bigint, PRIMARY KEY (a) INCLUDE (b));
CREATE UNIQUE INDEX u ON t (c) INCLUDE (d);
CREATE TABLE r (a int REFERENCES t, c int REFERENCES t (c));
