-- live
CREATE SCHEMA replica_index;
SET search_path = replica_index, public;
create table t(a int not null, b int not null); create unique index ia on t(a); create unique index ib on t(b); alter table t replica identity using index ia;
CREATE SCHEMA replica_index_recreated;
SET search_path = replica_index_recreated, public;
create table t(a int not null, b int not null); create unique index ia on t(a); alter table t replica identity using index ia; alter table t cluster on ia;
-- desired
CREATE SCHEMA replica_index;
SET search_path = replica_index, public;
create table t(a int not null, b int not null); create unique index ia on t(a); create unique index ib on t(b); alter table t replica identity using index ib; alter table t cluster on ia;
CREATE SCHEMA replica_index_recreated;
SET search_path = replica_index_recreated, public;
create table t(a int not null, b int not null); create unique index ia on t(b, a); alter table t replica identity using index ia; alter table t cluster on ia;
