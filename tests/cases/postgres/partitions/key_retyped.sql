-- A column of the key changes its type, in a partition that is partitioned by it too.
-- live
create table t(a int, b int, c int, primary key (a, b)) partition by range (a);
create table t1 partition of t for values from (0) to (10);
create table t2 partition of t for values from (10) to (20) partition by list (a);
create table t2a partition of t2 for values in (10, 11);
create table t2d partition of t2 default;
alter table t add foreign key (a, c) references t;
create table r(id int, a int, b int, foreign key (a, b) references t);
insert into t select n, 1, null from generate_series(1, 19) n;
insert into r values (1, 12, 1);
-- desired
create table t(a bigint, b int, c int, d text, primary key (b, a)) partition by range (a);
create table t1 partition of t for values from (0) to (10);
create table t2 partition of t for values from (10) to (20) partition by list (a);
create table t2a partition of t2 for values in (10, 11);
create table t2d partition of t2 default;
create table t3 partition of t for values from (20) to (30);
alter table t add foreign key (c, a) references t on delete cascade;
create table r(id int, a bigint, b int, foreign key (b, a) references t on update cascade);
create index t_c on t(c);
insert into t select n, 1, null from generate_series(1, 19) n;
insert into r values (1, 12, 1);
