-- live
CREATE SCHEMA sequence_type;
SET search_path = sequence_type, public;
create sequence s as smallint increment 2 minvalue 2 maxvalue 100 start 4 cache 3 cycle;
CREATE SCHEMA default_own_sequence;
SET search_path = default_own_sequence, public;
create sequence s; create table t(id int default nextval('s'));
CREATE SCHEMA sequence_moves_owner;
SET search_path = sequence_moves_owner, public;
create table t(a int, b int); create sequence s owned by t.a; alter table t alter a set default nextval('s');
CREATE SCHEMA serial_moves_to_new_table;
SET search_path = serial_moves_to_new_table, public;
create table t(id serial primary key);
-- desired
CREATE SCHEMA sequence_type;
SET search_path = sequence_type, public;
create sequence s as bigint increment -1 minvalue -100 maxvalue -1 start -1 no cycle;
CREATE SCHEMA default_own_sequence;
SET search_path = default_own_sequence, public;
create sequence s; create table t(id int default nextval('s')); alter sequence s owned by t.id;
CREATE SCHEMA sequence_moves_owner;
SET search_path = sequence_moves_owner, public;
create table t(a int, b int); create sequence s owned by t.b; alter table t alter b set default nextval('s');
CREATE SCHEMA serial_moves_to_new_table;
SET search_path = serial_moves_to_new_table, public;
create table u(id serial primary key); create sequence t_id_seq;
