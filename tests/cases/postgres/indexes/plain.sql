-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX old ON t (a);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX t_a_b ON t (a, b);
