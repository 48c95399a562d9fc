-- live
CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT positive CHECK (a > 0));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int, b text, CONSTRAINT short CHECK (length(b) < 10), CONSTRAINT either CHECK (a IS NOT NULL OR b IS NOT NULL));
