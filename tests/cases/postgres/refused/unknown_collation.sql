-- refused collation public.german does not exist
-- live
CREATE TABLE t (a text, b text);
-- desired
CREATE COLLATION german (provider = libc, locale = 'C');
CREATE TABLE t (a text COLLATE german, b text);
CREATE INDEX t_b ON t (b COLLATE german);
