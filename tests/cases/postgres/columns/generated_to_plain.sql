-- live
CREATE TABLE t (id int PRIMARY KEY, a text, b text GENERATED ALWAYS AS (lower(a)) STORED);
-- desired
CREATE TABLE t (id int PRIMARY KEY, a text, b text);
