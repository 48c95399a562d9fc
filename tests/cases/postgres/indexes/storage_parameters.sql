-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (a);
CREATE INDEX j ON t (b) WITH (fillfactor = 50);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (a) WITH (fillfactor = 70);
CREATE INDEX j ON t (b);
