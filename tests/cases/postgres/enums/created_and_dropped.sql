-- live
CREATE TYPE a AS ENUM ('x');
CREATE TABLE ta (v a);
-- desired
CREATE TYPE "B b" AS ENUM ('y', 'Y y');
CREATE TABLE tb (v "B b");
