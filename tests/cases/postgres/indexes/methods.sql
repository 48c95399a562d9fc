-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (a);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t USING hash (a);
CREATE INDEX j ON t USING gin (c);
CREATE INDEX k ON t USING gin (d);
CREATE INDEX l ON t USING brin (a) WITH (pages_per_range = 64);
CREATE INDEX m ON t USING spgist (b);
