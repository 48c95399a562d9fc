-- Of two indexes of a partition that differ in their order, the one that is not to stay goes: the
-- server would take it for the part of the one that comes above.
-- live
CREATE TABLE p (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
CREATE INDEX p1_b_idx ON p1 (b);
CREATE INDEX k ON p1 (b DESC);
-- desired
CREATE TABLE p (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
CREATE INDEX p1_b_idx ON p1 (b DESC);
CREATE INDEX ON p (b);
