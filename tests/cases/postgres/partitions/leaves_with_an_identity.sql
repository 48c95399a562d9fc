-- A partition that leaves a table which numbers itself, and numbers itself from then on.
-- min 17
-- live
CREATE SCHEMA leaves;
SET search_path = leaves, public;
create table p(id int generated always as identity, k int) partition by list (k); create table p1 partition of p for values in (1); create table s(id int not null, k int);
-- desired
CREATE SCHEMA leaves;
SET search_path = leaves, public;
create table p(id int generated always as identity, k int) partition by list (k); create table p1(id int generated always as identity, k int); create table s(id int not null, k int); alter table p attach partition s for values in (1);
