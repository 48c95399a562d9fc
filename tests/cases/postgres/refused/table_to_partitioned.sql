-- refused no table becomes a partitioned one
-- live
create table t(a int, b int);
-- desired
create table t(a int, b int) partition by range(b);
