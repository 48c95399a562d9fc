-- The server drops no partition that a foreign key to its parent looks into.
-- live
CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE nested PARTITION OF parted DEFAULT PARTITION BY LIST (id);
CREATE TABLE nested_a PARTITION OF nested FOR VALUES IN (2);
CREATE TABLE nested_b PARTITION OF nested DEFAULT;
CREATE TABLE looks (id int REFERENCES parted);
-- desired
CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY LIST (id);
CREATE TABLE nested PARTITION OF parted DEFAULT PARTITION BY LIST (id);
CREATE TABLE nested_a PARTITION OF nested FOR VALUES IN (2);
CREATE TABLE looks (id int REFERENCES parted);
