-- one way
-- live
CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION cube;
CREATE EXTENSION earthdistance;
CREATE DOMAIN short AS citext CHECK (length(value) < 9);
CREATE TABLE t (id citext CHECK (id <> 'a'::citext), x text);
CREATE INDEX ON t USING gin (x gin_trgm_ops);
CREATE TABLE u (id int, x citext DEFAULT 'a'::citext, s short);
-- desired
CREATE TABLE u (id int, x text);
