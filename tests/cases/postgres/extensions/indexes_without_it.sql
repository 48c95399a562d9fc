-- needs citext
-- An index that goes with an extension stays when the extension goes.
-- live
CREATE EXTENSION citext;
CREATE TABLE t (a int PRIMARY KEY, b text);
ALTER INDEX t_pkey DEPENDS ON EXTENSION citext;
CREATE INDEX i ON t (b);
ALTER INDEX i DEPENDS ON EXTENSION citext;
-- desired
CREATE TABLE t (a int PRIMARY KEY, b text);
CREATE INDEX i ON t (b);
