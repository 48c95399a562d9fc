-- The values that were computed become ones of another type.
-- min 18
-- live
create table t(a int, b double precision, c text generated always as (a::text) virtual,
  d double precision generated always as (b + 1) virtual not null, e bigint generated always as (a + 1) virtual);
insert into t(a, b) values (1, 1);
-- desired
create table t(a int, b double precision, c int default 7, d numeric(10, 2) not null default 3,
  e int generated always as identity);
insert into t values (1, 1);
