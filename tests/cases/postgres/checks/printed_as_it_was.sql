-- What the server prints is what is sent: nothing that it would want to see again is left out.
-- live
CREATE TYPE pair AS (a integer, b text);
-- desired
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE t (
  id integer, p pair, n integer[], code varchar(9), price numeric, ratio double precision, kind "char",
  CHECK ((p).b IS NOT NULL), CHECK (n[1] > 0 AND n[1:2] <> '{}'), CHECK (code IN ('x', 'y') OR code NOT IN ('p', 'q')),
  CHECK (price > 0 AND ratio BETWEEN 0 AND 1), CHECK (kind IN ('a', 'b')), CHECK ((id, price) <> (1, 2)),
  CHECK (code SIMILAR TO 'a|b' AND trim(code) <> '' AND position('a' IN code) > 0),
  CHECK (price = ANY (ARRAY[20, -30])), CHECK (ratio = ANY (ARRAY[1, 2.5])), CHECK (price <> ALL (ARRAY[1::bigint]))
);
CREATE INDEX ON t (id) WHERE code IN ('x', 'y');
CREATE INDEX ON t ((code || ':' || id));
