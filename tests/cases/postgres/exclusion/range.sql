-- live
CREATE TABLE t (id int PRIMARY KEY, during tstzrange);
-- desired
CREATE TABLE t (id int PRIMARY KEY, during tstzrange, CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&));
