-- An index whose expression reads a column that gets another type, on a partition of a partition too.
-- live
CREATE TABLE p (id integer NOT NULL, at date, v varchar(20) DEFAULT 'v', PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON p (lower(v));
-- desired
CREATE TABLE p (id integer NOT NULL, at date, v text, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON p (lower(v));
