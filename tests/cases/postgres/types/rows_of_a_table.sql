-- A column with a default comes to a table whose rows are values of others.
-- live
CREATE TABLE a (id int, n text);
INSERT INTO a VALUES (1, 'x');
CREATE DOMAIN d AS a CHECK ((value).id > 0);
CREATE TABLE b (id int PRIMARY KEY, r a, rs a[], d d);
-- desired
CREATE TABLE a (id int, n text, z int DEFAULT 4, y text NOT NULL DEFAULT 'y');
CREATE DOMAIN d AS a CHECK ((value).id > 0);
CREATE TABLE b (id int PRIMARY KEY, r a, rs a[], d d);
