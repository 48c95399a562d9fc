-- Somebody exchanged the names of a computed column and of the one that it is computed from.
-- live
CREATE TABLE r (c int NOT NULL DEFAULT 4, g text GENERATED ALWAYS AS (c::text) STORED, x numeric);
-- desired
CREATE TABLE r (c int NOT NULL DEFAULT 4, g text GENERATED ALWAYS AS (c::text) STORED, x numeric);
ALTER TABLE r RENAME c TO aside;
ALTER TABLE r RENAME g TO c;
ALTER TABLE r RENAME aside TO g;
