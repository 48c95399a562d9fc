-- A view goes before the column that it reads, and after the function that takes its rows.
-- live
create table a(id int primary key, s text); create table b(id int primary key, a_id int references a, n int generated always as (id*2) stored); create view v as select a.id, b.n from a join b on b.a_id=a.id; create function fv() returns setof v language sql as 'select * from v';  create policy p on a using (id in (select id from v)); create table c(x int default 1);
-- desired
create table a(id bigint primary key, s text); create table b(id bigint primary key, a_id bigint references a, n bigint generated always as (id*3) stored); create view v as select a.id, b.n from a join b on b.a_id=a.id; create function fv() returns setof v language sql as 'select * from v';  create policy p on a using (id in (select id from v)); create table c(x int default 2, y int);
