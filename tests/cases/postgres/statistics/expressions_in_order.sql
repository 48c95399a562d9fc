-- Expressions of statistics are kept as they come.
-- min 14
-- live
CREATE SCHEMA ordered;
SET search_path = ordered, public;
create table t(a int, b text, c text); create statistics st on (upper(b)), (lower(c)) from t;
-- desired
CREATE SCHEMA ordered;
SET search_path = ordered, public;
create table t(a int, b text, c text); create statistics st on (lower(c)), (upper(b)) from t;
