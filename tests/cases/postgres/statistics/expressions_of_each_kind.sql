-- min 14
-- live
CREATE SCHEMA written_back;
SET search_path = written_back, public;
CREATE TYPE cty AS (a int, b text);
CREATE FUNCTION opf(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select a';
CREATE OPERATOR ### (FUNCTION = opf, LEFTARG = int, RIGHTARG = int);
CREATE TABLE t (i int, j int, y cty, m int[], a text, ts timestamptz, iv interval, x xml);
CREATE SCHEMA constants_in_statistics;
SET search_path = constants_in_statistics, public;
CREATE TABLE t (i int, n numeric);
CREATE STATISTICS ts ON (i * 1000), n FROM t;
CREATE STATISTICS tn ON (n * '10000000000'::numeric), i FROM t;
-- desired
CREATE SCHEMA written_back;
SET search_path = written_back, public;
CREATE TYPE cty AS (a int, b text);
CREATE FUNCTION opf(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select a';
CREATE OPERATOR ### (FUNCTION = opf, LEFTARG = int, RIGHTARG = int);
CREATE TABLE t (i int, j int, y cty, m int[], a text, ts timestamptz, iv interval, x xml);
CREATE STATISTICS field ON ((y).b IS NOT NULL) FROM t;
CREATE STATISTICS fields ON ((y).a + 1), ((y).b), i FROM t;
CREATE STATISTICS slice ON (m[1:2]), i FROM t;
CREATE STATISTICS element ON (m[2][1]), i FROM t;
CREATE STATISTICS called ON (i OPERATOR(written_back.###) j), i FROM t;
CREATE STATISTICS named ON (make_interval(days => j)), i FROM t;
CREATE STATISTICS shorter ON (iv::interval hour to minute), i FROM t;
CREATE STATISTICS similar_to ON (substring(a SIMILAR 'a#"b#"c' ESCAPE '#')), i FROM t;
CREATE STATISTICS normal ON (a IS NFC NORMALIZED), i FROM t;
CREATE STATISTICS overlapping ON ((ts, iv) OVERLAPS (ts, iv)), i FROM t;
CREATE STATISTICS document ON (x IS DOCUMENT), i FROM t;
CREATE STATISTICS as_text ON (xmlserialize(CONTENT x AS text)), i FROM t;
CREATE SCHEMA constants_in_statistics;
SET search_path = constants_in_statistics, public;
CREATE TABLE t (i int, n numeric);
CREATE STATISTICS ts ON (i * 1000::bigint), n FROM t;
CREATE STATISTICS tn ON (n * 10000000000), i FROM t;
