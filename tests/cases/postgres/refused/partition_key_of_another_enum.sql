-- refused is part of the partition key
-- live
create type e as enum('a','b','c'); create table t(x e, y int) partition by list(x); create table t1 partition of t for values in ('a'); create table t2 partition of t for values in ('c');
-- desired
create type e as enum('a','c'); create table t(x e, y int) partition by list(x); create table t1 partition of t for values in ('a'); create table t2 partition of t for values in ('c');
