-- live
CREATE SCHEMA middle_levels_made_anew;
SET search_path = middle_levels_made_anew, public;
create table p(k int not null, s text, n int) partition by range (k);
create table p1 partition of p for values from (1) to (10) partition by list (s);
create table p1a partition of p1 for values in ('a') partition by hash (n);
create table p1ax partition of p1a for values with (modulus 1, remainder 0);
create index pi on p(s, n);
create unique index pu on p(k, s, n);
-- desired
CREATE SCHEMA middle_levels_made_anew;
SET search_path = middle_levels_made_anew, public;
create table p(k bigint not null, s varchar(8), n bigint, extra text default 'e') partition by range (k);
create table p1 partition of p for values from (1) to (10) partition by list (s);
create table p1a partition of p1 for values in ('a') partition by hash (n);
create table p1ax partition of p1a for values with (modulus 1, remainder 0);
create index pi on p(s, n desc);
create unique index pu on p(k, s, n);
create index on p1a (extra);
