-- needs ltree
-- live
CREATE SCHEMA signed;
SET search_path = signed, public;
create extension if not exists ltree schema public;
create table t(l public.ltree);
create index i4 on t using gist (l public.gist_ltree_ops(siglen=100));
-- desired
CREATE SCHEMA signed;
SET search_path = signed, public;
create extension if not exists ltree schema public;
create table t(l public.ltree);
create index i4 on t using gist (l);
