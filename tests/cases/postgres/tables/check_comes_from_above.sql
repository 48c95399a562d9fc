-- A check of a table is said above it from now on.
-- live
CREATE SCHEMA check_above;
SET search_path = check_above, public;
create table p(a int constraint ck check(a>0) no inherit); create table c(constraint ck check(a>0)) inherits(p);
-- desired
CREATE SCHEMA check_above;
SET search_path = check_above, public;
create table p(a int constraint ck check(a>0)); create table c() inherits(p);
