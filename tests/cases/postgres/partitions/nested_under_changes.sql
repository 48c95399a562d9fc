-- live
CREATE SCHEMA partition_nested_simple;
SET search_path = partition_nested_simple, public;
create table t(a int not null, b int not null, primary key(a,b)) partition by range(a); create table t1 partition of t for values from (0) to (10) partition by hash(a); create table t11 partition of t1 for values with (modulus 2, remainder 0); create table t12 partition of t1 for values with (modulus 2, remainder 1); create index on t(b);
CREATE SCHEMA partition_columns_of_dropped;
SET search_path = partition_columns_of_dropped, public;
create table t(a int, b int, c int, d text) partition by range(a); create table p partition of t for values from (1) to (5); create index on t(b); create index pc on p(c);
-- desired
CREATE SCHEMA partition_nested_simple;
SET search_path = partition_nested_simple, public;
create table t(a int not null, b bigint not null, c text default 'q', primary key(a)) partition by range(a); create table t1 partition of t for values from (0) to (10) partition by hash(a); create table t11 partition of t1 for values with (modulus 4, remainder 0); create table t12 partition of t1 for values with (modulus 2, remainder 1); create table t13 partition of t1 for values with (modulus 4, remainder 2); create index on t(b,c);
CREATE SCHEMA partition_columns_of_dropped;
SET search_path = partition_columns_of_dropped, public;
create table t(a int, c bigint) partition by range(a); create table p partition of t for values from (1) to (5); create index pc on p(c);
