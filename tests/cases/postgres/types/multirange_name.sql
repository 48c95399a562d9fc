-- min 14
-- live
CREATE DOMAIN positive AS int CHECK (value >= 0);
CREATE TYPE span AS RANGE (subtype = positive, multirange_type_name = spans);
CREATE TABLE t (id int PRIMARY KEY, r span, EXCLUDE USING gist (r WITH &&));
CREATE TYPE times AS RANGE (subtype = time);
CREATE TABLE u (r times);
-- desired
CREATE DOMAIN positive AS bigint CHECK (value >= 0);
CREATE TYPE span AS RANGE (subtype = positive, multirange_type_name = spans);
CREATE TABLE t (id int PRIMARY KEY, r span, EXCLUDE USING gist (r WITH &&));
CREATE TYPE times AS RANGE (subtype = time, multirange_type_name = "several Times");
CREATE TABLE u (r times);
