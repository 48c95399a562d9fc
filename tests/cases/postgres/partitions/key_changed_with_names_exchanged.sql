-- A table is made anew around a partition whose columns have exchanged the names of their NOT NULL.
-- live
CREATE TABLE p (a text CONSTRAINT one NOT NULL, b text CONSTRAINT two NOT NULL) PARTITION BY LIST (a);
CREATE TABLE p_d PARTITION OF p DEFAULT;
-- desired
CREATE TABLE p (a text CONSTRAINT two NOT NULL, b text CONSTRAINT one NOT NULL) PARTITION BY LIST (b);
CREATE TABLE p_d PARTITION OF p DEFAULT;
