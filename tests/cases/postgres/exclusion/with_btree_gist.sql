-- needs btree_gist
-- live
CREATE EXTENSION btree_gist;
CREATE TABLE t (id int PRIMARY KEY, room int, during tstzrange);
-- desired
CREATE EXTENSION btree_gist;
CREATE TABLE t (id int PRIMARY KEY, room int, during tstzrange, CONSTRAINT booked EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0) DEFERRABLE);
