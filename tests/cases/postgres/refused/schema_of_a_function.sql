-- refused is in a schema that would be dropped
-- live
CREATE SCHEMA area;
CREATE TABLE area.t (a int);
CREATE FUNCTION area.three() RETURNS int LANGUAGE sql AS 'SELECT 3';
-- desired
