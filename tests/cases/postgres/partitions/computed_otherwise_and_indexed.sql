-- min 17
-- live
CREATE SCHEMA a;
SET search_path = a, public;
create table p(f1 int, f2 int, f3 int generated always as (f2*2) stored) partition by range(f1);
create table c1 partition of p (f3 with options generated always as (f2*22) stored) for values from (0) to (10);
create table c2 partition of p for values from (10) to (20);
create table c3 partition of p for values from (20) to (30);
create index i on p(f3);
-- desired
CREATE SCHEMA a;
SET search_path = a, public;
create table p(f1 int, f2 int, f3 int generated always as (f2*2) stored) partition by range(f1);
create table c1 partition of p for values from (0) to (10);
create table c2 partition of p (f3 with options generated always as (f2*55) stored) for values from (10) to (20);
create table c3(f1 int, f2 int, f3 int generated always as (f2*5) stored);
create index i on p(f3);
