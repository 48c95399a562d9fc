-- The comment on a constraint and that on its index are two.

-- live
CREATE TABLE t (id int PRIMARY KEY, a int CONSTRAINT u UNIQUE, EXCLUDE USING btree (id WITH =));
COMMENT ON INDEX t_pkey IS 'of the key''s index';
COMMENT ON INDEX u IS 'index';
COMMENT ON CONSTRAINT u ON t IS 'constraint';

-- desired
CREATE TABLE t (id int PRIMARY KEY, a int CONSTRAINT u UNIQUE, EXCLUDE USING btree (id WITH =));
COMMENT ON CONSTRAINT t_pkey ON t IS 'of the key';
COMMENT ON INDEX u IS 'another';
COMMENT ON INDEX t_id_excl IS 'of the exclusion';
CREATE TABLE fresh (id int PRIMARY KEY, a int, UNIQUE (a));
COMMENT ON INDEX fresh_pkey IS 'new';
COMMENT ON CONSTRAINT fresh_a_key ON fresh IS 'new too';
