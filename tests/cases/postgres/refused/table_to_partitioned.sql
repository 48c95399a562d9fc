-- refused how a table is partitioned cannot be altered
-- live
create table t(a int, b int);
-- desired
create table t(a int, b int) partition by range(b);
