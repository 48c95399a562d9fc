-- live
CREATE SCHEMA heir_key;
SET search_path = heir_key, public;
create table p(a int not null); create table c(primary key(a)) inherits(p);
CREATE SCHEMA heir_check;
SET search_path = heir_check, public;
create table p(a int constraint ck check(a>0)); create table c() inherits(p);
-- desired
CREATE SCHEMA heir_key;
SET search_path = heir_key, public;
create table p(a bigint not null); create table c(primary key(a)) inherits(p);
CREATE SCHEMA heir_check;
SET search_path = heir_check, public;
create table p(a int constraint ck check(a>0) no inherit); create table c(constraint ck check(a>0)) inherits(p);
