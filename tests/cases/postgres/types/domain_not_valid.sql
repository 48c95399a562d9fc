-- live
CREATE SCHEMA domain_not_valid;
SET search_path = domain_not_valid, public;
create domain d as int; alter domain d add constraint c check (value > 0) not valid; create table t(a d);
-- desired
CREATE SCHEMA domain_not_valid;
SET search_path = domain_not_valid, public;
create domain d as int; alter domain d add constraint c check (value > 0); create table t(a d);
