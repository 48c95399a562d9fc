-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (b);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (b text_pattern_ops);
CREATE INDEX j ON t (b COLLATE "C");
CREATE INDEX k ON t USING gin (c jsonb_path_ops);
