-- live
CREATE SCHEMA padded;
SET search_path = padded, public;
create type e as enum ('a', 'b');
create type pair as (x int, y e);
create table t (a char(5), b char(40) not null, c char(6)[], d e, e pair, f e[], g text[], h json);
create index on t (b);
insert into t values ('a', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
-- desired
CREATE SCHEMA padded;
SET search_path = padded, public;
create type e as enum ('a', 'b');
create type pair as (x int, y e);
create table t (a e, b uuid not null, c int[], d jsonb, e json, f jsonb, g json, h jsonb);
create index on t (b);
insert into t values ('a', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
