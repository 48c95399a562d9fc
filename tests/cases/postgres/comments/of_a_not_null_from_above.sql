-- min 18
-- live
CREATE SCHEMA a;
SET search_path = a, public;
create table other(x int);
-- desired
CREATE SCHEMA a;
SET search_path = a, public;
create table other(x int);
create table constr_parent2 (a int);
create table constr_child2 () inherits (constr_parent2);
alter table constr_parent2 add not null a not valid;
alter table constr_child2 validate constraint constr_parent2_a_not_null;
COMMENT ON CONSTRAINT constr_parent2_a_not_null ON constr_parent2 IS 'this constraint is invalid';
COMMENT ON CONSTRAINT constr_parent2_a_not_null ON constr_child2 IS 'this constraint is valid';
create table pp(a int constraint ann not null) partition by list(a); create table pp1 partition of pp for values in (1); comment on constraint ann on pp1 is 'k';comment on constraint ann on pp is 'l';
