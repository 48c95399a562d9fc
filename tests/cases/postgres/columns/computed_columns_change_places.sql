-- live
CREATE TABLE t (id int, kind text, "gen id" bigint GENERATED ALWAYS AS (id + 1) STORED, "gen kind" text GENERATED ALWAYS AS (upper(kind)) STORED);
-- desired
CREATE TABLE t (id int, "gen id" text, kind bigint GENERATED ALWAYS AS (id + 1) STORED, "gen kind" text GENERATED ALWAYS AS (upper("gen id")) STORED);
