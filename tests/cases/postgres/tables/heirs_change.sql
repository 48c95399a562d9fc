-- live
CREATE SCHEMA heirs_own_columns;
SET search_path = heirs_own_columns, public;
create table f(id int, b text);
create table h(id int, b text); alter table h inherit f;
CREATE SCHEMA heirs_go;
SET search_path = heirs_go, public;
create table comments(id serial, modified_at int, account varchar(40) default null);
ALTER TABLE comments RENAME modified_at TO aside; ALTER TABLE comments RENAME account TO modified_at; ALTER TABLE comments RENAME aside TO account;
CREATE TABLE heir (LIKE comments INCLUDING ALL); ALTER TABLE heir INHERIT comments;
CREATE SCHEMA heirs_new;
SET search_path = heirs_new, public;
create sequence contacts_seq;
create table contacts(contact_id int default nextval(('contacts_seq'::text)::regclass) primary key, changed timestamptz);
-- desired
CREATE SCHEMA heirs_own_columns;
SET search_path = heirs_own_columns, public;
create table f(was_id bigint, b text);
create table h(was_id bigint, b text); alter table h inherit f;
CREATE SCHEMA heirs_go;
SET search_path = heirs_go, public;
create table comments(id serial, modified_at int, account varchar(40) default null);
CREATE SCHEMA heirs_new;
SET search_path = heirs_new, public;
create sequence contacts_seq;
create table contacts(contact_id int primary key, changed timestamptz);
create table heir(like contacts including all); alter table heir inherit contacts;
alter table contacts alter contact_id add generated always as identity (start 50);
