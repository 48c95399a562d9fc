-- A foreign key of a partition changes, while the table above gets the like of the old one.
-- live
CREATE SCHEMA changed_below;
SET search_path = changed_below, public;
create table q(i int primary key); create table p(a int, i int) partition by list(a); create table c partition of p for values in (1); alter table c add constraint f foreign key(i) references q;
-- desired
CREATE SCHEMA changed_below;
SET search_path = changed_below, public;
create table q(i int primary key); create table p(a int, i int constraint f2 references q) partition by list(a); create table c partition of p for values in (1); alter table c add constraint f foreign key(i) references q on delete cascade;
