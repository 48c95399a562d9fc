-- How a partition is partitioned.
-- live
create table t(a int, b int) partition by range (a);
create table mid partition of t for values from (0) to (100) partition by range (b);
create table leaf partition of mid for values from (0) to (10);
create index on t(b);
insert into t values (1, 1), (2, 2);
-- desired
create table t(a int, b int) partition by range (a);
create table mid partition of t for values from (0) to (100) partition by hash (b);
create table leaf partition of mid for values with (modulus 1, remainder 0);
create index on t(b);
insert into t values (1, 1), (2, 2);
