-- live
CREATE SCHEMA checks_again;
SET search_path = checks_again, public;
create table p(n varchar(20), a int, constraint low check (n::text = lower(n::text)));
create table h(like p including all); alter table h inherit p;
create table h2() inherits (p); create table g(n varchar(20), constraint low check (n::text = lower(n::text))) inherits (h);
-- desired
CREATE SCHEMA checks_again;
SET search_path = checks_again, public;
create table p(n text, a int, constraint low check (n = lower(n)));
create table h(like p including all); alter table h inherit p;
create table h2() inherits (p); create table g(n text, constraint low check (n = lower(n))) inherits (h);
