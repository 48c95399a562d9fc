-- A serial column goes, and so does a table that takes numbers from its sequence, or another one that
-- takes them no more.
-- live
CREATE TABLE a (id int PRIMARY KEY, no serial, other serial);
CREATE TABLE copied (LIKE a INCLUDING ALL);
CREATE TABLE takes (no int DEFAULT nextval('a_no_seq'), other bigint DEFAULT nextval('a_other_seq'));
-- desired
CREATE TABLE a (id int PRIMARY KEY, other int);
CREATE TABLE takes (no int, other bigint DEFAULT 7);
