-- live
CREATE SCHEMA new_primary;
SET search_path = new_primary, public;
CREATE TABLE f(foo int, bar text) PARTITION BY LIST(foo);
CREATE UNIQUE INDEX spi ON f(foo,bar);
CREATE SCHEMA new_second;
SET search_path = new_second, public;
CREATE TABLE f(k int, b text) PARTITION BY LIST(k); CREATE TABLE f1 PARTITION OF f(CONSTRAINT z UNIQUE(k,b)) FOR VALUES IN (1); CREATE TABLE f2 PARTITION OF f FOR VALUES IN (2);
CREATE UNIQUE INDEX spi ON f(k,b);
-- desired
CREATE SCHEMA new_primary;
SET search_path = new_primary, public;
CREATE TABLE f(foo int, bar text) PARTITION BY LIST(foo);
CREATE TABLE f1 PARTITION OF f(PRIMARY KEY(foo,bar)) FOR VALUES IN (1);
CREATE UNIQUE INDEX spi ON f(foo,bar);
CREATE SCHEMA new_second;
SET search_path = new_second, public;
CREATE TABLE f(k int, b text) PARTITION BY LIST(k); CREATE TABLE f2 PARTITION OF f FOR VALUES IN (2);
CREATE UNIQUE INDEX spi ON f(k,b);
