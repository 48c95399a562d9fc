-- live
CREATE TABLE t (id int PRIMARY KEY, parent int);
-- desired
CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t ON DELETE CASCADE);
