-- A partition with other bounds follows its parent's columns and keys on the way.
-- live
CREATE TABLE p (id int, at date, v text) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX p_v ON p (v);
-- desired
CREATE TABLE p (id int NOT NULL, at date NOT NULL, v varchar(20), w int DEFAULT 3, PRIMARY KEY (id, at), CHECK (w > 0)) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2020-07-01');
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2020-07-01') TO ('2021-01-01');
CREATE UNIQUE INDEX p_v ON p (v, at);
