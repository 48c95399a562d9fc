-- A NOT NULL of its own name comes to a table above a partition that has one already, of another name.
-- min 18
-- live
CREATE TABLE p (b int, k int) PARTITION BY LIST (k);
CREATE TABLE c PARTITION OF p (b NOT NULL) FOR VALUES IN (1);
-- desired
CREATE TABLE old (b int NOT NULL, k int) PARTITION BY LIST (k);
CREATE TABLE c PARTITION OF old (b NOT NULL) FOR VALUES IN (1);
ALTER TABLE old RENAME TO p;
