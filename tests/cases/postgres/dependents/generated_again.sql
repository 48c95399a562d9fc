-- live
CREATE SCHEMA generated_in_index;
SET search_path = generated_in_index, public;
create table t(a int, g int generated always as (a+1) stored unique check (g > 0)); create index ig on t(g) where g > 3; create statistics sg on a, g from t; create view v as select g from t;
CREATE SCHEMA generated_all;
SET search_path = generated_all, public;
create table t(a int, b int generated always as (a+1) stored, c int, d int generated always as (a*5) stored);
-- desired
CREATE SCHEMA generated_in_index;
SET search_path = generated_in_index, public;
create table t(a int, g int generated always as (a+2) stored unique check (g > 0)); create index ig on t(g) where g > 3; create statistics sg on a, g from t; create view v as select g from t;
CREATE SCHEMA generated_all;
SET search_path = generated_all, public;
create table t(a int, b int, c int generated always as (a*3) stored, d int generated always as (a*7) stored);
