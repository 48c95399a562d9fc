-- A new partition has names of its own for what comes from above.
-- live
create table z(id bigint not null, k int not null, t text, primary key(id,k), unique(k,t)) partition by range(k);
create index zi on z(t);
create table z_00 partition of z for values from (0) to (10);
-- desired
create table z(id bigint not null, k int not null, t text, primary key(id,k), unique(k,t)) partition by range(k);
create index zi on z(t);
create table z_00 partition of z for values from (0) to (10);
create table z_01 partition of z for values from (10) to (20);
alter index z_01_pkey rename to z1_pk;
alter index z_01_k_t_key rename to z1_uq;
alter index z_01_t_idx rename to z1_t;
comment on index z1_t is 'x';
comment on constraint z1_pk on z_01 is 'pk';
