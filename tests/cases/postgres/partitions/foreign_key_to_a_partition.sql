-- A foreign key to a partition itself goes, and comes again, with what the partition has from above.
-- live
CREATE SCHEMA type;
CREATE TABLE type.p (id int, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE type.p1 PARTITION OF type.p FOR VALUES IN (1);
CREATE TABLE type.c (a int, b int, FOREIGN KEY (a, b) REFERENCES type.p1 (id, k));
CREATE SCHEMA own;
CREATE TABLE own.p (id int, k int, PRIMARY KEY (id, k));
CREATE TABLE own.c (a int, b int, old int) PARTITION BY LIST (b);
CREATE TABLE own.c1 PARTITION OF own.c FOR VALUES IN (1);
ALTER TABLE own.c1 ADD FOREIGN KEY (a, b) REFERENCES own.p;
CREATE SCHEMA key;
CREATE TABLE key.p (id int, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE key.p1 PARTITION OF key.p FOR VALUES IN (1);
CREATE TABLE key.c (a int, b int, FOREIGN KEY (a, b) REFERENCES key.p1 (id, k));
-- desired
CREATE SCHEMA type;
CREATE TABLE type.p (id bigint, k int, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE type.p1 PARTITION OF type.p FOR VALUES IN (1);
CREATE TABLE type.c (a bigint, b int, FOREIGN KEY (a, b) REFERENCES type.p1 (id, k));
CREATE SCHEMA own;
CREATE TABLE own.p (id varchar(9), k int, PRIMARY KEY (id, k));
CREATE TABLE own.c (a varchar(9), b int, old varchar(9)) PARTITION BY LIST (b);
CREATE TABLE own.c1 PARTITION OF own.c FOR VALUES IN (1);
ALTER TABLE own.c1 ADD FOREIGN KEY (a, b) REFERENCES own.p;
CREATE SCHEMA key;
CREATE TABLE key.p (id int NOT NULL, k int NOT NULL, CONSTRAINT other UNIQUE (k, id)) PARTITION BY LIST (k);
CREATE TABLE key.p1 PARTITION OF key.p FOR VALUES IN (1);
CREATE TABLE key.c (a int, b int, FOREIGN KEY (a, b) REFERENCES key.p1 (id, k));
