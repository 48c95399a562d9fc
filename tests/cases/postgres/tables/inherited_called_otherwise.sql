-- A table that somebody called otherwise, with one below it: both go before its names are taken.
-- live
CREATE TABLE kept (no int);
CREATE TABLE above (id serial PRIMARY KEY, name text UNIQUE);
CREATE TABLE below (x int, UNIQUE (name)) INHERITS (above);
CREATE TABLE lowest () INHERITS (below, kept);
ALTER TABLE above RENAME TO over;
-- desired
CREATE TABLE kept (no int);
CREATE TABLE above (id serial PRIMARY KEY, name text UNIQUE);
