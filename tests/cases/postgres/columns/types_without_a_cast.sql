-- live
CREATE SCHEMA types_without_cast;
SET search_path = types_without_cast, public;
create table t(a int, b bool, c int, d date, e uuid, f int, g text, h inet, i json, j point, k bytea, l interval, m int);
CREATE SCHEMA types_with_default_without_cast;
SET search_path = types_with_default_without_cast, public;
create table t(a int default 3, b bool default true not null, c text default 'x', d numeric(5,2) default 1.5, e int default 1);
CREATE SCHEMA identity_to_uuid;
SET search_path = identity_to_uuid, public;
create table t(id int generated always as identity primary key);
create table u(t_id int references t(id));
-- desired
CREATE SCHEMA types_without_cast;
SET search_path = types_without_cast, public;
create table t(a uuid, b int, c jsonb, d int, e int, f date, g text[], h text, i jsonb, j box, k uuid, l time, m int[]);
CREATE SCHEMA types_with_default_without_cast;
SET search_path = types_with_default_without_cast, public;
create table t(a bool default false, b int default 7 not null, c jsonb default '{}', d int default 3, e text default 'one');
CREATE SCHEMA identity_to_uuid;
SET search_path = identity_to_uuid, public;
create table t(id uuid primary key default '00000000-0000-0000-0000-000000000000');
create table u(t_id uuid references t(id));
