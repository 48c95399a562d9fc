-- live
CREATE TABLE t (id int PRIMARY KEY, a numeric(10,2) DEFAULT 0, b numeric, c numeric(5));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a numeric(12,2) DEFAULT 0, b numeric(20,4), c numeric(5,1));
