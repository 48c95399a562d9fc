-- A partition keeps what is its own beside the same that comes from above.
-- live
CREATE TABLE to_here (id int PRIMARY KEY);
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX own ON part (at, id DESC);
ALTER TABLE part ADD CONSTRAINT own_key UNIQUE (id);
ALTER TABLE part ADD CONSTRAINT own_reference FOREIGN KEY (id) REFERENCES to_here;
ALTER TABLE part ADD CONSTRAINT own_check CHECK (id > 0);
COMMENT ON INDEX own IS 'own';
COMMENT ON CONSTRAINT own_key ON part IS 'own';
CREATE TABLE one (id int NOT NULL, at date, CHECK (id > 0));
CREATE INDEX one_own ON one (at, id DESC) WITH (fillfactor = 60);
-- desired
CREATE TABLE to_here (id int PRIMARY KEY);
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX ON parted (at, id DESC);
CREATE INDEX own ON part (at, id DESC);
ALTER TABLE parted ADD UNIQUE (id);
ALTER TABLE parted ADD CHECK (id > 0);
ALTER TABLE part ADD CONSTRAINT own_key UNIQUE (id);
ALTER TABLE parted ADD FOREIGN KEY (id) REFERENCES to_here;
ALTER TABLE part ADD CONSTRAINT own_reference FOREIGN KEY (id) REFERENCES to_here;
ALTER TABLE part ADD CONSTRAINT own_check CHECK (id > 0);
COMMENT ON INDEX own IS 'own';
COMMENT ON CONSTRAINT own_key ON part IS 'own';
CREATE TABLE one PARTITION OF parted FOR VALUES IN (1);
CREATE INDEX one_own ON one (at, id DESC) WITH (fillfactor = 60);
