-- Keys and indexes that come from above get the names that partitions have for them.
-- live
create table z(id bigint not null, k int not null, t text) partition by hash(k);
create table z_00 partition of z for values with (modulus 2, remainder 0);
alter table z add constraint z_pk primary key(id,k);
-- desired
create table z(id bigint not null, k int not null, t text) partition by hash(k);
create table z_00 partition of z for values with (modulus 2, remainder 0);
create table z_01 partition of z for values with (modulus 2, remainder 1);
alter table z add constraint z_pk primary key(k,id);
alter index z_00_pkey rename to p0;
create index index_z_t on only z(t);
create index index_00925dbd7 on z_00(t);
create index index_008b on z_01(t);
alter index index_z_t attach partition index_00925dbd7;
alter index index_z_t attach partition index_008b;
create index index_w on only z(t) where k > 3;
create index index_w0 on z_00(t) where k > 3;
create index index_w1 on z_01(t) where k > 3;
alter index index_w attach partition index_w0;
alter index index_w attach partition index_w1;
