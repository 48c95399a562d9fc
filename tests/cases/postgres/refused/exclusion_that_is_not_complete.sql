-- refused is not complete in the desired database
-- min 17
-- live
CREATE TABLE t (id int, r int4range) PARTITION BY LIST (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
-- desired
CREATE TABLE t (id int, r int4range) PARTITION BY LIST (id);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE EXTENSION btree_gist;
ALTER TABLE ONLY t ADD EXCLUDE USING gist (id WITH =, r WITH &&);
