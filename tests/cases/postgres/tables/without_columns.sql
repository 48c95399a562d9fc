-- live

-- desired
CREATE TABLE empty ();
CREATE TABLE one (a int);
