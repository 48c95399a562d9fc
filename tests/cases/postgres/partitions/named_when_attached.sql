-- A table becomes a partition, and what it gets from above then has names of its own; so has what comes
-- again around a table that is made anew.
-- live
CREATE TABLE p (k int, a text, b text, UNIQUE (k, b)) PARTITION BY LIST (k);
CREATE INDEX ON p (b);
CREATE INDEX ON p (a);
CREATE TABLE p1 (k int, a text, b text);
CREATE INDEX has ON p1 (a);
CREATE TABLE anew (k int, a text, b text) PARTITION BY LIST (a);
CREATE TABLE anew_d PARTITION OF anew DEFAULT;
CREATE INDEX ON anew (b);
-- desired
CREATE TABLE p (k int, a text, b text, UNIQUE (k, b)) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p DEFAULT;
CREATE INDEX ON p (b);
CREATE INDEX ON p (a);
CREATE INDEX ON p (lower(a));
ALTER INDEX p1_b_idx RENAME TO mine;
ALTER INDEX p1_a_idx RENAME TO has;
ALTER INDEX p1_lower_idx RENAME TO "Mine too";
ALTER INDEX p1_k_b_key RENAME TO mine_as_well;
COMMENT ON INDEX mine IS 'mine';
CREATE TABLE anew (k int, b text, a text) PARTITION BY LIST (b);
CREATE TABLE anew_d PARTITION OF anew DEFAULT;
CREATE INDEX ON anew (a);
ALTER INDEX anew_d_a_idx RENAME TO anew_d_b_idx;
