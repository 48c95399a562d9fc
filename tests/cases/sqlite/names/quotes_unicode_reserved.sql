-- live
CREATE TABLE "we ""quote"" it" ("select" INTEGER PRIMARY KEY, "größe" INT, "a'b" TEXT, "x.y" TEXT, "" TEXT, [brack et] TEXT, `tick` INT);
CREATE TABLE "order" (id INTEGER PRIMARY KEY, "group" INTEGER REFERENCES "we ""quote"" it" ("select") ON DELETE CASCADE, "日本" TEXT);
CREATE INDEX "idx ""q""" ON "order" ("group", "日本" DESC);
INSERT INTO "we ""quote"" it" VALUES (1, 2, 'q', 'w', 'e', 'r', 5); INSERT INTO "order" VALUES (1, 1, 'x');
-- desired
CREATE TABLE "we ""quote"" it" ("select" INTEGER PRIMARY KEY, "größe" INT NOT NULL CHECK ("größe" > 0), "a'b" TEXT CHECK ("a'b" <> 'z'), "x.y" TEXT, "" TEXT, [brack et] TEXT, `tick` INT NOT NULL);
CREATE TABLE "order" (id INTEGER PRIMARY KEY, "group" INTEGER NOT NULL REFERENCES "we ""quote"" it" ("select") ON DELETE CASCADE, "日本" TEXT NOT NULL);
CREATE INDEX "idx ""q""" ON "order" ("group", "日本");
INSERT INTO "we ""quote"" it" VALUES (1, 2, 'q', 'w', 'e', 'r', 5); INSERT INTO "order" VALUES (1, 1, 'x');
-- next
INSERT INTO "order" VALUES (2, 1, 'x');
