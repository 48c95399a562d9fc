-- needs citext
-- live

-- desired
CREATE EXTENSION citext;
CREATE TABLE t (id int PRIMARY KEY, s citext);
