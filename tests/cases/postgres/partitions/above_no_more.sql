-- What came from the table above goes with it, and the partition makes its own.
-- live
CREATE TABLE to_here (id int PRIMARY KEY);
CREATE TABLE parted (id int PRIMARY KEY, at date, b int REFERENCES to_here, UNIQUE (id, at)) PARTITION BY LIST (id);
CREATE INDEX ON parted (at);
CREATE INDEX ON parted (b);
CREATE TABLE part PARTITION OF parted DEFAULT;
-- desired
CREATE TABLE to_here (id int PRIMARY KEY);
CREATE TABLE parted (id int NOT NULL, at date, b int) PARTITION BY LIST (id);
CREATE INDEX parted_b_idx ON parted (b);
CREATE TABLE part PARTITION OF parted DEFAULT;
ALTER TABLE part ADD PRIMARY KEY (id);
ALTER TABLE part ADD CONSTRAINT own UNIQUE (id, at);
ALTER TABLE part ADD FOREIGN KEY (b) REFERENCES to_here;
CREATE INDEX ON part (at);
