//! Models written from a database, compiled and compared with it: nothing differs, nothing is left over.
//!
//! One crate holds the models of all schemas, a module each, and is compiled once; it then compares each
//! module with its database. It is linked against the libraries that these tests are linked against.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use schema_core::{
    db::{self, Session, SessionOptions},
    export::rust,
    scope::Scope,
};
use tests::{
    PgDatabase, SqliteFile, normalize_dump, pg_database, pg_dump_schema, psql, repo, sqlite,
    sqlite_file, sync_on, temp_dir,
};

use super::cases;

/// Where a schema comes from.
enum Source {
    /// SQL for the one PostgreSQL database, which is emptied in between.
    Pg(String),
    Shop(PgDatabase),
    Sqlite(SqliteFile),
}

impl Source {
    /// Makes the schema, and returns the database that it is in.
    fn url<'a>(&'a self, database: &'a PgDatabase) -> &'a str {
        match self {
            Self::Shop(shop) => &shop.url,
            Self::Sqlite(file) => &file.url,
            Self::Pg(sql) => {
                psql(&database.url, EMPTY);
                psql(&database.url, sql);
                &database.url
            }
        }
    }
}

/// Much faster than another database.
const EMPTY: &str = "DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
    FOR name IN SELECT pubname FROM pg_publication
    LOOP EXECUTE format('DROP PUBLICATION %I', name); END LOOP;
    CREATE SCHEMA public;
END $$";

#[test]
fn generated_models_are_the_database_they_came_from() {
    let sources = sources();
    let database = pg_database();
    let dir = temp_dir();
    let mut main = String::from(MAIN);
    for (module, source) in &sources {
        write(&dir.path().join(module), source.url(&database));
        writeln!(main, "mod {module};").expect("writing to a string");
    }
    std::fs::write(dir.path().join("main.rs"), main).expect("the file is written");
    let program = compile(dir.path());
    let mut differences = String::new();
    for (module, source) in &sources {
        let told = run(&program, "compare", module, source.url(&database));
        if told != "in sync" {
            writeln!(differences, "{module}: {told}").expect("writing to a string");
        }
    }
    assert!(differences.is_empty(), "{differences}");

    // They make the same database anew.
    for module in ["odd_postgres", "shop_postgres"] {
        let anew = pg_database();
        if module == "odd_postgres" {
            psql(&anew.url, ODD_FUNCTIONS);
        }
        assert_eq!(run(&program, "apply", module, &anew.url), "applied");
        assert_eq!(run(&program, "compare", module, &anew.url), "in sync");
        let dump = |url: &str| {
            // Emptied, a database is not quite new.
            normalize_dump(&pg_dump_schema(url)).replace("COMMENT ON SCHEMA public IS '';\n", "")
        };
        let from = dump(sources[module].url(&database));
        assert_eq!(from, dump(&anew.url), "{module}");
    }
    let anew = sqlite_file();
    assert_eq!(run(&program, "apply", "old_sqlite", &anew.url), "applied");
    let old = sources["old_sqlite"].url(&database);
    let back = sync_on(&anew.url, &["diff", "--from", old, "--to", &anew.url]).expect(0);
    assert!(back.stdout.contains("In sync"), "{}", back.all());
}

fn run(program: &Path, what: &str, module: &str, url: &str) -> String {
    let output = Command::new(program)
        .args([what, module, url])
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stdout);
    format!("{told}{}", String::from_utf8_lossy(&output.stderr))
        .trim()
        .to_owned()
}

/// As the command does it, but for the formatting.
fn write(dir: &Path, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let models = runtime.block_on(async {
        let options = SessionOptions {
            read_only: true,
            ..SessionOptions::default()
        };
        let mut session = Session::open(url, &options)
            .await
            .expect("the database is there");
        let (schema, _) = db::dump(&mut session, &Scope::default())
            .await
            .expect("the schema is read");
        rust::rust(session.family(), &schema, rust::Options::default())
    });
    std::fs::create_dir(dir).expect("a new folder");
    let file = |name: &str, text: &str| {
        std::fs::write(dir.join(name), text).expect("the file is written");
    };
    for (module, text) in &models.modules {
        file(&format!("{module}.rs"), text);
    }
    file("mod.rs", &models.root());
    if let Some(carried) = &models.carried {
        file(rust::CARRIED, carried);
    }
}

/// The schemas of all cases, before and after, the sample application's, and some of SQLite.
fn sources() -> BTreeMap<String, Source> {
    let mut sources = BTreeMap::new();
    let mut known = BTreeSet::new();
    for case in cases::runnable() {
        for (side, sql) in [("live", case.live), ("desired", case.desired)] {
            let is_empty = !sql.to_uppercase().contains("CREATE ");
            if is_empty || !known.insert(sql.clone()) {
                continue;
            }
            let module = format!("{}_{side}", case.name.replace('/', "_"));
            sources.insert(module, Source::Pg(sql));
        }
    }
    let shop = pg_database();
    sync_on(&shop.url, &["--apply"]).expect(0);
    sources.insert("shop_postgres".into(), Source::Shop(shop));
    let shop = sqlite_file();
    sync_on(&shop.url, &["--apply"]).expect(0);
    sources.insert("shop_sqlite".into(), Source::Sqlite(shop));
    let odd = format!("{ODD_FUNCTIONS}{ODD_POSTGRES}");
    sources.insert("odd_postgres".into(), Source::Pg(odd));
    let old = sqlite_file();
    sqlite(&old, OLD_SQLITE);
    sources.insert("old_sqlite".into(), Source::Sqlite(old));
    let broken = sqlite_file();
    sqlite(&broken, BROKEN_SQLITE);
    sources.insert("broken_sqlite".into(), Source::Sqlite(broken));
    sources
}

/// What no model says, and what `ODD_POSTGRES` needs.
const ODD_FUNCTIONS: &str = "
CREATE FUNCTION slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
";

/// What years of PostgreSQL look like.
const ODD_POSTGRES: &str = r#"
CREATE SCHEMA audit;
CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"', '');
CREATE DOMAIN positive AS integer DEFAULT 1 CONSTRAINT pos CHECK (VALUE > 0) NOT NULL;
CREATE TYPE address AS (street text, zip varchar(10));
CREATE SEQUENCE audit.standalone AS smallint INCREMENT -1 MINVALUE -100 MAXVALUE 100 START 50 CYCLE;
CREATE TABLE people (
    id serial PRIMARY KEY,
    "userName" text NOT NULL,
    user_name text DEFAULT slug('A'),
    "type" mood NOT NULL DEFAULT 'sad',
    moods mood[] DEFAULT ARRAY['sad'::mood],
    tags text[] NOT NULL DEFAULT ARRAY[]::text[],
    who name DEFAULT "current_user"(),
    qty positive,
    home address,
    boss integer CONSTRAINT "Boss of" REFERENCES people ON DELETE SET NULL,
    nothing varchar(4) DEFAULT NULL::varchar,
    at timestamptz(3) DEFAULT CURRENT_TIMESTAMP(0)
);
COMMENT ON TABLE people IS E'two\n  lines "quoted"';
CREATE INDEX people_lower ON people (lower("userName") COLLATE "C" text_pattern_ops DESC NULLS LAST) WHERE user_name IS NOT NULL;
CREATE INDEX people_slug ON people (slug(user_name));
COMMENT ON INDEX people_slug IS 'by slug';
CREATE TABLE audit.log (
    id bigserial,
    day date NOT NULL,
    person integer REFERENCES people (id),
    PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE TABLE audit.log_2024 PARTITION OF audit.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE audit.log_rest PARTITION OF audit.log DEFAULT;
CREATE TABLE no_columns ();
CREATE TABLE "String" (a int, "A" int, "self" int, "2nd" int);
CREATE TABLE notes (person integer REFERENCES people (id), CONSTRAINT notes_person_idx CHECK (person > 0));
CREATE INDEX notes_person_fkey ON notes (person);
CREATE INDEX ON notes (person);
CREATE STATISTICS people_stat (dependencies) ON boss, qty FROM people;
"#;

/// What years of SQLite look like.
const OLD_SQLITE: &str = r#"
CREATE TABLE "Order Lines" (
    id INTEGER PRIMARY KEY,
    "type" VARCHAR(20) NOT NULL DEFAULT 'x',
    price DECIMAL(10,2),
    paid BOOLEAN NOT NULL DEFAULT 0,
    at DATETIME DEFAULT CURRENT_TIMESTAMP,
    day DATE,
    ratio DOUBLE PRECISION,
    code TEXT COLLATE NOCASE UNIQUE,
    raw BLOB
);
CREATE TABLE keyless (a TEXT, b INT);
CREATE TABLE words (word TEXT PRIMARY KEY, line BIGINT REFERENCES "Order Lines"(id) ON DELETE SET NULL) WITHOUT ROWID;
CREATE TABLE nullable_key (id TEXT PRIMARY KEY, n INT CHECK (n > 0), UNIQUE (id, n));
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, x REAL NOT NULL, y AS (x * 2) STORED);
CREATE INDEX words_line ON words (line DESC) WHERE line IS NOT NULL;
CREATE INDEX by_code ON "Order Lines" (lower(code), "type");
CREATE VIEW paid AS SELECT * FROM "Order Lines" WHERE paid;
CREATE TABLE a_name_longer_than_a_postgresql_server_would_keep_it (id INTEGER PRIMARY KEY);
CREATE INDEX a_name_longer_than_a_postgresql_server_would_keep_it_as_its_own ON keyless (a);
CREATE VIRTUAL TABLE words_search USING fts5(word);
CREATE TABLE schema_core (id INTEGER PRIMARY KEY);
CREATE TABLE latest (id INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT, k TEXT UNIQUE ON CONFLICT IGNORE, a INT, b INT, UNIQUE (a, b) ON CONFLICT FAIL);
CREATE TABLE "größe" ("größe" INT, "名" INT, "…" INT, "...." INT);
CREATE TABLE astray (a INT REFERENCES nowhere (id), b TEXT REFERENCES latest (k));
"#;

/// Foreign keys that nothing checks, and a key whose collation only the application defines: nobody
/// else can read its table.
const BROKEN_SQLITE: &str = "
CREATE TABLE keyless (a INT);
CREATE TABLE latest (id INTEGER PRIMARY KEY);
CREATE TABLE astray (
    a INT REFERENCES keyless,
    b INT REFERENCES keyless (a),
    c INT REFERENCES latest (gone)
);
CREATE TABLE tags (tag TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, n INT) WITHOUT ROWID;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'unicase') WHERE name = 'tags';
";

/// Compares the models of one module with a database, or applies them, as the command line does with all.
const MAIN: &str = r#"//! Written by a test.

use schema_core::db::{Options, Outcome, Session, SessionOptions, Source, plan_for, sync};
use schema_core::model::{carries, lower_with, models};
use schema_core::plan::Policy;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{}", runtime.block_on(compare(&args[1], &args[2], &args[3])));
}

async fn compare(what: &str, module: &str, url: &str) -> String {
    let options = SessionOptions { read_only: what == "compare", ..SessionOptions::default() };
    let mut session = Session::open(url, &options).await.unwrap();
    let within = |path: &str| path.split("::").nth(1) == Some(module);
    let defs: Vec<_> = models().into_iter().filter(|it| within(it.module)).collect();
    let carries: Vec<_> = carries().into_iter().filter(|it| within(it.module)).collect();
    let schema = match lower_with(session.family(), &defs, &carries) {
        Ok(schema) => schema,
        Err(errors) => return errors.to_string(),
    };
    if what == "apply" {
        let (desired, policy) = (Source::Snapshot(schema), Policy::all());
        let report = sync(&mut session, &desired, &Options::default(), &policy, &mut |_| {}).await;
        return match report {
            Err(error) => error.to_string(),
            Ok(report) if report.outcome == Outcome::Applied => "applied".into(),
            Ok(report) => format!("{:#?}", report.outcome),
        };
    }
    // What only the database has is dropped: nothing may be.
    let options = Options { prune: true, ..Options::default() };
    match plan_for(&mut session, Source::Snapshot(schema), &options).await {
        Err(error) => error.to_string(),
        Ok(plan) if plan.changes.is_empty() && plan.refusals.is_empty() => "in sync".into(),
        Ok(plan) => format!("{:#?}\n{:#?}", plan.changes, plan.refusals),
    }
}

"#;

/// Compiles `main.rs` with the libraries of these tests.
fn compile(dir: &Path) -> PathBuf {
    let program = dir.join("program");
    let libraries = libraries();
    let mut command = Command::new("rustc");
    command
        .args([
            "--edition",
            "2024",
            "--crate-name",
            "generated",
            "-C",
            "debuginfo=0",
            // A program uses no models of its own.
            "-Aunused",
        ])
        .arg("-o")
        .arg(&program)
        .arg("-L")
        .arg(format!("dependency={}", libraries.deps.display()))
        .arg(dir.join("main.rs"));
    for (name, path) in &libraries.externs {
        command
            .arg("--extern")
            .arg(format!("{name}={}", path.display()));
    }
    let output = command.output().expect("rustc starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    program
}

struct Libraries {
    deps: PathBuf,
    externs: BTreeMap<String, PathBuf>,
}

/// Asks cargo which files the libraries are: the same that it just built for these tests.
fn libraries() -> Libraries {
    let test = std::env::current_exe().expect("the test's own path");
    let deps = test.parent().expect("tests are in a folder").to_path_buf();
    let target = deps.ancestors().nth(2).expect("target/<profile>/deps");
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    // What cargo told this test of its package would make it build its dependencies anew.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|start| text.starts_with(start))
        {
            cargo.env_remove(&name);
        }
    }
    let output = cargo
        .args(["test", "--workspace", "--no-run", "--quiet"])
        .args(["--message-format", "json", "--target-dir"])
        .arg(target)
        .current_dir(repo())
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut built: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("cargo writes JSON");
        let files = message["filenames"].as_array().into_iter().flatten();
        let rlib = files
            .filter_map(|it| it.as_str())
            .find(|it| it.ends_with(".rlib"));
        if let (Some(name), Some(rlib)) = (message["target"]["name"].as_str(), rlib) {
            built.entry(name.to_owned()).or_default().push(rlib.into());
        }
    }
    let [core] = built["schema_core"].as_slice() else {
        panic!(
            "one schema_core serves all tests: {:?}",
            built["schema_core"]
        );
    };
    // Macros are built with a copy of their own of some libraries. What the core was built with
    // stands in it by the ending of its file's name.
    let metadata = std::fs::read(core).expect("cargo built it");
    let of_the_core = |path: &&PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let (_, hash) = stem.rsplit_once('-').expect("cargo adds a hash");
        metadata.windows(hash.len()).any(|it| it == hash.as_bytes())
    };
    let mut externs = BTreeMap::from([("schema_core".to_owned(), core.clone())]);
    for name in ["chrono", "uuid", "serde_json", "rust_decimal", "tokio"] {
        let path = built[name].iter().find(of_the_core);
        let path = path.unwrap_or_else(|| panic!("{name} is built for the core"));
        externs.insert(name.to_owned(), path.clone());
    }
    Libraries { deps, externs }
}
