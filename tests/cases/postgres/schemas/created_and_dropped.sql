-- live
CREATE SCHEMA old;
CREATE TABLE old.t (id int);
-- desired
CREATE SCHEMA "New One";
CREATE TABLE "New One".t (id int);
