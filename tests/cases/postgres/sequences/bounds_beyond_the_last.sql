-- Bounds that the last number is outside of.
-- live
CREATE SCHEMA bounded;
SET search_path = bounded, public;
create sequence s; create sequence used; select setval('used', 500); create sequence down increment -1; create table t(id int generated always as identity, x int); create table t2(id int generated always as identity (maxvalue 5000), x int); insert into t2(x) select generate_series(1,30);
-- desired
CREATE SCHEMA bounded;
SET search_path = bounded, public;
create sequence s start 100 minvalue 100; create sequence used start 100 minvalue 100; create sequence down increment -1 minvalue -1000 maxvalue -10; create table t(id int generated always as identity (start 1000 minvalue 1000), x int); create table t2(id int generated always as identity (start 10 minvalue 10 maxvalue 5000), x int);
