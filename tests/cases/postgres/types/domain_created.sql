-- live

-- desired
CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE TABLE t (id int PRIMARY KEY, e email);
