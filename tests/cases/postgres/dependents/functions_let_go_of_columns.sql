-- The same of functions that the server knows the columns of.
-- min 14
-- live
CREATE SCHEMA rn08;
SET search_path = rn08, public;
create table a(id int primary key, x int, gone int); create function f() returns int language sql begin atomic select sum(x)::int from a; end; create table b(id int default f()); create table c(id int default f(), y int);
CREATE SCHEMA se01;
SET search_path = se01, public;
create table q(i int, g int generated always as (i+1) stored); create table t(a int); create view v as select a s from t; create function at3() returns bigint language sql begin atomic select s from v; end; create table u(x bigint default at3());
CREATE SCHEMA rk03;
SET search_path = rk03, public;
create table t(a int, b int); create function im(int) returns bigint immutable language sql begin atomic select $1 + count(*) from t where a=1; end; create table u(x bigint generated always as (im(y)) stored, y int check (im(y) > 0)); create index on u(im(y)); create domain d as int check (im(value)>0); create table pp(k int, y int) partition by list(k); create index on pp(im(y)); create table p1 partition of pp  for values in (1);
-- desired
CREATE SCHEMA rn08;
SET search_path = rn08, public;
create table a(id int primary key, x bigint); create function f() returns int language sql begin atomic select sum(x)::int from a; end; create table b(id int default f(), z int default f()+1); create table d(id int default f(), y int);
CREATE SCHEMA se01;
SET search_path = se01, public;
create table q(i int, g int generated always as (i+2) stored); create table t(a bigint); create view v as select a s from t; create function at3() returns bigint language sql begin atomic select s from v; end; create table u(x bigint default at3());
CREATE SCHEMA rk03;
SET search_path = rk03, public;
create table t(a smallint, b int); create function im(int) returns bigint immutable language sql begin atomic select $1 + count(*) from t where a=1; end; create table u(x bigint generated always as (im(y)) stored, y int check (im(y) > 0)); create index on u(im(y)); create domain d as int check (im(value)>0);create table pp(k int, y int) partition by list(k); create index on pp(im(y)); create table p1 partition of pp  for values in (1);
