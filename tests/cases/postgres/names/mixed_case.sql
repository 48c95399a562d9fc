-- live
CREATE TABLE "Order" ("Id" int PRIMARY KEY, "reply-to" text);
-- desired
CREATE TABLE "Order" ("Id" int PRIMARY KEY, "reply-to" text NOT NULL, "user" int, "select" int, "a""b" int, "größe" int);
CREATE INDEX "Order by" ON "Order" ("user", "a""b");
