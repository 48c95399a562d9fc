-- live
CREATE TABLE t ( -- the table
  id INTEGER PRIMARY KEY, /* key, ( */
  a TEXT, -- first, with 'quote
  b INT /* last */ );
INSERT INTO t VALUES (1, 'a', 1);
-- desired
CREATE TABLE t (
  -- nothing
  id INTEGER /* in */ PRIMARY KEY,
  a TEXT -- with comma,
  , b INT NOT NULL);
INSERT INTO t VALUES (1, 'a', 1);
