-- live
CREATE SCHEMA of_composite_la9;
SET search_path = of_composite_la9, public;
create type k as (i int);
CREATE SCHEMA of_composite_lb1;
SET search_path = of_composite_lb1, public;
create type k as (i int);
CREATE SCHEMA of_composite_lb2;
SET search_path = of_composite_lb2, public;
create type k as (i int);
-- desired
CREATE SCHEMA of_composite_la9;
SET search_path = of_composite_la9, public;
create table kk(z int, constraint k primary key(z));
CREATE SCHEMA of_composite_lb1;
SET search_path = of_composite_lb1, public;
create table kk(z int); create index k on kk(z);
CREATE SCHEMA of_composite_lb2;
SET search_path = of_composite_lb2, public;
create table kk(z int); alter table kk add id int generated always as identity (sequence name k);
