-- Views are away for one transaction alone, beside new labels and what a domain asks of its values; partitions that go let go of functions.
-- live
CREATE SCHEMA j3;
SET search_path = j3, public;
create domain d as int check (value>0); create table t(x d, g int generated always as (x+1) stored); create view v as select g from t; create type e as enum('a','b'); create table w(x e, k int, h int generated always as (k+1) stored); create view vw as select h from w; create table w2(x e);
CREATE SCHEMA rn04;
SET search_path = rn04, public;
create type e as enum('a','b'); create function fe(e) returns e immutable language sql as 'select $1'; create table t(x e default 'a', k int) partition by list(k); create table p1 partition of t for values in (1);
-- desired
CREATE SCHEMA j3;
SET search_path = j3, public;
create domain d as int check (value>1); create table t(x d, g int generated always as (x+2) stored); create view v as select g from t; create type e as enum('a','b','c'); create table w(x e, k int, h int generated always as (k+2) stored); create view vw as select h from w; create table w2(x e default 'c');
CREATE SCHEMA rn04;
SET search_path = rn04, public;
create type e as enum('b','a'); create function fe(e) returns e immutable language sql as 'select $1'; create table t(x e default fe('a'), k int, check (fe(x)='b')) partition by list(k); create table p1 partition of t for values in (1); create index on t(fe(x)); create table p2 partition of t(x default fe('b')) for values in (2); create table p3 partition of t for values in (3) partition by list(k);
