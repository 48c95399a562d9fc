-- live
CREATE SCHEMA constants_computed;
SET search_path = constants_computed, public;
CREATE TABLE t (i int, g bigint GENERATED ALWAYS AS (i * 1000) STORED);
CREATE TABLE narrow (a smallint, c real, g int GENERATED ALWAYS AS (a * 1000::smallint) STORED,
    h float8 GENERATED ALWAYS AS (c * 0.1::real) STORED);
CREATE SCHEMA constants_checked;
SET search_path = constants_checked, public;
CREATE TABLE t (i int, j bigint, r real, CONSTRAINT whole CHECK (i * 1000 < j),
    CONSTRAINT inexact CHECK (r <> 0.1::real), CONSTRAINT divided CHECK (i / 100 < j),
    CONSTRAINT listed CHECK (j = ANY (ARRAY[1, 2])), CONSTRAINT compared CHECK (i > 5),
    CONSTRAINT chosen CHECK (coalesce(i, 0) > 1), CONSTRAINT counted CHECK (j > 5));
CREATE SCHEMA constants_by_default;
SET search_path = constants_by_default, public;
CREATE TABLE t (i int, d bigint DEFAULT 86400 * 30000, f float8 DEFAULT 0.1, m text DEFAULT 5::numeric,
    h numeric DEFAULT 1 / 3::numeric, n numeric DEFAULT 5 / 2, l bigint[] DEFAULT ARRAY[1, 2]);
CREATE SCHEMA constants_indexed;
SET search_path = constants_indexed, public;
CREATE TABLE t (i int);
CREATE INDEX ti ON t ((i + 1));
CREATE INDEX tw ON t (i) WHERE i * 1000 > 5;
CREATE SCHEMA constants_of_domains;
SET search_path = constants_of_domains, public;
CREATE DOMAIN d AS int DEFAULT 2 / 3 CHECK (VALUE * 1000 > 0);
CREATE SCHEMA constants_choose_functions;
SET search_path = constants_choose_functions, public;
CREATE FUNCTION f(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'select ''int''';
CREATE FUNCTION f(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS 'select ''bigint''';
CREATE TABLE t (a int, g text GENERATED ALWAYS AS (f(1)) STORED, d text DEFAULT f(2),
    n text DEFAULT f(NULL::int));
CREATE SCHEMA constants_of_keys;
SET search_path = constants_of_keys, public;
CREATE TABLE t (i int) PARTITION BY RANGE ((i + 1));
-- desired
CREATE SCHEMA constants_computed;
SET search_path = constants_computed, public;
CREATE TABLE t (i int, g bigint GENERATED ALWAYS AS (i * 1000::bigint) STORED);
CREATE TABLE narrow (a smallint, c real, g int GENERATED ALWAYS AS (a * 1000) STORED,
    h float8 GENERATED ALWAYS AS (c * 0.1::float8) STORED);
CREATE SCHEMA constants_checked;
SET search_path = constants_checked, public;
CREATE TABLE t (i int, j bigint, r real, CONSTRAINT whole CHECK (i * 1000::bigint < j),
    CONSTRAINT inexact CHECK (r <> 0.1::float8), CONSTRAINT divided CHECK (i / 100::numeric < j),
    CONSTRAINT listed CHECK (j IN (1, 2)), CONSTRAINT compared CHECK (i > 5::numeric),
    CONSTRAINT chosen CHECK (coalesce(i, 0::numeric) > 1), CONSTRAINT counted CHECK (j > '5'));
CREATE SCHEMA constants_by_default;
SET search_path = constants_by_default, public;
CREATE TABLE t (i int, d bigint DEFAULT 86400::bigint * 30000, f float8 DEFAULT 0.1::real, m text DEFAULT 5,
    h numeric DEFAULT 1 / 3::float8, n numeric DEFAULT 5 / 2::numeric, l bigint[] DEFAULT ARRAY[1, 3]);
CREATE SCHEMA constants_indexed;
SET search_path = constants_indexed, public;
CREATE TABLE t (i int);
CREATE INDEX ti ON t ((i + 1::bigint));
CREATE INDEX tw ON t (i) WHERE i * 1000::bigint > 5;
CREATE SCHEMA constants_of_domains;
SET search_path = constants_of_domains, public;
CREATE DOMAIN d AS int DEFAULT 2 / 3::numeric CHECK (VALUE * 1000::bigint > 0);
CREATE SCHEMA constants_choose_functions;
SET search_path = constants_choose_functions, public;
CREATE FUNCTION f(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'select ''int''';
CREATE FUNCTION f(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS 'select ''bigint''';
CREATE TABLE t (a int, g text GENERATED ALWAYS AS (f(1::bigint)) STORED, d text DEFAULT f(2::bigint),
    n text DEFAULT f(NULL::bigint));
CREATE SCHEMA constants_of_keys;
SET search_path = constants_of_keys, public;
CREATE TABLE t (i int) PARTITION BY RANGE ((i + 1::bigint));
