-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (a);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (a DESC NULLS LAST, b ASC NULLS FIRST);
CREATE INDEX j ON t (a DESC);
