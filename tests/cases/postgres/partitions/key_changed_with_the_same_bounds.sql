-- The bounds read as before.
-- live
create table t(a int, b int) partition by range (a);
create table t1 partition of t for values from (0) to (10);
insert into t values (1, 1);
-- desired
create table t(a int, b int) partition by range (b);
create table t1 partition of t for values from (0) to (10);
insert into t values (1, 1);
