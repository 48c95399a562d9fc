-- live
CREATE SCHEMA inherits_columns;
SET search_path = inherits_columns, public;
create table a(x int, z text, check (x > 0)); create table b(y int) inherits(a);
CREATE SCHEMA inherits_three;
SET search_path = inherits_three, public;
create table a(x int); create table b(y int) inherits(a); create table c(z int) inherits(b); create index on c(x);
-- desired
CREATE SCHEMA inherits_columns;
SET search_path = inherits_columns, public;
create table a(x bigint not null, w date default now(), check (x > 1)); create table b(y text, u int) inherits(a);
CREATE SCHEMA inherits_three;
SET search_path = inherits_three, public;
create table a(x numeric, n text not null default 'q'); create table b(y int default 4) inherits(a); create table c(z int) inherits(b); create index on c(x, n);
