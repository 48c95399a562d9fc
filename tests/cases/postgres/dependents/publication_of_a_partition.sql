-- min 15
-- live
CREATE SCHEMA below_m6p;
SET search_path = below_m6p, public;
create table p(k int, a int) partition by list(k); create table c partition of p for values in (1); create publication pub for table c where (a=1);
-- desired
CREATE SCHEMA below_m6p;
SET search_path = below_m6p, public;
create table p(k int, a bigint) partition by list(k); create table c partition of p for values in (1); create publication pub for table c where (a=1);
