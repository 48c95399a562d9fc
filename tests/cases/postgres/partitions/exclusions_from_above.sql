-- No server takes an exclusion of a partition for its part of one above: it goes, and comes from there.
-- min 18
-- live
CREATE EXTENSION btree_gist SCHEMA public;
CREATE SCHEMA gets_one;
SET search_path = gets_one, public;
create table p(id int, v daterange) partition by list (id); create table p1 partition of p(constraint pk primary key (id, v without overlaps)) for values in (1);
create table q(id int, v daterange) partition by list (id); create table q1 partition of q(constraint mine exclude using gist (id with =, v with &&)) for values in (1); create table q2 partition of q for values in (2);
CREATE SCHEMA retyped;
SET search_path = retyped, public;
create table p(id int, v daterange, constraint pk primary key (id, v without overlaps)) partition by list (id); create table p1 partition of p for values in (1);
CREATE SCHEMA exclude_retyped;
SET search_path = exclude_retyped, public;
create table p(id int, v daterange, constraint pk exclude using gist (id with =, v with &&)) partition by list (id); create table p1 partition of p for values in (1);
CREATE SCHEMA by_hash;
SET search_path = by_hash, public;
create table p(id int, v daterange, constraint pk primary key (id, v without overlaps)) partition by list (id); create table p1 partition of p for values in (1);
CREATE SCHEMA leaves;
SET search_path = leaves, public;
create table p(id int, v daterange, constraint pk primary key (id, v without overlaps)) partition by list (id); create table p1 partition of p for values in (1);
-- desired
CREATE EXTENSION btree_gist SCHEMA public;
CREATE SCHEMA gets_one;
SET search_path = gets_one, public;
create table p(id int, v daterange, constraint pk primary key (id, v without overlaps)) partition by list (id); create table p1 partition of p for values in (1);
create table q(id int, v daterange, constraint k exclude using gist (id with =, v with &&)) partition by list (id); create table q1 partition of q for values in (1); create table q2 partition of q(constraint own exclude using gist (id with =, v with &&)) for values in (2);
CREATE SCHEMA retyped;
SET search_path = retyped, public;
create table p(id bigint, v daterange, constraint pk primary key (id, v without overlaps)) partition by list (id); create table p1 partition of p for values in (1);
CREATE SCHEMA exclude_retyped;
SET search_path = exclude_retyped, public;
create table p(id bigint, v daterange, constraint pk exclude using gist (id with =, v with &&)) partition by list (id); create table p1 partition of p for values in (1);
CREATE SCHEMA by_hash;
SET search_path = by_hash, public;
create table p(id int, v daterange, constraint pk primary key (id, v without overlaps)) partition by hash (id); create table p1 partition of p for values with (modulus 2, remainder 0);
CREATE SCHEMA leaves;
SET search_path = leaves, public;
create table p(id int, v daterange, constraint pk primary key (id, v without overlaps)) partition by list (id); create table p1 (id int, v daterange, constraint pk2 primary key (id, v without overlaps));
