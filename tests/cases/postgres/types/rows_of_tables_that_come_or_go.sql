-- Columns that hold rows of a table whose columns change, of tables that come or go.
-- live
CREATE SCHEMA rk01;
SET search_path = rk01, public;
create table t(x int); create table lg(r t);
CREATE SCHEMA rj09;
SET search_path = rj09, public;
create table p(x int, y int) partition by list(x); create table p1 partition of p for values in (1); create function fr(p1) returns int immutable language sql as 'select 1'; create index on p1(fr(p1)); create table lg(r p1); create function gr() returns setof p1 language sql as 'select * from p1'; create view v as select * from gr();
CREATE SCHEMA sb01;
SET search_path = sb01, public;
create table t(x int);
-- desired
CREATE SCHEMA rk01;
SET search_path = rk01, public;
create table t(x bigint);
CREATE SCHEMA rj09;
SET search_path = rj09, public;
create table p(x bigint, y int) partition by list(x); create table p1 partition of p for values in (1); create function fr(p1) returns int immutable language sql as 'select 1'; create index on p1(fr(p1)); create function gr() returns setof p1 language sql as 'select * from p1'; create view v as select * from gr();
CREATE SCHEMA sb01;
SET search_path = sb01, public;
create table t(x bigint); create type c as (r t); create table k(c c, d t[]);
