-- refused a view has this name, and the rows of a table or a view are a type of its name
-- live
create table t(a int); create view x as select a from t;
-- desired
create table t(a int); create type x as enum ('a');
