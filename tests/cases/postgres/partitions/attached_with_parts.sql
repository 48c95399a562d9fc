-- live
CREATE SCHEMA partition_attach_existing;
SET search_path = partition_attach_existing, public;
create table t(a int, b text not null default 'z', check (a > 0)) partition by range(a); create table t1(a int, b text not null default 'z', constraint t_a_check check (a > 0)); create index on t(b); create index t1i on t1(b);
-- desired
CREATE SCHEMA partition_attach_existing;
SET search_path = partition_attach_existing, public;
create table t(a int, b text not null default 'z', check (a > 0)) partition by range(a); create table t1(a int, b text not null default 'z', constraint t_a_check check (a > 0)); create index on t(b); create index t1i on t1(b); alter table t attach partition t1 for values from (1) to (5);
