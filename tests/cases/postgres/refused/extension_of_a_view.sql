-- refused extension citext  would be dropped, and is needed by view v
-- needs citext
-- live
CREATE EXTENSION citext;
CREATE VIEW v AS SELECT 'a'::citext AS x;
-- desired
