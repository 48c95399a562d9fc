-- one way
-- live
CREATE TABLE t (id int PRIMARY KEY, a int);
ALTER TABLE t ADD CONSTRAINT a_pos CHECK (a > 0) NOT VALID;
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int);
ALTER TABLE t ADD CONSTRAINT a_pos CHECK (a > 0);
