-- A foreign key goes on to a table that somebody called otherwise, whose key has its name still.
-- live
CREATE TABLE to_it (id int PRIMARY KEY, v text);
CREATE TABLE refers (id int PRIMARY KEY, it int REFERENCES to_it);
-- desired
CREATE TABLE to_it (id int PRIMARY KEY, v text);
CREATE TABLE refers (id int PRIMARY KEY, it int REFERENCES to_it);
ALTER TABLE to_it RENAME TO was_it;
