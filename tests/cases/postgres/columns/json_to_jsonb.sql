-- live
CREATE TABLE t (id int PRIMARY KEY, data json, x text[]);
-- desired
CREATE TABLE t (id int PRIMARY KEY, data jsonb, x varchar(20)[]);
