-- live
CREATE TABLE t (id int PRIMARY KEY, a varchar(10) NOT NULL, b varchar(10), c char(3), d varchar);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b varchar(200), c char(5), d varchar(20));
