-- A column comes from above, and is altered below, in a plan that makes views and columns again.
-- live
CREATE SCHEMA si02;
SET search_path = si02, public;
create table q(i int, g int generated always as (i+1) stored); create table z(k int); create view v as select * from z; create table p(a int) partition by list(a); create table c partition of p for values in (1);
-- desired
CREATE SCHEMA si02;
SET search_path = si02, public;
create table q(i int, g int generated always as (i+2) stored); create table z(k bigint); create view v as select * from z; create table p(a int, i int default 4) partition by list(a); create table c partition of p for values in (1); alter table c alter i drop default;
