-- live
CREATE TABLE t (id int PRIMARY KEY, a int, b text DEFAULT 'it''s', c timestamptz DEFAULT now(), d boolean DEFAULT true, e date DEFAULT CURRENT_DATE, f uuid, g jsonb DEFAULT '{}', h int[] DEFAULT '{}', i numeric DEFAULT -1.50, j interval DEFAULT '1 day');
-- desired
CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 0, b text DEFAULT 'new
line \ back', c timestamptz DEFAULT CURRENT_TIMESTAMP, d boolean DEFAULT false, e date DEFAULT (CURRENT_DATE + 1), f uuid DEFAULT gen_random_uuid(), g jsonb DEFAULT '{"a": 1}'::jsonb, h int[] DEFAULT ARRAY[1, 2], i numeric, j interval DEFAULT '02:00:00'::interval);
