-- live
create table f(k int not null, b int not null, c text) partition by list(k);
create table f1 partition of f for values in (1);
create table f2 partition of f for values in (2) partition by list(b);
create table f21 partition of f2 for values in (1);
create index i on f(c);
create index j on f(b); alter index f21_b_idx set (fillfactor = 60);
-- desired
create table f(k int not null, b int not null, c text) partition by list(k);
create table f1 partition of f for values in (1);
create table f2 partition of f for values in (2) partition by list(b);
create table f21 partition of f2 for values in (1);
create index i on f(c) with (fillfactor = 50);
create index j on f(b); alter index f21_b_idx set (fillfactor = 70);
