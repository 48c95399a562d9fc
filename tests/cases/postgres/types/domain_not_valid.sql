-- live
CREATE SCHEMA domain_not_valid;
SET search_path = domain_not_valid, public;
create domain d as int; alter domain d add constraint c check (value > 0) not valid; create table t(a d);
-- desired
CREATE SCHEMA domain_not_valid;
SET search_path = domain_not_valid, public;
create domain d as int; alter domain d add constraint c check (value > 0); create table t(a d);
-- Within one that is new, a second run of the script finds it.
create domain e as int; alter domain e add constraint c check (value > 0) not valid;
