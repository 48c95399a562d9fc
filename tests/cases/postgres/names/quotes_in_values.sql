-- live
CREATE TABLE t (id int PRIMARY KEY, s text DEFAULT 'a''b');
-- desired
CREATE TABLE t (id int PRIMARY KEY, s text DEFAULT E'\\n\t''"$$', CONSTRAINT q CHECK (s <> 'x''; DROP TABLE t; --'));
