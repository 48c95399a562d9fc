-- Parts of large tables go before what they hold on to changes, and each is taken once.
-- live
CREATE SCHEMA retyped_above;
SET search_path = retyped_above, public;
create table f(k int, x int, y int) partition by list(k); create table f1 partition of f for values in (1); create index i on f1((x+1)); alter table f1 add constraint c check (y+1>0);
create table t(x int); create table c() inherits(t); create index ic on c(x) where x>0;
CREATE SCHEMA function_replaced;
SET search_path = function_replaced, public;
create type e as enum('a','b'); create function fe(e) returns int immutable language sql as 'select 1'; create table t(x e); create table t2(y int, z text, constraint c check (y>fe('a')), constraint d check (z::e='a')); create index i on t2((y+fe('a')));
CREATE SCHEMA one_part_for_two;
SET search_path = one_part_for_two, public;
create table f(foo int, bar int) partition by list(foo); create table f1 partition of f for values in (1); create unique index g on f1(foo,bar);
-- desired
CREATE SCHEMA retyped_above;
SET search_path = retyped_above, public;
create table f(k int, x text, y text) partition by list(k); create table f1 partition of f for values in (1); create index i on f1((x||'1')); alter table f1 add constraint c check (y||'1'<>'');
create table t(x text); create table c() inherits(t); create index ic on c(x) where x<>'a';
CREATE SCHEMA function_replaced;
SET search_path = function_replaced, public;
create type e as enum('b','a'); create function fe(e) returns int immutable language sql as 'select 1'; create table t(x e); create table t2(y int, z text, constraint c check (y>fe('b')), constraint d check (z::e='b')); create index i on t2((y+fe('b')));
CREATE SCHEMA one_part_for_two;
SET search_path = one_part_for_two, public;
create table f(foo int, bar int) partition by list(foo); create table f1 partition of f for values in (1); create unique index fu on f(foo,bar); create unique index fv on f(foo,bar);
