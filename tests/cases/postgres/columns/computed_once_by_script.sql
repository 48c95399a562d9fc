-- live
CREATE SCHEMA computed_once;
SET search_path = computed_once, public;
create table t(id int primary key, a int, g int generated always as (a + 1) stored);
create index on t (g) where g > 3; create view v as select g from t; create policy p on t using (g > 5);
alter table t add check (g > 1);
create materialized view m as select g, id from t; create index on m (g);
-- desired
CREATE SCHEMA computed_once;
SET search_path = computed_once, public;
create table t(id int primary key, a int, g int generated always as (a + 2) stored);
create index on t (g) where g > 3; create view v as select g from t; create policy p on t using (g > 5);
alter table t add check (g > 1);
create materialized view m as select g, id from t; create index on m (g);
