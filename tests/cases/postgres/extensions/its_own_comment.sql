-- needs citext
-- A comment on an extension goes back to the one that it comes with, or is taken off.
-- live
CREATE EXTENSION citext;
COMMENT ON EXTENSION citext IS 'x';
CREATE EXTENSION hstore;
COMMENT ON EXTENSION hstore IS NULL;
CREATE EXTENSION pgcrypto;
COMMENT ON EXTENSION pgcrypto IS 'pg';
-- desired
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION pgcrypto;
COMMENT ON EXTENSION pgcrypto IS NULL;
