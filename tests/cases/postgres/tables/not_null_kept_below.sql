-- one way
-- A table lets go of a NOT NULL that some that inherit from it keep as their own, and others do not.
-- live
create table p(a int not null, b int not null);
create table keeps() inherits(p);
create table goes() inherits(p);
create table below() inherits(goes);
create table deep() inherits(keeps);
create table keyed(primary key (b)) inherits(p);
-- desired
create table p(a int, b int);
create table keeps() inherits(p);
alter table keeps alter a set not null;
create table goes() inherits(p);
create table below() inherits(goes);
alter table below alter a set not null;
create table deep() inherits(keeps);
create table keyed(primary key (b)) inherits(p);
