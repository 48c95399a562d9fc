-- Types between which there is no cast: JSON is made of the value, numbers of booleans, the rest by way of text.
-- live
CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE TABLE t (id integer PRIMARY KEY, tags text[], at timestamptz, flag boolean, big boolean, count bigint, level integer, shape polygon, feel mood);
-- desired
CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE TABLE t (id integer PRIMARY KEY, tags jsonb, at integer, flag bigint, big numeric(5,2), count boolean, level mood, shape numeric, feel jsonb);
