-- min 16
-- live
CREATE SCHEMA nested;
SET search_path = nested, public;
create table other(x int);
CREATE SCHEMA beside_another;
SET search_path = beside_another, public;
create table p(f1 int, f2 int, f3 int generated always as (f2*2) stored) partition by range(f1);
create table c2 partition of p for values from (10) to (20);
-- desired
CREATE SCHEMA nested;
SET search_path = nested, public;
create table other(x int);
create table p(f1 int, f2 int, f3 int generated always as (f2*2) stored) partition by range(f1);
create table c1 partition of p (f3 with options generated always as (f2*22) stored) for values from (0) to (10);
create table c2 partition of p for values from (10) to (20);
create table c3 partition of p (f3 with options generated always as (f2*33) stored, check (f2 > 1), f2 not null) for values from (20) to (30) partition by list (f2);
create table c31 partition of c3 (f3 with options generated always as (f2*44) stored) for values in (2);
create table c32 partition of c3 for values in (3);
create index on p (f3);
CREATE SCHEMA beside_another;
SET search_path = beside_another, public;
create table p(f1 int, f2 int, f3 int generated always as (f2*2) stored) partition by range(f1);
create table c1 partition of p (f3 with options generated always as (f2*22) stored) for values from (0) to (10);
create table c2 partition of p for values from (10) to (20);
