-- Functions that only the desired database has come with what calls them.
-- one way
-- live
CREATE SCHEMA app;
-- desired
CREATE SCHEMA app;
create type app.mood as enum('a','b');
create function app.deep(t text) returns boolean immutable language plpgsql as $$ begin return length(t) > 0; end $$;
create function app.is_ok(m app.mood) returns boolean immutable language sql as $$ select app.deep(m::text) $$;
comment on function app.deep(text) is 'it''s deep; really';
create domain app.dom as text check (app.deep(value));
create function app.of_dom(d app.dom) returns text immutable language sql as 'select upper(d)';
create type app.pair as (x app.dom, y int);
create function app.nextid() returns bigint language plpgsql as $$ begin return nextval('app.ids'); end $$;
create sequence app.ids;
create table app.t(id bigint default app.nextid() primary key, m app.mood check (app.is_ok(m)), d app.dom, p app.pair,
  u text generated always as (app.of_dom(d)) stored);
create function app.total(t app.t) returns int immutable language sql as 'select 1';
alter table app.t add check (app.total(t.*) > 0);
create index on app.t (app.of_dom(d)) where app.is_ok(m);
create function app.pk(i int) returns int immutable language sql as 'select i % 4';
create table app.part(a int) partition by range (app.pk(a));
revoke all on function app.pk(int) from public;
create domain app.even as int;
create function app.is_even(app.even) returns boolean immutable language sql as 'select true';
alter domain app.even add constraint even_check check (app.is_even(value));
comment on constraint even_check on domain app.even is 'asked of it';
create table app.evens (a app.even default 2);
