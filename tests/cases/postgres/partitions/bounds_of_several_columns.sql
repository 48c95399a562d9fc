-- Values of bounds that are several, in quotes, or no values.
-- live

-- desired
CREATE TABLE r (a int, b text, c numeric) PARTITION BY RANGE (a, b, c);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (MINVALUE, MINVALUE, MINVALUE) TO (-5, 'it''s, (so)', 1.50);
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM (1, 'a\b"', -2) TO (2, MAXVALUE, MAXVALUE);
CREATE TABLE r3 PARTITION OF r FOR VALUES FROM (3, 'a", "b', 1) TO (4, '', 2.0);
CREATE TABLE l (a text) PARTITION BY LIST (a);
CREATE TABLE l1 PARTITION OF l FOR VALUES IN ('it''s', NULL, 'a, b', 'c)');
CREATE TABLE b (a bool) PARTITION BY LIST (a);
CREATE TABLE b1 PARTITION OF b FOR VALUES IN (true, NULL);
