-- For the server an index of a partition is the one from above also where it sorts otherwise.
-- live
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX own ON part (at, id DESC);
COMMENT ON INDEX own IS 'own';
CREATE TABLE one (id int NOT NULL, at date);
CREATE INDEX one_a_own ON one (at, id DESC);
CREATE INDEX one_b_own ON one (at DESC, id);
CREATE INDEX one_c_own ON one (at, id);
-- desired
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX ON parted (at DESC, id);
CREATE INDEX own ON part (at, id DESC);
COMMENT ON INDEX own IS 'own';
CREATE TABLE one PARTITION OF parted FOR VALUES IN (1);
CREATE INDEX one_a_own ON one (at, id DESC);
CREATE INDEX one_b_own ON one (at DESC, id);
CREATE INDEX one_c_own ON one (at, id);
