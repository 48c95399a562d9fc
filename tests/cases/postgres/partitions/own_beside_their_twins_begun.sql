-- A run that was cut off has renamed what the table above takes.
-- one way
-- live
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX part_at_id_idx ON part (at, id DESC);
ALTER TABLE part ADD CONSTRAINT part_id_key UNIQUE (id);
-- desired
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX ON parted (at, id DESC);
CREATE INDEX own ON part (at, id DESC);
ALTER TABLE parted ADD UNIQUE (id);
ALTER TABLE part ADD CONSTRAINT own_key UNIQUE (id);
