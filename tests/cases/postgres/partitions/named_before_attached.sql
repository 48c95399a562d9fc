-- max 17
-- Partitions whose parts have names of their own are made from nothing.
-- live
create schema s;
create table other(x int);
-- desired
create schema s;
create table other(x int);
create table s.z_00(id bigint not null, k int not null, t text);
create table s.z_01(id bigint not null, k int not null, t text);
create table z(id bigint not null, k int not null, t text) partition by hash(k);
alter table only z attach partition s.z_00 for values with (modulus 2, remainder 0);
alter table only z attach partition s.z_01 for values with (modulus 2, remainder 1);
alter table only z add constraint z_pkey primary key(id, k);
alter table only s.z_00 add constraint z_00_pkey primary key (id,k);
alter table only s.z_01 add constraint custom_01_pkey primary key(id,k);
alter index z_pkey attach partition s.z_00_pkey;
alter index z_pkey attach partition s.custom_01_pkey;
create index index_z_t on only z(t);
create index index_00925dbd7 on s.z_00(t);
create index index_008b on s.z_01(t);
alter index index_z_t attach partition s.index_00925dbd7;
alter index index_z_t attach partition s.index_008b;
create unique index index_z_u on only z(k, t);
create unique index index_u0 on s.z_00(k,t);
create unique index index_u1 on s.z_01(k,t);
alter index index_z_u attach partition s.index_u0;
alter index index_z_u attach partition s.index_u1;
comment on index s.index_u1 is 'named';
