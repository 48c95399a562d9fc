-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (lower(b));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d int[]);
CREATE INDEX i ON t (upper(b), (a + 1));
CREATE INDEX j ON t ((c ->> 'k'));
