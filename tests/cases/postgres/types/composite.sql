-- live
CREATE TYPE pair AS (a int, b text);
-- desired
CREATE TYPE pair AS (a bigint, b text, c date);
