-- live
CREATE SCHEMA goes;
SET search_path = goes, public;
create table p(a text) partition by range (a);
create table p1 partition of p for values from ('0') to ('1000');
create index p1_a_idx on p1(a text_pattern_ops);
create index on p(a);
CREATE SCHEMA named;
SET search_path = named, public;
create table p(a text) partition by range (a);
create table p1 partition of p for values from ('0') to ('1000');
create index on p(a); alter index p1_a_idx rename to foo;
-- desired
CREATE SCHEMA goes;
SET search_path = goes, public;
create table p(a int) partition by range (a);
create table p1 partition of p for values from (0) to (1000);
create index p_a_idx on p(a);
CREATE SCHEMA named;
SET search_path = named, public;
create table p(a int) partition by range (a);
create table p1 partition of p for values from (0) to (1000);
create index p_a_idx on p(a);
