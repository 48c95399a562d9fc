-- refused depends on table p, which would be dropped
-- live
CREATE FOREIGN DATA WRAPPER dummy;
CREATE SERVER s FOREIGN DATA WRAPPER dummy;
CREATE TABLE p (a int, k int) PARTITION BY LIST (k);
CREATE FOREIGN TABLE p_1 PARTITION OF p FOR VALUES IN (1) SERVER s;
-- desired
CREATE TABLE q (a int);
