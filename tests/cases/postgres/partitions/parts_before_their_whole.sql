-- New partitions of a table that is there, in an order that their names do not have.
-- live
CREATE TABLE whole (a int, b text) PARTITION BY LIST (a);
-- desired
CREATE TABLE whole (a int, b text) PARTITION BY LIST (a);
CREATE TABLE z PARTITION OF whole FOR VALUES IN (1) PARTITION BY LIST (b);
CREATE TABLE y PARTITION OF z FOR VALUES IN ('y', 'x') PARTITION BY LIST (b);
CREATE TABLE x PARTITION OF y FOR VALUES IN ('x');
CREATE INDEX ON whole (b);
