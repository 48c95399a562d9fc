-- What a table lets go of stays below it, with its values.
-- The way back leaves it said there too.
-- one way
-- live
CREATE SCHEMA kept_by_heir;
SET search_path = kept_by_heir, public;
create table p(a int, b text); create table c() inherits(p);
CREATE SCHEMA kept_by_heir_below;
SET search_path = kept_by_heir_below, public;
create table p(a int, b text); create table c() inherits(p); create table g() inherits(c);
CREATE SCHEMA kept_at_the_end;
SET search_path = kept_at_the_end, public;
create table p(a int, b text); create table c() inherits(p); create table g() inherits(c);
CREATE SCHEMA kept_with_index;
SET search_path = kept_with_index, public;
create table p(a int, b text); create table c() inherits(p); create index on c(b);
-- desired
CREATE SCHEMA kept_by_heir;
SET search_path = kept_by_heir, public;
create table p(a int); create table c(b text) inherits(p);
CREATE SCHEMA kept_by_heir_below;
SET search_path = kept_by_heir_below, public;
create table p(a int); create table c(b text) inherits(p); create table g() inherits(c);
CREATE SCHEMA kept_at_the_end;
SET search_path = kept_at_the_end, public;
create table p(a int); create table c() inherits(p); create table g(b text) inherits(c);
CREATE SCHEMA kept_with_index;
SET search_path = kept_with_index, public;
create table p(a int); create table c(b varchar(20) not null) inherits(p); create index on c(b);
