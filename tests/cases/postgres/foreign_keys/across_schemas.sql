-- live
CREATE SCHEMA one;
CREATE TABLE one.p (id int PRIMARY KEY);
CREATE TABLE c (x int);
-- desired
CREATE SCHEMA one;
CREATE TABLE one.p (id int PRIMARY KEY);
CREATE TABLE c (x int REFERENCES one.p);
