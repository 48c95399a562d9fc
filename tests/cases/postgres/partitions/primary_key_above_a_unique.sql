-- A primary key comes, or goes, above a unique constraint that stays the own of a partition.
-- live
CREATE SCHEMA above_a_unique;
SET search_path = above_a_unique, public;
create table f(k int not null, b int not null, c text) partition by list(k);
create table f1 partition of f for values in (1);
create table f2 partition of f for values in (2) partition by list(b);
create table f21 partition of f2 for values in (1);alter table f add primary key(k,b);
alter table f1 add constraint u1 unique(k,b);
alter table f1 replica identity using index u1;
-- desired
CREATE SCHEMA above_a_unique;
SET search_path = above_a_unique, public;
create table f(k int not null, b int not null, c text) partition by list(k);
create table f1 partition of f for values in (1);
create table f2 partition of f for values in (2) partition by list(b);
create table f21 partition of f2 for values in (1);alter table f1 add constraint u1 unique(k,b);
alter table f1 replica identity using index u1;
alter table f add unique(b,k);
