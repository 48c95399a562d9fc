-- live
CREATE SCHEMA a;
SET search_path = a, public;
create table idxpart (a int, b int, primary key (a,b)) partition by range (a,b);
create table idxpart1 partition of idxpart for values from (0,0) to (10,10);
create table idxpart2 partition of idxpart for values from (10,10) to (20,20) partition by range (b);
create table idxpart21 partition of idxpart2 for values from (10) to (15);
create table idxpart22 partition of idxpart2 for values from (15) to (20);
-- desired
CREATE SCHEMA a;
SET search_path = a, public;
create table idxpart (a int) partition by range (a);
create table idxpart1 partition of idxpart for values from (0) to (100);
create table idxpart2 partition of idxpart for values from (100) to (1000) partition by range (a);
create table idxpart21 partition of idxpart2 for values from (100) to (200);
create table idxpart22 partition of idxpart2 for values from (200) to (300);
create index on idxpart22 (a);
create index on only idxpart2 (a);
alter index idxpart2_a_idx attach partition idxpart22_a_idx;
create index on only idxpart(a);
create index on idxpart1(a);
alter index idxpart_a_idx attach partition idxpart1_a_idx;
alter index idxpart_a_idx attach partition idxpart2_a_idx;
