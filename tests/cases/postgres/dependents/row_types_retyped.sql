-- Expressions that cast to the rows of a table whose column changes its type: they are spelled
-- anew by the server once it has.
-- live
create table tt(x int, y int);
create function fr(tt) returns int immutable language sql as 'select 1';
create table u(
  b int,
  c int generated always as (fr(row(b, 1)::tt)) stored,
  constraint k check (fr(row(b, b)::tt) = 1)
);
create index i on u(fr(row(b, 2)::tt)) where fr(row(b, 3)::tt) > 0;
create table w(tt int, constraint k check (tt > 0));
create table gets(x int, y int);
create function fg(gets) returns int immutable language sql as 'select 1';
create table of_it(b int, constraint k check (fg(row(b, b)::gets) = 1));
-- desired
create table tt(x bigint, y int);
create function fr(tt) returns int immutable language sql as 'select 1';
create table u(
  b int,
  c int generated always as (fr(row(b, 1)::tt)) stored,
  constraint k check (fr(row(b, b)::tt) = 1)
);
create index i on u(fr(row(b, 2)::tt)) where fr(row(b, 3)::tt) > 0;
create table w(tt int, constraint k check (tt > 1));
create table gets(x int, y text);
create function fg(gets) returns int immutable language sql as 'select 1';
create table of_it(b int, constraint k check (fg(row(b, b)::gets) = 1));
