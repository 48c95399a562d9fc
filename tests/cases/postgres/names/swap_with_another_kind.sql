-- live
CREATE SCHEMA kinds_swap;
SET search_path = kinds_swap, public;
create table t(a int, b int, constraint t_a_fkey foreign key (a) references t(b), constraint t_b_key unique (b));
alter table t add constraint t_a_key unique (a);
CREATE SCHEMA foreign_keys_swap;
SET search_path = foreign_keys_swap, public;
create table k(id int primary key, other int unique);
create table t(a int, b int, constraint f1 foreign key (a) references k, constraint f2 foreign key (b) references k (other));
CREATE SCHEMA indexes_swap;
SET search_path = indexes_swap, public;
create table t(x int, y int);
create index i on t (x); create index j on t (y); create index k on t (x, y);
-- desired
CREATE SCHEMA kinds_swap;
SET search_path = kinds_swap, public;
create table t(a int, b int, constraint t_a_key unique (b), constraint t_b_key foreign key (a) references t(b));
alter table t add constraint t_a_fkey unique (a, b);
CREATE SCHEMA foreign_keys_swap;
SET search_path = foreign_keys_swap, public;
create table k(id int primary key, other int unique);
create table t(a int, b int, constraint f2 foreign key (a) references k, constraint f1 foreign key (b) references k (other));
CREATE SCHEMA indexes_swap;
SET search_path = indexes_swap, public;
create table t(x int, y int);
create index j on t (x); create index k on t (y); create index i on t (x, y);
