-- Keys of partitions that become parts of unique indexes above, and are that no more.
-- live
CREATE SCHEMA exchanged;
SET search_path = exchanged, public;
CREATE TABLE f(foo int, bar text) PARTITION BY LIST(foo);
CREATE TABLE f1 PARTITION OF f(CONSTRAINT z UNIQUE(foo,bar)) FOR VALUES IN (1);
CREATE UNIQUE INDEX spi ON f(foo,bar);
CREATE SCHEMA over_another_column;
SET search_path = over_another_column, public;
CREATE TABLE f(k int, b text, c int) PARTITION BY LIST(k); CREATE TABLE f1 PARTITION OF f(CONSTRAINT z UNIQUE(k,b)) FOR VALUES IN (1);
CREATE UNIQUE INDEX spi ON f(k,b);
-- desired
CREATE SCHEMA exchanged;
SET search_path = exchanged, public;
CREATE TABLE f(foo int, bar text) PARTITION BY LIST(foo);
CREATE UNIQUE INDEX spi ON f(foo,bar);
CREATE TABLE f1 PARTITION OF f FOR VALUES IN (1);
ALTER TABLE f1 ADD CONSTRAINT z UNIQUE(foo,bar);
CREATE SCHEMA over_another_column;
SET search_path = over_another_column, public;
CREATE TABLE f(k int, b text, c int) PARTITION BY LIST(k); CREATE TABLE f1 PARTITION OF f(CONSTRAINT z UNIQUE(k,c)) FOR VALUES IN (1);
CREATE UNIQUE INDEX spi ON f(k,b);
