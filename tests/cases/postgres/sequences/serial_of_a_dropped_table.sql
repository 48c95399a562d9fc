-- The sequence goes with the table that owns it.
-- live
CREATE TABLE a (id serial PRIMARY KEY);
CREATE TABLE b (id bigserial PRIMARY KEY, no serial);
-- desired
CREATE TABLE b (id bigserial PRIMARY KEY);
