-- needs citext
-- live
CREATE SCHEMA ext;
-- desired
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE t (id int PRIMARY KEY, s ext.citext);
