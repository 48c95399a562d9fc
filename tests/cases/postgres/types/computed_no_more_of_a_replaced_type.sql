-- min 15
-- live
CREATE TYPE s AS ENUM ('a', 'b');
CREATE TABLE t (id int, x s, e s GENERATED ALWAYS AS (x) STORED,
  f text GENERATED ALWAYS AS (CASE WHEN x = 'a' THEN 'q' END) STORED);
-- desired
CREATE TYPE s AS ENUM ('b', 'a');
CREATE TABLE t (id int, x s, e s, f text);
