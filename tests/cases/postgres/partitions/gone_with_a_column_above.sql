-- A partition, and a table that inherits, have something of their own about a column that goes above
-- them: they go first.
-- live
CREATE TABLE p (a int, d int) PARTITION BY LIST (a);
CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p_3 PARTITION OF p FOR VALUES IN (3) PARTITION BY RANGE (d);
CREATE TABLE q (a int, d int);
CREATE TABLE q_3 (g int GENERATED ALWAYS AS (d * 2) STORED) INHERITS (q);
CREATE TABLE q_4 () INHERITS (q_3);
-- desired
CREATE TABLE p (a int) PARTITION BY LIST (a);
CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE q (a int);
