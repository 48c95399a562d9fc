-- live
CREATE SCHEMA partition_bounds;
SET search_path = partition_bounds, public;
create table t(a int, b text) partition by range(a); create table t1 partition of t for values from (0) to (10); create table t2 partition of t for values from (10) to (20); create table td partition of t default;
CREATE SCHEMA partition_bounds_swapped;
SET search_path = partition_bounds_swapped, public;
create table t(a int, b text) partition by list(b); create table t1 partition of t for values in ('x'); create table t2 partition of t for values in ('y', null);
CREATE SCHEMA partition_moves_parent;
SET search_path = partition_moves_parent, public;
create table t(a int) partition by range(a); create table u(a int) partition by range(a); create table p partition of t for values from (1) to (5);
CREATE SCHEMA partition_default_only;
SET search_path = partition_default_only, public;
create table t(a int) partition by range(a); create table td partition of t default;
-- desired
CREATE SCHEMA partition_bounds;
SET search_path = partition_bounds, public;
create table t(a int, b text) partition by range(a); create table t1 partition of t for values from (0) to (15); create table t2 partition of t for values from (15) to (20); create table td partition of t default;
CREATE SCHEMA partition_bounds_swapped;
SET search_path = partition_bounds_swapped, public;
create table t(a int, b text) partition by list(b); create table t1 partition of t for values in ('y'); create table t2 partition of t for values in ('x', null);
CREATE SCHEMA partition_moves_parent;
SET search_path = partition_moves_parent, public;
create table t(a int) partition by range(a); create table u(a int) partition by range(a); create table p partition of u for values from (1) to (5);
CREATE SCHEMA partition_default_only;
SET search_path = partition_default_only, public;
create table t(a int) partition by range(a); create table td partition of t for values from (minvalue) to (maxvalue);
