-- live
create table f(k int not null, b int not null, c text) partition by list(k);
create table f1 partition of f for values in (1);
create table f2 partition of f for values in (2) partition by list(b);
create table f21 partition of f2 for values in (1);
create table f22 partition of f2 for values in (2) partition by range(b);
create table f221 partition of f22 for values from (2) to (3);
alter table f add primary key(k, b); comment on constraint f21_pkey on f21 is 'o';
-- desired
create table f(k int not null, b bigint not null, c text) partition by list(k);
create table f1 partition of f for values in (1);
create table f2 partition of f for values in (2) partition by list(b);
create table f21 partition of f2 for values in (1);
create table f22 partition of f2 for values in (2) partition by range(b);
create table f221 partition of f22 for values from (2) to (3);
alter table f add primary key(k, b); comment on constraint f21_pkey on f21 is 'y'; comment on constraint f2_pkey on f2 is 'z';
