-- needs pg_trgm
-- live
CREATE EXTENSION pg_trgm;
CREATE TABLE t (id int PRIMARY KEY, s text);
-- desired
CREATE EXTENSION pg_trgm;
CREATE TABLE t (id int PRIMARY KEY, s text);
CREATE INDEX i ON t USING gin (s gin_trgm_ops);
