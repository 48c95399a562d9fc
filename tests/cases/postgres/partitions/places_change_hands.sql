-- New partitions take the places of old ones, while their parent's columns come and go.
-- live
CREATE TABLE p (id int, v int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);
CREATE TABLE p2 (id int, v int);
-- desired
CREATE TABLE p (id int, x text) PARTITION BY RANGE (id);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (1) TO (5);
CREATE TABLE p1 (id int, v int);
CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (5) TO (10) PARTITION BY HASH (x);
CREATE TABLE p3a PARTITION OF p3 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
