-- live
CREATE TABLE t (id int PRIMARY KEY, a inet, c bit(3));
-- desired
CREATE TABLE t (id int PRIMARY KEY, a inet, b bytea, c bit varying(5), d int4range, e point, f tsvector, g money, h macaddr, j oid, k "char", l name, m tstzrange[], n double precision, o real);
