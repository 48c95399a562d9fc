-- refused is within the values of
-- live
create table p(a int); create table t(x p);
-- desired
create table p(a bigint); create table t(x p);
