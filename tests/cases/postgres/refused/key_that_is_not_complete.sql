-- refused is not complete in the desired database
-- live
CREATE TABLE t (id int NOT NULL, b int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9);
-- desired
CREATE TABLE t (id int NOT NULL, b int) PARTITION BY RANGE (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9);
ALTER TABLE ONLY t ADD PRIMARY KEY (id);
