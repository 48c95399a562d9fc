-- needs citext
-- live
CREATE EXTENSION citext;
CREATE TABLE t (id int PRIMARY KEY, s text);
-- desired
CREATE EXTENSION citext;
CREATE TABLE t (id int PRIMARY KEY, s citext, CONSTRAINT s_ok CHECK (s <> 'x'));
CREATE UNIQUE INDEX i ON t (s);
