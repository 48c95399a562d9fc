-- What a table below has of its own in a computed column that comes anew from above.
-- live
create table p(a int, g text generated always as (a::text) stored);
alter table p alter g set storage main;
create table h(own int) inherits (p);
alter table h alter g set statistics 7;
comment on column h.g is 'h';
create table t(a int, b int, g text generated always as (a::text) stored) partition by list (b);
create table t1 partition of t default;
alter table t1 alter g set storage external;
alter table t1 alter g set statistics 5;
comment on column t1.g is 't1';
-- desired
create table p(a bigint, g text generated always as (a::text) stored);
alter table p alter g set storage main;
create table h(own int) inherits (p);
alter table h alter g set statistics 7;
alter table h alter g set storage external;
comment on column h.g is 'h';
create table t(a bigint, b int, g text generated always as (a::text) stored) partition by list (b);
create table t1 partition of t default;
alter table t1 alter g set storage external;
alter table t1 alter g set statistics 5;
comment on column t1.g is 't1';
