-- live
CREATE SCHEMA both_new;
SET search_path = both_new, public;
CREATE TABLE f(k int, b int) PARTITION BY LIST(k); CREATE TABLE f2 PARTITION OF f FOR VALUES IN (2);
CREATE SCHEMA in_place_of_an_index;
SET search_path = in_place_of_an_index, public;
CREATE TABLE f(k int, b int) PARTITION BY LIST(k); CREATE TABLE f2 PARTITION OF f FOR VALUES IN (2); CREATE UNIQUE INDEX b ON f(k,b);
-- desired
CREATE SCHEMA both_new;
SET search_path = both_new, public;
CREATE TABLE f(k int, b int, UNIQUE(k,b)) PARTITION BY LIST(k); CREATE TABLE f2 PARTITION OF f FOR VALUES IN (2); ALTER TABLE f2 ADD PRIMARY KEY(k,b);
CREATE SCHEMA in_place_of_an_index;
SET search_path = in_place_of_an_index, public;
CREATE TABLE f(k int, b int, UNIQUE(k,b)) PARTITION BY LIST(k); CREATE TABLE f2 PARTITION OF f FOR VALUES IN (2); ALTER TABLE f2 ADD PRIMARY KEY(k,b);
