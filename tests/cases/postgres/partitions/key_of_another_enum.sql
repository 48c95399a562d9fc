-- The key's type is an enum that is replaced.
-- live
create type e as enum ('a', 'b', 'c');
create table t(x e, y int) partition by list (x);
create table t1 partition of t for values in ('a');
create table t2 partition of t for values in ('b', 'c');
create table other(x e default 'a', z text generated always as (case x when 'a' then 'A' end) stored);
insert into t values ('a', 1);
-- desired
create type e as enum ('z', 'a', 'b');
create table t(x e, y int) partition by list (x);
create table t1 partition of t for values in ('a', 'z');
create table t2 partition of t for values in ('b');
create table other(x e default 'z', z text generated always as (case x when 'z' then 'A' end) stored);
insert into t values ('a', 1);
