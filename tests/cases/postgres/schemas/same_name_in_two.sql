-- live
CREATE SCHEMA a;
CREATE TABLE a.t (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY);
-- desired
CREATE SCHEMA a;
CREATE TABLE a.t (id int PRIMARY KEY, x text);
CREATE TABLE t (id int PRIMARY KEY, y text);
