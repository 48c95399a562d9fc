-- The bounds read as before.
-- live
create table t(a varchar(10), b int) partition by list (a);
create table t1 partition of t for values in ('x', 'y');
create table t2 partition of t default;
insert into t values ('x', 1), ('q', 2);
-- desired
create table t(a varchar(20), b int) partition by list (a);
create table t1 partition of t for values in ('x', 'y');
create table t2 partition of t default;
insert into t values ('x', 1), ('q', 2);
