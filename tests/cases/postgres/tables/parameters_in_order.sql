-- A server keeps parameters in the order in which they were set, and prints them so.

-- live
CREATE TABLE t (a int, b int) WITH (fillfactor = 70, autovacuum_enabled = false);
ALTER TABLE t ALTER a SET (n_distinct = 5, n_distinct_inherited = 6);
CREATE INDEX i ON t (a) WITH (fillfactor = 70, deduplicate_items = off);
CREATE TABLE keyed (a int PRIMARY KEY WITH (fillfactor = 60), b int UNIQUE);

-- desired
CREATE TABLE t (a int, b int) WITH (autovacuum_enabled = false, fillfactor = 70, toast.autovacuum_enabled = false);
ALTER TABLE t ALTER a SET (n_distinct_inherited = 6, n_distinct = 5);
CREATE INDEX i ON t (a) WITH (deduplicate_items = off, fillfactor = 70);
CREATE TABLE keyed (a int PRIMARY KEY WITH (fillfactor = 65, deduplicate_items = off), b int UNIQUE WITH (fillfactor = 50));
CREATE TABLE refers (a int REFERENCES keyed);
CREATE TABLE fresh (a int) WITH (fillfactor = 50, autovacuum_enabled = false);
