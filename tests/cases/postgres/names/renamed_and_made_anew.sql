-- live
CREATE SCHEMA renamed_made_anew;
SET search_path = renamed_made_anew, public;
create table users(id int primary key, id2 int unique);
create table contacts(user_id int not null references users on delete cascade, other int, constraint ofk foreign key(other) references users(id2), b varchar(20), constraint x check (b <> 'x'), constraint y check (lower(b) <> 'y'), constraint z exclude using btree (lower(b) with =));
create index i1 on contacts(lower(b)); create index i2 on contacts((other+1)) where other>3;
comment on index i1 is 'one'; comment on constraint ofk on contacts is 'ofk'; comment on constraint x on contacts is 'x';
-- desired
CREATE SCHEMA renamed_made_anew;
SET search_path = renamed_made_anew, public;
create table users(id bigint primary key, id2 numeric unique);
create table contacts(user_id bigint not null, other numeric, constraint contacts_user_id_fkey foreign key(other) references users(id2), b text, constraint y check (b <> 'x'), constraint w check (lower(b) <> 'y'), constraint i1 exclude using btree (lower(b) with =), constraint ofk foreign key(user_id) references users on delete cascade);
create index i2 on contacts(lower(b)); create index x on contacts((other+1)) where other>3;
comment on index i2 is 'one'; comment on constraint contacts_user_id_fkey on contacts is 'ofk'; comment on constraint y on contacts is 'x';
