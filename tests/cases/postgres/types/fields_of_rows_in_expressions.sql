-- What is about a field of a table's rows comes after the column that it is, and goes before it.
-- live
CREATE SCHEMA checked;
SET search_path = checked, public;
create table r(a int, b text);
create table holder(id int, r r);
create table far(a int);
CREATE SCHEMA by_default;
SET search_path = by_default, public;
create table r(a int, b text);
create table holder(id int, r r default row(1, 'x')::r, t text default (row(1, 'x')::r)::text);
-- desired
CREATE SCHEMA checked;
SET search_path = checked, public;
create table r(a int, b text);
alter table r add c date;
create table holder(id int, r r, check ((r).c > '2000-01-01'), g date generated always as ((r).c) stored);
create index field on holder (((r).c));
create index where_field on holder (id) where (r).c is not null;
create table new(r r check ((r).c is null), d r default row(1, 'x', '2020-01-01')::r);
create table far(a int, r r, check ((r).c > '2000-01-01'));
CREATE SCHEMA by_default;
SET search_path = by_default, public;
create table r(a int, b text);
alter table r add c date;
create table holder(id int, r r default row(1, 'x', '2020-01-01')::r, t text default (row(1, 'x', '2020-01-01')::r)::text);
