-- A key and a unique index above find one index of a partition: the one takes it, the other is made.
-- live
CREATE SCHEMA key_and_index;
SET search_path = key_and_index, public;
create table f(foo int, bar int) partition by list(foo); create table f1 partition of f for values in (1); create unique index g on f1(foo,bar);
-- desired
CREATE SCHEMA key_and_index;
SET search_path = key_and_index, public;
create table f(foo int, bar int) partition by list(foo); create table f1 partition of f for values in (1); alter table f add primary key (foo,bar); create unique index fu on f(foo,bar);
