-- What a partition calls and says of the parts that come from above is its own.
-- live
create table p(a int not null, b int, c text, primary key(a), unique(a,b)) partition by range(a);
create table p1 partition of p for values from (0) to (5);
create table p2 partition of p for values from (5) to (10) partition by range(a);
create table p21 partition of p2 for values from (5) to (7);
create index pi on p(b);
create index pj on p(lower(c));
create index px on p(c);
comment on index p1_b_idx is 'one';
comment on index p21_b_idx is 'deep';
alter index p1_b_idx rename to mine;
alter index p1_pkey rename to my_pk;
comment on index p21_lower_idx is 'expr';
alter index p21_lower_idx alter column 1 set statistics 200;
comment on constraint p1_a_b_key on p1 is 'uq';
comment on index p1_c_idx is 'goes';
-- desired
create table p(a int not null, b int, c text, primary key(a), unique(a,b)) partition by range(a);
create table p1 partition of p for values from (0) to (5);
create table p2 partition of p for values from (5) to (10) partition by range(a);
create table p21 partition of p2 for values from (5) to (7);
create index pi on p(b);
create index pj on p(lower(c));
create index px on p(c desc);
comment on index p1_b_idx is 'two';
comment on index p2_b_idx is 'middle';
alter index p21_b_idx rename to others;
alter index p1_pkey rename to your_pk;
comment on index your_pk is 'pk';
alter index p1_lower_idx rename to mine;
comment on constraint p1_a_b_key on p1 is 'uq2';
comment on index p1_c_idx is 'comes';
alter index p1_b_idx set (fillfactor=40);
