-- Read again after the type changed, a check has casts that a new one has not.
-- live
CREATE TABLE t (id integer PRIMARY KEY, state varchar(20), kind text, CHECK (state IN ('a', 'b')), CONSTRAINT kinds CHECK (kind IN ('x', 'y') AND id > 0));
CREATE INDEX t_open ON t (id) WHERE state IN ('a', 'b');
CREATE INDEX t_lower ON t (lower(state));
-- desired
CREATE TABLE t (id integer PRIMARY KEY, state text, kind "char", CHECK (state IN ('a', 'b')), CONSTRAINT kinds CHECK (kind IN ('x', 'y') AND id > 0));
CREATE INDEX t_open ON t (id) WHERE state IN ('a', 'b');
CREATE INDEX t_lower ON t (lower(state));
