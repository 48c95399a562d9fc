//! Random schemas as SQL: every kind of object in slots, each of which is filled from a seed.
//!
//! The second schema of a pair fills some slots otherwise. A statement that the server refuses is no
//! part of the schema, so nothing here has to be valid: a name may be taken, a type may not fit.

use tests::{pg_has_extension, pg_major};

/// SplitMix64: the same seed gives the same schema, everywhere.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64, slot: &str) -> Self {
        // FNV-1a, so that slots do not know each other.
        let hash = slot.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// Returns some of a list, in another order.
    fn some<T: Copy>(&mut self, list: &[T], most: usize) -> Vec<T> {
        let mut left = list.to_vec();
        let count = 1 + self.below(most);
        let mut picked = Vec::new();
        while picked.len() < count && !left.is_empty() {
            picked.push(left.remove(self.below(left.len())));
        }
        picked
    }
}

/// Which of a pair's schemas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Live,
    Desired,
}

/// Names of tables, the plain one first; each seed takes some.
const TABLES: [&str; 12] = [
    "plain",
    "Mixed Case",
    "select",
    "quo\"te",
    "naïve_ünïcode",
    "a'); DROP TABLE plain; --",
    "sixty_three_bytes_of_a_name_that_is_as_long_as_the_server_takes",
    "reply-to",
    "100%",
    "$1",
    "tab\tand\\backslash",
    "Ж",
];

const COLUMNS: [&str; 12] = [
    "a",
    "b",
    "C",
    "user",
    "e\"e",
    "f f",
    "g'g",
    "ñ",
    "type",
    "i$",
    "x_sync_old",
    "order",
];

const LABELS: [&str; 8] = ["one", "Two", "it's", "ü", "", "a,b", "\"q\"", "x\\y"];

/// What a column may be: a type and defaults that may fit.
const TYPES: [(&str, &[&str]); 44] = [
    ("smallint", &["7", "-1"]),
    ("integer", &["0", "1 + 2", "'-5'"]),
    ("bigint", &["9999999999", "length('abc')"]),
    ("numeric", &["1.50", "-0.5"]),
    ("numeric(10,2)", &["0.00", "1e2"]),
    ("numeric(12,4)", &["1.5"]),
    ("real", &["1.5"]),
    ("double precision", &["random()", "'-1.5'"]),
    ("text", &["'x'", "'it''s'", "E'a\\nb'", "upper('q') || 'r'"]),
    ("text COLLATE \"C\"", &["'c'"]),
    ("varchar", &["'v'", "lower('V')"]),
    ("varchar(20)", &["'v20'", "'v'::text"]),
    ("varchar(5)", &["'v5'"]),
    ("char(5)", &["'ch'"]),
    ("\"char\"", &["'c'"]),
    ("name", &["CURRENT_USER"]),
    ("boolean", &["true", "not false"]),
    ("date", &["CURRENT_DATE", "'2020-02-03'"]),
    ("timestamp", &["now()", "'2020-02-03 04:05'"]),
    (
        "timestamptz",
        &["CURRENT_TIMESTAMP", "now() - interval '1 day'"],
    ),
    ("timestamp(3)", &["LOCALTIMESTAMP"]),
    ("timestamptz(0)", &["now()"]),
    ("time", &["'12:30'"]),
    ("interval", &["'1 day 02:03'", "interval '1' hour"]),
    ("interval(2)", &["'1.5 s'"]),
    ("uuid", &["'00000000-0000-0000-0000-000000000001'"]),
    ("jsonb", &["'{}'", "jsonb_build_object('a', 1)"]),
    ("json", &["'[]'"]),
    ("bytea", &["'\\x00ff'"]),
    ("inet", &["'10.0.0.1'"]),
    ("cidr", &["'10.0.0.0/8'"]),
    ("bit(3)", &["B'101'"]),
    ("bit varying(5)", &["B'1'"]),
    ("money", &["'1.50'"]),
    ("integer[]", &["'{}'", "ARRAY[1, 2]"]),
    ("text[]", &["ARRAY[]::text[]", "'{a,\"b c\"}'"]),
    ("int4range", &["'[1,5)'", "int4range(1, 3)"]),
    ("kind", &["'one'", "'Two'"]),
    ("kind[]", &["'{one}'", "ARRAY['Two'::kind]"]),
    ("\"Other Kind\"", &["'one'", "'ü'"]),
    ("positive", &["3"]),
    ("word", &["'w'"]),
    ("pair", &["'(1,x)'"]),
    ("span", &["'[1,2]'"]),
];

const ACTIONS: [&str; 5] = [
    "NO ACTION",
    "RESTRICT",
    "CASCADE",
    "SET NULL",
    "SET DEFAULT",
];

/// Quotes a name.
pub(super) fn q(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// The statements that make one schema of a pair; some will be refused.
pub(super) fn script(seed: u64, side: Side) -> Vec<String> {
    let mut schema = Script {
        seed,
        side,
        out: Vec::new(),
    };
    schema.beside_tables();
    let tables = schema.tables();
    for table in &tables {
        schema.parts(table);
    }
    for table in &tables {
        schema.foreign_keys(table, &tables);
    }
    schema.partitions();
    schema.inheriting(tables[0]);
    schema.statistics(&tables);
    schema.comments(&tables);
    schema.out
}

/// Views and the like over the tables, the same for both sides.
pub(super) fn dependents(seed: u64) -> Vec<(String, String)> {
    let names = table_names(seed);
    let mut out = Vec::new();
    for n in 0..3 {
        let mut random = Random::new(seed, &format!("view {n}"));
        if random.chance(60) {
            continue;
        }
        let table = q(random.pick(&names));
        let columns: Vec<String> = random.some(&COLUMNS, 3).iter().map(|it| q(it)).collect();
        let list = columns.join(", ");
        out.push(match random.below(4) {
            0 => (
                format!("CREATE MATERIALIZED VIEW v{n} AS SELECT {list} FROM {table}"),
                format!("DROP MATERIALIZED VIEW v{n}"),
            ),
            1 => (
                format!("CREATE POLICY v{n} ON {table} USING ({} IS NOT NULL)", columns[0]),
                format!("DROP POLICY v{n} ON {table}"),
            ),
            2 => (
                format!(
                    "CREATE TRIGGER v{n} BEFORE UPDATE OF {list} ON {table} EXECUTE FUNCTION nothing()"
                ),
                format!("DROP TRIGGER v{n} ON {table}"),
            ),
            _ => (
                format!("CREATE VIEW v{n} AS SELECT {list} FROM {table} WHERE {} IS NULL", columns[0]),
                format!("DROP VIEW v{n}"),
            ),
        });
    }
    out
}

pub(super) fn table_names(seed: u64) -> Vec<&'static str> {
    let mut random = Random::new(seed, "names");
    let first = random.below(TABLES.len());
    (0..4)
        .map(|n| TABLES[(first + n * 5) % TABLES.len()])
        .collect()
}

struct Script {
    seed: u64,
    side: Side,
    out: Vec<String>,
}

impl Script {
    /// What a slot is filled from: on the second side sometimes from elsewhere.
    fn slot(&self, slot: &str) -> Random {
        let mut change = Random::new(self.seed, &format!("changed {slot}"));
        let changed = change.chance(30) && self.side == Side::Desired;
        Random::new(self.seed, &format!("{slot} {changed}"))
    }

    fn push(&mut self, sql: String) {
        self.out.push(sql);
    }

    fn beside_tables(&mut self) {
        self.push(
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
                .into(),
        );
        self.push("CREATE FUNCTION twice(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i * 2'".into());
        let mut random = self.slot("schema");
        if random.chance(50) {
            self.push(format!("CREATE SCHEMA {}", q("an \"other\"")));
            self.push(format!(
                "CREATE TABLE {}.plain (a integer PRIMARY KEY, b text)",
                q("an \"other\"")
            ));
        }
        for name in ["citext", "hstore", "btree_gist", "pg_trgm"] {
            if pg_has_extension(name) && self.slot(name).chance(20) {
                self.push(format!("CREATE EXTENSION {name}"));
            }
        }
        for name in ["kind", "Other Kind"] {
            let mut random = self.slot(name);
            if random.chance(90) {
                let labels: Vec<String> =
                    random.some(&LABELS, 6).iter().map(|it| text(it)).collect();
                self.push(format!(
                    "CREATE TYPE {} AS ENUM ({})",
                    q(name),
                    labels.join(", ")
                ));
                self.push(format!(
                    "COMMENT ON TYPE {} IS {}",
                    q(name),
                    text(random.pick(&LABELS))
                ));
            }
        }
        let mut random = self.slot("positive");
        let base = random.pick(&["integer", "bigint", "numeric(10,2)"]);
        let more = random.pick(&["", " NOT NULL", " DEFAULT 4", " CHECK (VALUE < 1000)"]);
        self.push(format!(
            "CREATE DOMAIN positive AS {base}{more} CHECK (VALUE > 0)"
        ));
        let mut random = self.slot("word");
        let base = random.pick(&["text", "varchar(20)", "text COLLATE \"C\"", "kind"]);
        let more = random.pick(&[
            "",
            " DEFAULT 'w'",
            " CONSTRAINT \"not empty\" CHECK (VALUE <> '')",
        ]);
        self.push(format!("CREATE DOMAIN word AS {base}{more}"));
        self.push(format!(
            "COMMENT ON DOMAIN word IS {}",
            text(random.pick(&LABELS))
        ));
        let mut random = self.slot("pair");
        let fields = random.pick(&[
            "n integer, t text",
            "n bigint, t text",
            "n integer, t varchar(9), k kind",
            "t text, n integer",
        ]);
        self.push(format!("CREATE TYPE pair AS ({fields})"));
        let mut random = self.slot("span");
        let subtype = random.pick(&["float8", "integer", "float8, SUBTYPE_DIFF = float8mi"]);
        self.push(format!("CREATE TYPE span AS RANGE (SUBTYPE = {subtype})"));
        for name in ["counter", "Counter 2"] {
            let mut random = self.slot(name);
            if random.chance(70) {
                let options = random.pick(&[
                    "",
                    " AS integer",
                    " START 5 INCREMENT 3",
                    " INCREMENT -1 CACHE 7",
                    " MINVALUE 2 MAXVALUE 99 CYCLE",
                    " AS smallint MAXVALUE 50",
                ]);
                self.push(format!("CREATE SEQUENCE {}{options}", q(name)));
                if random.chance(30) {
                    self.push(format!("COMMENT ON SEQUENCE {} IS 'said'", q(name)));
                }
            }
        }
    }

    fn tables(&mut self) -> Vec<&'static str> {
        let names = table_names(self.seed);
        let mut made = Vec::new();
        for name in names.iter().copied() {
            let mut random = self.slot(&format!("table {name}"));
            // The first one is always there.
            if name != names[0] && random.chance(15) {
                continue;
            }
            let unlogged = if random.chance(10) { "UNLOGGED " } else { "" };
            let with = random.pick(&[
                "",
                "",
                "",
                " WITH (fillfactor = 70)",
                " WITH (autovacuum_enabled = false, fillfactor = 80)",
                " WITH (fillfactor = 80, autovacuum_enabled = false)",
                " WITH (toast.autovacuum_enabled = false)",
            ]);
            self.push(format!("CREATE {unlogged}TABLE {} (){with}", q(name)));
            for column in COLUMNS {
                self.column(name, column);
            }
            made.push(name);
        }
        made
    }

    fn column(&mut self, table: &str, column: &str) {
        // Which columns a table has at all is the same on both sides, mostly.
        if !Random::new(self.seed, &format!("has {table}.{column}")).chance(55) {
            return;
        }
        let mut random = self.slot(&format!("{table}.{column}"));
        if random.chance(12) {
            return;
        }
        let (ty, defaults) = random.pick(&TYPES);
        let add = format!("ALTER TABLE {} ADD COLUMN {}", q(table), q(column));
        match random.below(20) {
            0 => self.push(format!("{add} integer GENERATED ALWAYS AS IDENTITY")),
            1 => self.push(format!(
                "{add} bigint GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5)"
            )),
            2 => self.push(format!("{add} serial")),
            3 => self.push(format!("{add} integer DEFAULT nextval('counter')")),
            4 | 5 => {
                let kind = random.pick(&["STORED", "STORED", "VIRTUAL"]);
                let expr = random.pick(&[
                    "(\"a\")::text",
                    "\"b\" + 1",
                    "length((\"C\")::text)",
                    "twice(\"a\"::integer)",
                    "upper((\"b\")::text)",
                    "coalesce(\"a\", \"b\")",
                ]);
                let ty = random.pick(&["text", "integer", "bigint"]);
                self.push(format!("{add} {ty} GENERATED ALWAYS AS ({expr}) {kind}"));
            }
            _ => {
                let default = if random.chance(35) {
                    format!(" DEFAULT {}", random.pick(defaults))
                } else {
                    String::new()
                };
                self.push(format!("{add} {ty}{default}"));
            }
        }
        let alter = format!("ALTER TABLE {} ALTER COLUMN {}", q(table), q(column));
        if random.chance(35) {
            let name = random.pick(&["", "", "named"]);
            if name.is_empty() || pg_major() < 18 {
                self.push(format!("{alter} SET NOT NULL"));
            } else {
                let more = random.pick(&["", " NOT VALID", " NO INHERIT"]);
                self.push(format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} NOT NULL {}{more}",
                    q(table),
                    q(&format!("nn {column}")),
                    q(column)
                ));
            }
        }
        if random.chance(8) {
            self.push(format!(
                "{alter} SET STORAGE {}",
                random.pick(&["EXTERNAL", "MAIN", "PLAIN"])
            ));
        }
        if random.chance(6) {
            self.push(format!(
                "{alter} SET COMPRESSION {}",
                random.pick(&["pglz", "lz4"])
            ));
        }
        if random.chance(6) {
            self.push(format!(
                "{alter} SET STATISTICS {}",
                random.pick(&[10, 500])
            ));
        }
        if random.chance(4) {
            self.push(format!("{alter} SET (n_distinct = 5)"));
        }
        if random.chance(12) {
            self.push(format!(
                "COMMENT ON COLUMN {}.{} IS {}",
                q(table),
                q(column),
                text(random.pick(&TABLES))
            ));
        }
    }

    /// Keys, checks, exclusions, indexes and options of a table.
    fn parts(&mut self, table: &str) {
        let add = |random: &mut Random, n: usize| {
            if random.chance(40) {
                format!(
                    "ALTER TABLE {} ADD CONSTRAINT {}",
                    q(table),
                    q(&format!("{table} part {n}"))
                )
            } else {
                format!("ALTER TABLE {} ADD", q(table))
            }
        };
        for n in 0..4 {
            let mut random = self.slot(&format!("{table} key {n}"));
            if random.chance(35) {
                continue;
            }
            let columns: Vec<String> = random.some(&COLUMNS, 2).iter().map(|it| q(it)).collect();
            let columns = columns.join(", ");
            let include = if random.chance(15) {
                format!(" INCLUDE ({})", q(random.pick(&COLUMNS)))
            } else {
                String::new()
            };
            let with = random.pick(&["", "", "", " WITH (fillfactor = 60)"]);
            let later = random.pick(&["", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]);
            let word = if n == 0 {
                "PRIMARY KEY"
            } else {
                random.pick(&["UNIQUE", "UNIQUE", "UNIQUE NULLS NOT DISTINCT"])
            };
            let add = add(&mut random, n);
            self.push(format!("{add} {word} ({columns}){include}{with}{later}"));
        }
        for n in 4..7 {
            let mut random = self.slot(&format!("{table} check {n}"));
            if random.chance(40) {
                continue;
            }
            let expr = condition(&mut random);
            let more = random.pick(&["", "", "", " NO INHERIT", " NOT VALID", " NOT ENFORCED"]);
            let add = add(&mut random, n);
            self.push(format!("{add} CHECK ({expr}){more}"));
        }
        let mut random = self.slot(&format!("{table} exclusion"));
        if random.chance(25) {
            let column = q(random.pick(&COLUMNS));
            let add = add(&mut random, 7);
            let (method, op) =
                random.pick(&[("gist", "&&"), ("btree", "="), ("hash", "="), ("gist", "=")]);
            let more = random.pick(&["", "", " DEFERRABLE"]);
            let only = if random.chance(30) {
                format!(" WHERE ({})", condition(&mut random))
            } else {
                String::new()
            };
            self.push(format!(
                "{add} EXCLUDE USING {method} ({column} WITH {op}){only}{more}"
            ));
        }
        for n in 0..5 {
            self.index(table, n);
        }
        let mut random = self.slot(&format!("{table} options"));
        let option = random.below(12);
        let alter = format!("ALTER TABLE {}", q(table));
        match option {
            0 => self.push(format!("{alter} REPLICA IDENTITY FULL")),
            1 => self.push(format!(
                "{alter} REPLICA IDENTITY USING INDEX {}",
                q(&format!("{table} index 1"))
            )),
            2 => self.push(format!("{alter} ENABLE ROW LEVEL SECURITY")),
            3 => self.push(format!("{alter} FORCE ROW LEVEL SECURITY")),
            4 => self.push(format!(
                "{alter} CLUSTER ON {}",
                q(&format!("{table} index 0"))
            )),
            _ => {}
        }
    }

    fn index(&mut self, table: &str, n: usize) {
        let mut random = self.slot(&format!("{table} index {n}"));
        if random.chance(35) {
            return;
        }
        let unique = if random.chance(30) { "UNIQUE " } else { "" };
        let method = random.pick(&[
            "btree", "btree", "btree", "btree", "hash", "gin", "gist", "brin",
        ]);
        let mut parts = Vec::new();
        for column in random.some(&COLUMNS, 3) {
            let key = match random.below(8) {
                0 => format!("lower(({})::text)", q(column)),
                1 => format!("(({})::text || 'x')", q(column)),
                2 => format!("twice(({})::integer)", q(column)),
                _ => q(column),
            };
            let more = random.pick(&[
                "",
                "",
                "",
                " DESC",
                " NULLS FIRST",
                " DESC NULLS LAST",
                " COLLATE \"C\"",
                " text_pattern_ops",
                " varchar_pattern_ops",
            ]);
            parts.push(format!("{key}{more}"));
        }
        let include = if random.chance(12) {
            format!(" INCLUDE ({})", q(random.pick(&COLUMNS)))
        } else {
            String::new()
        };
        let nulls = if random.chance(8) {
            " NULLS NOT DISTINCT"
        } else {
            ""
        };
        let with = random.pick(&[
            "",
            "",
            "",
            " WITH (fillfactor = 60)",
            " WITH (fillfactor = 60, deduplicate_items = off)",
        ]);
        let only = if random.chance(25) {
            format!(" WHERE {}", condition(&mut random))
        } else {
            String::new()
        };
        let name = if random.chance(60) {
            q(&format!("{table} index {n}"))
        } else {
            String::new()
        };
        self.push(format!(
            "CREATE {unique}INDEX {name} ON {} USING {method} ({}){include}{nulls}{with}{only}",
            q(table),
            parts.join(", ")
        ));
        if random.chance(10) {
            self.push(format!(
                "COMMENT ON INDEX {} IS 'an index'",
                q(&format!("{table} index {n}"))
            ));
        }
    }

    fn foreign_keys(&mut self, table: &str, tables: &[&str]) {
        for n in 0..3 {
            let mut random = self.slot(&format!("{table} foreign {n}"));
            if random.chance(25) {
                continue;
            }
            let to = random.pick(tables);
            // A reference to a key needs its columns: those of any column are tried.
            for column in COLUMNS {
                let mut random = self.slot(&format!("{table} foreign {n} {column}"));
                if random.chance(60) {
                    continue;
                }
                let (delete, update) = (random.pick(&ACTIONS), random.pick(&ACTIONS));
                let more = random.pick(&[
                    "",
                    "",
                    "",
                    " DEFERRABLE",
                    " DEFERRABLE INITIALLY DEFERRED",
                    " NOT VALID",
                    " NOT ENFORCED",
                    " MATCH FULL",
                ]);
                let (before, after) = if more == " MATCH FULL" {
                    (more, "")
                } else {
                    ("", more)
                };
                self.push(format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {}{before} ON DELETE {delete} ON UPDATE {update}{after}",
                    q(table), q(&format!("{column} to {n}")), q(column), q(to)
                ));
            }
        }
    }

    fn partitions(&mut self) {
        // The same on both sides as a rule: few partitions find a place under another key.
        let mut strategy = Random::new(self.seed, "strategy").below(3);
        let mut random = self.slot("another key");
        if random.chance(15) {
            strategy = (strategy + 1) % 3;
        }
        let id = random.pick(&["integer", "integer", "integer", "bigint"]);
        let method = ["RANGE", "LIST", "HASH"][strategy];
        let mut random = self.slot("parted");
        let extra = random.pick(&[
            "",
            ", v text",
            ", v varchar(20) DEFAULT 'v'",
            ", v text NOT NULL, w integer CHECK (w > 0)",
        ]);
        self.push(format!(
            "CREATE TABLE parted (id {id} NOT NULL, at date{extra}) PARTITION BY {method} (id)"
        ));
        let bounds: [&str; 5] = match strategy {
            0 => [
                "FROM (MINVALUE) TO (0)",
                "FROM (0) TO (10)",
                "FROM (10) TO (20)",
                "FROM (0) TO (5)",
                "FROM (5) TO (20)",
            ],
            1 => ["IN (1)", "IN (2, 3)", "IN (NULL)", "IN (3)", "IN (2)"],
            _ => [
                "WITH (MODULUS 4, REMAINDER 0)",
                "WITH (MODULUS 4, REMAINDER 1)",
                "WITH (MODULUS 4, REMAINDER 2)",
                "WITH (MODULUS 8, REMAINDER 3)",
                "WITH (MODULUS 8, REMAINDER 7)",
            ],
        };
        for n in 0..4 {
            let mut random = self.slot(&format!("part {n}"));
            let bound = format!("FOR VALUES {}", random.pick(&bounds));
            let bound = if random.chance(10) {
                "DEFAULT".to_owned()
            } else {
                bound
            };
            // Nested ones are so on both sides: no table becomes a partitioned one.
            let nested = match (n, self.slot("key below").chance(20)) {
                (3, false) => " PARTITION BY LIST (at)",
                (3, true) => " PARTITION BY RANGE (at)",
                (_, _) => "",
            };
            match random.below(10) {
                0 => {}
                1 => self.push(format!(
                    "CREATE TABLE part_{n} (id {id} NOT NULL, at date{extra}){nested}"
                )),
                _ => self.push(format!(
                    "CREATE TABLE part_{n} PARTITION OF parted {bound}{nested}"
                )),
            }
        }
        self.push("CREATE TABLE part_3_a PARTITION OF part_3 DEFAULT".into());
        let mut random = self.slot("parts of parted");
        let key = random.pick(&[
            "",
            "PRIMARY KEY (id)",
            "UNIQUE (id, at)",
            "CONSTRAINT \"the key\" PRIMARY KEY (id)",
        ]);
        self.push(format!("ALTER TABLE parted ADD {key}"));
        let index = random.pick(&["at", "v", "(lower(v))", "at DESC, id", "v) WHERE (id > 3"]);
        self.push(format!("CREATE INDEX ON parted ({index})"));
        let mut random = self.slot("own of parts");
        if random.chance(40) {
            self.push("ALTER TABLE part_1 ALTER COLUMN v SET DEFAULT 'own'".into());
            self.push("CREATE INDEX own ON part_1 (at, id DESC)".into());
            self.push("COMMENT ON COLUMN part_1.at IS 'own'".into());
        }
        if random.chance(40) {
            self.push("ALTER TABLE part_2 ADD CHECK (at > '2000-01-01')".into());
            self.push("ALTER TABLE part_2 SET (fillfactor = 50)".into());
        }
        let names = table_names(self.seed);
        let mut random = self.slot("parted refers");
        if random.chance(50) {
            self.push(format!(
                "ALTER TABLE parted ADD FOREIGN KEY (id) REFERENCES {}",
                q(random.pick(&names))
            ));
            self.push(format!(
                "ALTER TABLE {} ADD FOREIGN KEY (a) REFERENCES parted (id)",
                q(names[0])
            ));
        }
    }

    fn inheriting(&mut self, parent: &str) {
        if Random::new(self.seed, "inherits").chance(40) {
            self.push(format!(
                "CREATE TABLE heir (own integer) INHERITS ({})",
                q(parent)
            ));
            if self.slot("heir").chance(50) {
                self.push("CREATE INDEX ON heir (own)".into());
            }
        }
    }

    fn statistics(&mut self, tables: &[&str]) {
        for n in 0..3 {
            let mut random = self.slot(&format!("statistics {n}"));
            if random.chance(40) {
                continue;
            }
            let table = q(random.pick(tables));
            let columns: Vec<String> = random.some(&COLUMNS, 3).iter().map(|it| q(it)).collect();
            let kinds = random.pick(&["", " (ndistinct)", " (mcv, dependencies)"]);
            self.push(format!(
                "CREATE STATISTICS {}{kinds} ON {} FROM {table}",
                q(&format!("Stat {n}")),
                columns.join(", ")
            ));
            if random.chance(30) {
                self.push(format!(
                    "ALTER STATISTICS {} SET STATISTICS 50",
                    q(&format!("Stat {n}"))
                ));
            }
        }
    }

    fn comments(&mut self, tables: &[&str]) {
        for table in tables {
            let mut random = self.slot(&format!("comments {table}"));
            if random.chance(40) {
                self.push(format!(
                    "COMMENT ON TABLE {} IS {}",
                    q(table),
                    text(random.pick(&TABLES))
                ));
            }
            for n in 0..8 {
                if random.chance(20) {
                    self.push(format!(
                        "COMMENT ON CONSTRAINT {} ON {} IS {}",
                        q(&format!("{table} part {n}")),
                        q(table),
                        text(random.pick(&LABELS))
                    ));
                }
            }
            if random.chance(20) {
                self.push(format!(
                    "COMMENT ON INDEX {} IS 'of a key'",
                    q(&format!("{table} part 0"))
                ));
            }
        }
        if self.slot("comment on public").chance(30) {
            self.push("COMMENT ON SCHEMA public IS 'ours'".into());
        }
    }
}

/// Something that may be true of a row.
fn condition(random: &mut Random) -> String {
    let (a, b) = (q(random.pick(&COLUMNS)), q(random.pick(&COLUMNS)));
    match random.below(12) {
        0 => format!("{a} > 0"),
        1 => format!("{a} BETWEEN 1 AND 500"),
        2 => format!("{a} IN ('one', 'Two', 'x')"),
        3 => format!("length(({a})::text) < 90"),
        4 => format!("{a} IS NOT NULL OR {b} IS NULL"),
        5 => format!("({a})::text <> ALL (ARRAY['q', 'r'])"),
        6 => format!("{a} IS DISTINCT FROM {b}"),
        7 => format!("({a})::text LIKE '%' OR ({b})::text ~ '^x'"),
        8 => format!("NOT ({a} = {b})"),
        9 => format!("twice(({a})::integer) >= 0"),
        10 => format!("CASE WHEN {a} IS NULL THEN true ELSE ({b})::text <> 'it''s' END"),
        _ => format!("{a} = '1'"),
    }
}
