-- The sequence of a column goes with it, also where the column comes again.
-- live
CREATE TABLE t (a int, n serial);
-- desired
CREATE TABLE t (a int, n bigint GENERATED ALWAYS AS (a + 1) STORED);
