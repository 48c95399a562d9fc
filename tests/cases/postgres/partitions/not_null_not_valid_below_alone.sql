-- A new partition has a NOT NULL of its own that is not valid.
-- min 18
-- live
CREATE TABLE other (a int);
-- desired
CREATE TABLE pp (a int, b int) PARTITION BY HASH (a);
CREATE TABLE pp_1 PARTITION OF pp FOR VALUES WITH (MODULUS 2, REMAINDER 0);
ALTER TABLE pp_1 ADD CONSTRAINT nn NOT NULL a NOT VALID;
