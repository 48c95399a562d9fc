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
    PgDatabase, SqliteFile, pg_database, psql, repo, sqlite, sqlite_file, sync, sync_on, temp_dir,
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
        let output = Command::new(&program)
            .args([module, source.url(&database)])
            .output()
            .expect("the program starts");
        let told = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        if told.trim() != "in sync" {
            writeln!(differences, "{module}: {told}{errors}").expect("writing to a string");
        }
    }
    assert!(differences.is_empty(), "{differences}");
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
        let schema = db::dump(&mut session, &Scope::default())
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
    let old = sqlite_file();
    sqlite(&old, OLD_SQLITE);
    sources.insert("old_sqlite".into(), Source::Sqlite(old));
    sources
}

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
"#;

/// Compares the models of one module with a database, as the command line does with all.
const MAIN: &str = r#"//! Written by a test.

use schema_core::db::{Options, Session, SessionOptions, Source, plan_for};
use schema_core::model::{carries, lower_with, models};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("{}", runtime.block_on(compare(&args[1], &args[2])));
}

async fn compare(module: &str, url: &str) -> String {
    let options = SessionOptions { read_only: true, ..SessionOptions::default() };
    let mut session = Session::open(url, &options).await.unwrap();
    let within = |path: &str| path.split("::").nth(1) == Some(module);
    let defs: Vec<_> = models().into_iter().filter(|it| within(it.module)).collect();
    let carries: Vec<_> = carries().into_iter().filter(|it| within(it.module)).collect();
    let schema = match lower_with(session.family(), &defs, &carries) {
        Ok(schema) => schema,
        Err(errors) => return errors.to_string(),
    };
    // What only the database has is dropped: nothing may be.
    let options = Options { prune: true, ..Options::default() };
    match plan_for(&mut session, &Source::Snapshot(schema), &options).await {
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

#[test]
fn nothing_is_overwritten_without_force() {
    let file = sqlite_file();
    sqlite(
        &file,
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)",
    );
    let args = ["introspect", "--database-url", &file.url, "--out", "models"];
    let run = |args: &[&str]| sync(args, &[], file.dir.path());
    let path = file.dir.path().join("models/notes.rs");
    let read = || std::fs::read_to_string(&path).expect("the file is there");
    run(&args).expect(0);

    // What is added outside of the generated part is kept.
    let mine = format!("{}\nimpl Notes {{}}\n", read());
    std::fs::write(&path, mine).expect("the file is written");
    sqlite(&file, "ALTER TABLE notes ADD COLUMN stars INT");
    run(&args).expect(0);
    assert!(
        read().contains("stars") && read().ends_with("impl Notes {}\n"),
        "{}",
        read()
    );

    // What is changed within it stops the run, which writes nothing.
    std::fs::write(
        &path,
        read().replace("stars: Option<i64>", "stars: Option<i32>"),
    )
    .expect("the file is written");
    sqlite(&file, "CREATE TABLE more (id INTEGER PRIMARY KEY)");
    let refused = run(&args).expect(1);
    assert!(
        refused.stderr.contains("was changed by hand"),
        "{}",
        refused.all()
    );
    assert!(!file.dir.path().join("models/more.rs").exists());
    run(&[&args[..], &["--force"]].concat()).expect(0);
    assert!(
        read().contains("Option<i64>") && read().ends_with("impl Notes {}\n"),
        "{}",
        read()
    );
}
