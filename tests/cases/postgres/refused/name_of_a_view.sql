-- refused a view has this name
-- live
create table t(a int); create view x as select a from t;
-- desired
create table t(a int); create table x(q int);
