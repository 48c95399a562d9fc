-- max 14
-- refused before 15 goes on to think so, and would drop it with that
-- live
CREATE TYPE s AS ENUM ('a', 'b');
CREATE TABLE t (x s, f text GENERATED ALWAYS AS (CASE WHEN x = 'a' THEN 'q' END) STORED);
-- desired
CREATE TYPE s AS ENUM ('b', 'a');
CREATE TABLE t (x s, f text);
