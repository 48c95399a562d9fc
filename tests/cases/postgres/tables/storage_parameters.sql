-- live
CREATE TABLE t (id int PRIMARY KEY) WITH (fillfactor = 90, autovacuum_enabled = false);
-- desired
CREATE TABLE t (id int PRIMARY KEY, s text) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_enabled = false);
