-- live
CREATE SEQUENCE s;
CREATE TABLE t (id int PRIMARY KEY, n bigint);
-- desired
CREATE SEQUENCE s;
CREATE TABLE t (id int PRIMARY KEY, n bigint DEFAULT nextval('s'));
ALTER SEQUENCE s OWNED BY t.n;
