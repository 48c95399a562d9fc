-- Partition keys of expressions that change: the tables are made anew, once.
-- live
CREATE SCHEMA anew;
SET search_path = anew, public;
create table p(id int, "when" timestamp, lbl text) partition by range (date_trunc('day', "when")); create table p1 partition of p for values from ('2020-01-01') to ('2020-01-02'); create index on p (("when"::date)) ; create table l(a text) partition by list (lower(a)); create table l1 partition of l for values in ('x');
-- desired
CREATE SCHEMA anew;
SET search_path = anew, public;
create table p(id bigint, "when" timestamp, lbl text) partition by range (date_trunc('month', "when")); create table p1 partition of p for values from ('2020-01-01') to ('2020-01-02'); create index on p (("when"::date) desc) ; create table l(a text) partition by list (upper(a)); create table l1 partition of l for values in ('x', 'Y');
