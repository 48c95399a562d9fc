-- What a partition has of its own beside the same from above goes, and is not taken for that.
-- live
CREATE TABLE to_here (id int PRIMARY KEY);
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX ON parted (at, id DESC);
CREATE INDEX own ON part (at, id DESC);
ALTER TABLE parted ADD UNIQUE (id);
ALTER TABLE part ADD CONSTRAINT own_key UNIQUE (id);
ALTER TABLE parted ADD FOREIGN KEY (id) REFERENCES to_here;
ALTER TABLE part ADD CONSTRAINT own_reference FOREIGN KEY (id) REFERENCES to_here;
ALTER TABLE parted ADD CHECK (id > 0);
ALTER TABLE part ADD CONSTRAINT own_check CHECK (id > 0);
-- desired
CREATE TABLE to_here (id int PRIMARY KEY);
CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted DEFAULT;
CREATE INDEX ON parted (at, id DESC);
ALTER TABLE parted ADD UNIQUE (id);
ALTER TABLE parted ADD FOREIGN KEY (id) REFERENCES to_here;
ALTER TABLE parted ADD CHECK (id > 0);
