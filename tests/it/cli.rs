//! The command line as its users meet it: exit codes, what is printed, what is left alone.

use std::time::{Duration, Instant};

use tests::{
    PgDatabase, SqliteFile, ddl_of, pg_database, pg_dump_schema, pg_hold, pg_texts, pg_url, psql,
    psql_script, server_log, sqlite, sqlite_file, sqlite_script, sqlite_texts, sync, sync_on,
    temp_dir,
};

const APPLY: &[&str] = &["--apply", "--yes"];
const DRY_RUN: &[&str] = &["--dry-run"];
const SECRET: &str = "sEcr3t";

/// A database of either kind.
enum Db {
    Pg(PgDatabase),
    Sqlite(SqliteFile),
}

impl Db {
    fn both() -> [Self; 2] {
        [Self::Pg(pg_database()), Self::Sqlite(sqlite_file())]
    }

    fn url(&self) -> &str {
        match self {
            Self::Pg(database) => &database.url,
            Self::Sqlite(file) => &file.url,
        }
    }

    fn run(&self, sql: &str) {
        match self {
            Self::Pg(database) => psql(&database.url, sql),
            Self::Sqlite(file) => sqlite(file, sql),
        }
    }

    /// Returns its tables, as they are written in SQL.
    fn tables(&self) -> Vec<String> {
        match self {
            Self::Pg(database) => pg_texts(
                &database.url,
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c \
                 JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition \
                 AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
            ),
            Self::Sqlite(file) if !file.path.exists() => Vec::new(),
            Self::Sqlite(file) => sqlite_texts(
                file,
                "SELECT '\"' || name || '\"' FROM sqlite_schema WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite_%' ORDER BY 1",
            ),
        }
    }

    fn columns(&self, table: &str) -> Vec<String> {
        match self {
            Self::Pg(database) => pg_texts(
                &database.url,
                &format!(
                    "SELECT attname::text FROM pg_attribute \
                     WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped"
                ),
            ),
            Self::Sqlite(file) => sqlite_texts(
                file,
                &format!("SELECT name FROM pragma_table_info({table})"),
            ),
        }
    }

    /// Returns all of the schema as text.
    fn dump(&self) -> String {
        match self {
            Self::Pg(database) => pg_dump_schema(&database.url),
            Self::Sqlite(file) if !file.path.exists() => String::new(),
            Self::Sqlite(file) => sqlite_texts(
                file,
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql",
            )
            .join("\n"),
        }
    }
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    for db in Db::both() {
        let before = db.dump();
        let output = sync_on(db.url(), DRY_RUN).expect(0);
        assert!(output.stdout.contains("dry run"), "{}", output.all());
        assert!(output.stdout.contains("Plan:"), "{}", output.all());
        assert_eq!(before, db.dump());
    }
}

#[test]
fn a_run_without_options_is_a_dry_run() {
    for db in Db::both() {
        sync_on(db.url(), &[]).expect(0);
        assert!(db.tables().is_empty());
    }
}

#[test]
fn the_word_sync_is_optional() {
    let file = sqlite_file();
    let output = sync_on(&file.url, &["sync", "--dry-run"]).expect(0);
    assert_eq!(output.stdout, sync_on(&file.url, DRY_RUN).expect(0).stdout);
}

#[test]
fn a_second_apply_is_in_sync_and_changes_nothing() {
    for db in Db::both() {
        sync_on(db.url(), APPLY).expect(0);
        assert!(!db.tables().is_empty());
        let after = db.dump();
        let output = sync_on(db.url(), APPLY).expect(0);
        assert!(output.stdout.contains("in sync"), "{}", output.all());
        assert_eq!(after, db.dump());
    }
}

#[test]
fn a_second_apply_sends_no_ddl() {
    let db = pg_database();
    sync_on(&db.url, APPLY).expect(0);
    let first = server_log(&db.name);
    assert!(
        !ddl_of(&first, "schema-sync").is_empty(),
        "the log has no DDL of `schema-sync` for {}: is application_name set?",
        db.name
    );
    sync_on(&db.url, APPLY).expect(0);
    let second = server_log(&db.name).split_off(first.len());
    assert!(!second.is_empty(), "the second run is not in the log");
    let ddl = ddl_of(&second, "schema-sync");
    assert!(ddl.is_empty(), "{ddl:#?}");
}

#[test]
fn verify_and_exit_code_tell_two_from_zero() {
    for db in Db::both() {
        if let Db::Sqlite(file) = &db {
            sqlite(file, "CREATE TABLE unmanaged (id INTEGER PRIMARY KEY)");
        }
        sync_on(db.url(), &["verify"]).expect(2);
        sync_on(db.url(), &["--dry-run", "--exit-code"]).expect(2);
        sync_on(db.url(), APPLY).expect(0);
        sync_on(db.url(), &["verify"]).expect(0);
        sync_on(db.url(), &["--dry-run", "--exit-code"]).expect(0);
    }
}

#[test]
fn the_default_database_is_named_first() {
    let dir = temp_dir();
    let output = sync(DRY_RUN, &[], dir.path()).expect(0);
    let first = output.stdout.lines().next().unwrap_or_default();
    assert!(first.contains("dev.db"), "{}", output.all());
}

#[test]
fn an_apply_in_ci_never_takes_the_default_database() {
    let dir = temp_dir();
    let output = sync(APPLY, &[("CI", "true")], dir.path()).expect(1);
    assert!(output.stderr.contains("DATABASE_URL"), "{}", output.all());
    assert!(!dir.path().join("dev.db").exists());
}

#[test]
fn the_environment_names_the_database() {
    let (dir, file) = (temp_dir(), sqlite_file());
    sync(
        APPLY,
        &[("DATABASE_URL", &file.url), ("CI", "true")],
        dir.path(),
    )
    .expect(0);
    assert!(file.path.exists());
    assert!(!dir.path().join("dev.db").exists());
}

#[test]
fn an_unsupported_scheme_is_an_error() {
    let output = sync_on(&format!("mongodb://me:{SECRET}@host/db"), DRY_RUN).expect(1);
    assert!(output.stderr.contains("mongodb"), "{}", output.all());
    assert!(!output.all().contains(SECRET), "{}", output.all());
}

#[test]
fn a_malformed_url_is_an_error_without_the_password() {
    for url in [
        format!("postgres://me:{SECRET}@host:port/db"),
        format!("postgres://me:{SECRET}@[host/db"),
        format!("me:{SECRET}@host/db"),
    ] {
        let output = sync_on(&url, DRY_RUN).expect(1);
        assert!(!output.all().contains(SECRET), "{}", output.all());
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_misspelled_wish_for_tls_is_an_error() {
    for parameter in ["sslmod", "SSLMode", "ssl", "ssl_mode"] {
        let url = format!("postgres://me:{SECRET}@host/db?pgbouncer=true&{parameter}=require");
        let output = sync_on(&url, DRY_RUN).expect(1);
        let told = format!("`{parameter}` is no parameter");
        assert!(output.stderr.contains(&told), "{}", output.all());
        assert!(!output.all().contains(SECRET), "{}", output.all());
    }
}

#[test]
fn what_a_url_asks_for_is_honoured_or_told() {
    let database = pg_database();
    let on = |query: &str, more: &[&str]| sync_on(&format!("{}?{query}", database.url), more);
    // Neither by the driver nor here.
    let query = format!("channel_binding=require&keepalives=1&sslpassword={SECRET}");
    let told = on(&query, DRY_RUN).expect(0);
    let note =
        "note: database URL: `channel_binding`, `keepalives`, `sslpassword` do nothing here\n";
    assert!(told.stderr.contains(note), "{}", told.all());
    assert!(!told.all().contains(SECRET), "{}", told.all());
    let told = on("schema=public", &["dump"]).expect(0).stderr;
    assert_eq!(told, "note: database URL: `schema` does nothing here\n");

    let quiet = "connect_timeout=5&target_session_attrs=read-write&channel_binding=prefer";
    let told = on(quiet, DRY_RUN).expect(0);
    assert!(!told.stderr.contains("note"), "{}", told.all());
    let name = "options=-c%20default_transaction_read_only%3Don&target_session_attrs=read-write";
    for (query, words) in [
        (
            name,
            "target_session_attrs=read-write, and the server takes no changes (",
        ),
        ("target_session_attrs=standby", "and the server is none ("),
        (
            "target_session_attrs=master",
            "`target_session_attrs` has a value that is none",
        ),
        (
            "connect_timeout=5s",
            "`connect_timeout` is no number of seconds",
        ),
        (
            "gssencmode=require",
            "`gssencmode=require` would do nothing",
        ),
        ("service=shop", "`service` would do nothing"),
        ("host=one,two", "names several hosts; name one"),
    ] {
        let told = on(query, DRY_RUN).expect(1);
        assert!(told.stderr.contains(words), "{query}: {}", told.all());
    }
    let several = format!("postgres://me:{SECRET}@one:5432,two:5432/db");
    let told = sync_on(&several, DRY_RUN).expect(1);
    assert_eq!(
        told.stderr,
        "error: database URL: names several hosts; name one, that of the primary\n"
    );
    // A password with a question mark.
    let told = sync_on(&format!("postgres://me:5?{SECRET}@host/db"), DRY_RUN).expect(1);
    assert!(told.stderr.contains("as %23 (#)"), "{}", told.all());
    assert!(!told.all().contains(SECRET), "{}", told.all());
}

#[test]
fn a_server_that_says_nothing_is_waited_for_as_long_as_the_url_says() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it listens").port();
    let url = format!("postgres://me@127.0.0.1:{port}/db?connect_timeout=1");
    let told = sync_on(&url, DRY_RUN).expect(1);
    assert!(
        told.stderr.contains("no answer within 1 s"),
        "{}",
        told.all()
    );
}

#[test]
fn a_malformed_url_is_told_with_how_one_looks() {
    for url in [
        format!("postgres://me:{SECRET}#x@host/db"),
        format!("postgres://me:{SECRET}/x@host/db"),
        format!("postgres:me:{SECRET}@host/db"),
    ] {
        let output = sync_on(&url, DRY_RUN).expect(1);
        let told = "@host:port/database, and the signs of a password as %23 (#)";
        assert!(output.stderr.contains(told), "{}", output.all());
        assert!(!output.all().contains(SECRET), "{}", output.all());
    }
    let output = sync_on("", DRY_RUN).expect(1);
    assert!(output.stderr.contains("is empty"), "{}", output.all());
    let wrong = format!("{}?sslmode=wrong", pg_url("postgres"));
    let output = sync_on(&wrong, DRY_RUN).expect(1);
    let told = "error: database URL: unknown value \"wrong\" for `ssl_mode`\n";
    assert_eq!(output.stderr, told);
}

#[test]
fn a_server_without_tls_is_told_from_one_that_is_not_there() {
    let output = sync_on(&format!("{}?sslmode=require", pg_url("postgres")), DRY_RUN).expect(1);
    assert!(
        output.stderr.contains("take sslmode=require out"),
        "{}",
        output.all()
    );
    assert!(
        !output.stderr.contains("is the server running"),
        "{}",
        output.all()
    );
}

#[test]
fn types_of_tables_that_are_not_looked_at_are_not_made() {
    let db = pg_database();
    let told = sync_on(&db.url, &["--only", "tags"]).expect(0).stdout;
    assert!(told.contains("new: 2 columns"), "{told}");
    assert!(!told.contains("type "), "{told}");
    let told = sync_on(&db.url, &["--only", "memberships"])
        .expect(0)
        .stdout;
    assert!(told.contains("+ type role"), "{told}");
    assert!(!told.contains("order_status"), "{told}");
    sync_on(&db.url, &[APPLY, &["--only", "tags"]].concat()).expect(0);
    sync_on(&db.url, APPLY).expect(0);
    // Nor are they in the way of a run that drops what no model has.
    let prune = ["--only", "tags", "--prune", "--exit-code"];
    sync_on(&db.url, &prune).expect(0);
}

#[test]
fn an_unreachable_server_is_named_without_the_password() {
    let url = format!("postgres://me:{SECRET}@127.0.0.1:1/db");
    let output = sync_on(&url, DRY_RUN).expect(1);
    assert!(output.stderr.contains("127.0.0.1"), "{}", output.all());
    assert!(!output.all().contains(SECRET), "{}", output.all());
}

#[test]
fn a_missing_database_is_named_and_not_created() {
    let output = sync_on(&pg_url("no_such_database"), APPLY).expect(1);
    assert!(
        output.stderr.contains("no_such_database"),
        "{}",
        output.all()
    );
    assert!(output.stderr.contains("does not exist"), "{}", output.all());
    let output = sync_on(&pg_url("no_such_database"), DRY_RUN).expect(1);
    assert!(output.stderr.contains("does not exist"), "{}", output.all());
}

#[test]
fn a_view_is_made_again_also_when_only_its_table_is_looked_at() {
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &live.url,
        "CREATE TABLE t (a int); CREATE TABLE legacy (a int); CREATE VIEW v AS SELECT a FROM t",
    );
    psql(&desired.url, "CREATE TABLE t (a bigint)");
    let ignore = ["--prune", "--ignore", "legacy", "--desired", &desired.url];
    let told = sync_on(&live.url, &ignore).expect(0);
    assert!(!told.stdout.contains("legacy"), "{}", told.all());
    let apply = [
        APPLY,
        &["--only", "t", "--allow", "all", "--desired", &desired.url],
    ]
    .concat();
    sync_on(&live.url, &apply).expect(0);
    psql(&live.url, "SELECT a FROM v");
}

#[test]
fn what_is_not_managed_and_unlike_in_another_database_is_told() {
    let (live, desired) = (pg_database(), pg_database());
    psql(
        &live.url,
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS x; CREATE VIEW same AS SELECT a FROM t;
         CREATE VIEW here AS SELECT a FROM t",
    );
    psql(
        &desired.url,
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT 2 AS x; CREATE VIEW same AS SELECT a FROM t;
         CREATE POLICY p ON t; CREATE VIEW w AS SELECT a FROM t",
    );
    let told = sync_on(&live.url, &["--exit-code", "--desired", &desired.url]).expect(0);
    for words in [
        "in the desired database alone, not managed, and not made: policy p on t, view w\n",
        "defined otherwise in the desired database, not managed, and left alone: view v\n",
        "1 other object in the database, not in the desired schema: left alone",
    ] {
        assert!(told.stdout.contains(words), "{words}\n{}", told.all());
    }
    let told = sync_on(&live.url, &["-v", "--desired", &desired.url]).expect(0);
    assert!(
        told.stdout.contains("view here: not managed: left alone"),
        "{}",
        told.all()
    );
    // What the plan makes again may be as desired then.
    psql(
        &desired.url,
        "DROP VIEW w, same; ALTER TABLE t ALTER a TYPE bigint; CREATE VIEW same AS SELECT a FROM t",
    );
    let told = sync_on(&live.url, &["--desired", &desired.url]).expect(0);
    let words = "left alone: view v\n";
    assert!(told.stdout.contains(words), "{words}\n{}", told.all());
}

#[test]
fn a_folder_is_no_database() {
    let dir = temp_dir();
    let url = format!("sqlite:{}", dir.path().display());
    for mode in [DRY_RUN, APPLY] {
        let output = sync_on(&url, mode).expect(1);
        assert!(!output.stderr.contains("panicked"), "{}", output.all());
    }
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let file = sqlite_file();
    let text = "This is a shopping list, and long enough to be no header of SQLite. ".repeat(40);
    std::fs::write(&file.path, &text).expect("the file is written");
    for mode in [DRY_RUN, APPLY] {
        sync_on(&file.url, mode).expect(1);
    }
    assert_eq!(std::fs::read_to_string(&file.path).expect("readable"), text);
}

#[test]
fn a_usage_error_is_an_error() {
    sync_on("sqlite:x.db", &["--no-such-option"]).expect(1);
    sync_on("sqlite:x.db", &["--dry-run", "--allow", "no_such_hazard"]).expect(1);
    for word in ["apply", "dry-run"] {
        let told = sync_on("sqlite:x.db", &[word]).expect(1).stderr;
        let cure = format!("`{word}` is no command; write it as an option: --{word}\n");
        assert!(told.contains(&cure), "{told}");
    }
    let told = sync_on("sqlite:x.db", &["migrate"]).expect(1).stderr;
    assert!(told.contains("unrecognized subcommand 'migrate'"), "{told}");
}

#[test]
fn a_file_that_names_the_database_is_named_itself() {
    let dir = temp_dir();
    let with = |text: &str| {
        std::fs::write(dir.path().join(".env"), text).expect("writable");
        sync(&["--dry-run", "-q"], &[], dir.path())
    };
    let told = with("A=b\n\nDATABASE_URL: postgres://me:s3cret@host/db\n")
        .expect(1)
        .stderr;
    assert_eq!(
        told,
        "error: `.env`, line 3: cannot be read; write lines as NAME=\"value\"\n"
    );
    let told = with("DATABASE_URL=postgres//host/db").expect(1).stderr;
    let note = "note: the database is named by .env\nerror: database URL: has no scheme";
    assert!(told.starts_with(note), "{told}");
    // As some editors of Windows write it.
    let told = with("\u{feff}DATABASE_URL=sqlite:bom.db\r\n")
        .expect(0)
        .stdout;
    assert!(told.contains("bom.db, named by .env"), "{told}");
    let told = sync(DRY_RUN, &[("DATABASE_URL", "shop.db")], dir.path())
        .expect(1)
        .stderr;
    assert!(
        told.starts_with("note: the database is named by DATABASE_URL\n"),
        "{told}"
    );
}

#[test]
fn files_of_another_kind_are_told_with_how_one_is_made() {
    let dir = temp_dir();
    std::fs::write(dir.path().join("text.json"), "no json").expect("writable");
    std::fs::write(dir.path().join("other.json"), "{\"version\": 1}").expect("writable");
    for file in ["text.json", "other.json"] {
        let plan = sync(&["--apply", "--plan", file], &[], dir.path())
            .expect(1)
            .stderr;
        let cure = "; make a new one: sync --dry-run --save-plan FILE\n";
        assert!(
            plan.starts_with(&format!("error: `{file}`: is not a plan: ")),
            "{plan}"
        );
        assert!(plan.ends_with(cure), "{plan}");
        let snapshot = sync(&["--desired", file], &[], dir.path()).expect(1).stderr;
        assert!(
            snapshot.ends_with("; make one: sync dump --out FILE\n"),
            "{snapshot}"
        );
    }
    let db = sqlite_file();
    sqlite(&db, "CREATE TABLE t (a INTEGER CHECK (a > 0))");
    let whole = sync_on(&db.url, &["dump"]).expect(0).stdout;
    let broken = whole.replace("a > 0", "a > 0); DROP TABLE t; --");
    assert_ne!(whole, broken);
    std::fs::write(dir.path().join("broken.json"), broken).expect("writable");
    let told = sync(&["--desired", "broken.json"], &[], dir.path())
        .expect(1)
        .stderr;
    assert!(
        told.contains("closes a parenthesis that it has not opened: `a > 0); DROP TABLE t; --`"),
        "{told}"
    );
    let told = sync_on("sqlite:x.db?mood=rw", DRY_RUN).expect(1).stderr;
    assert!(
        told.starts_with("error: database URL: unknown query parameter `mood`"),
        "{told}"
    );
}

#[test]
fn a_leftover_column_is_reported_and_not_dropped() {
    for db in Db::both() {
        sync_on(db.url(), APPLY).expect(0);
        let table = &db.tables()[0];
        db.run(&format!("ALTER TABLE {table} ADD COLUMN legacy_code text"));
        for mode in [DRY_RUN, APPLY] {
            let output = sync_on(db.url(), mode).expect(0);
            assert!(output.stdout.contains("legacy_code"), "{}", output.all());
        }
        assert!(db.columns(table).contains(&"legacy_code".to_owned()));
    }
}

#[test]
fn a_prune_needs_data_loss_allowed() {
    for db in Db::both() {
        sync_on(db.url(), APPLY).expect(0);
        let managed = db.tables();
        // Beside a managed table: pruning keeps to the schemas that models use.
        let beside = match managed[0].rsplit_once('.') {
            Some((schema, _)) => format!("{schema}.unmanaged"),
            None => "unmanaged".to_owned(),
        };
        db.run(&format!("CREATE TABLE {beside} (id integer PRIMARY KEY)"));
        let before = db.dump();

        sync_on(db.url(), APPLY).expect(0);
        assert_eq!(before, db.dump());

        let output = sync_on(db.url(), &["--apply", "--prune", "--yes"]).expect(3);
        assert!(output.all().contains("data_loss"), "{}", output.all());
        assert_eq!(before, db.dump());
        sync_on(db.url(), &["--dry-run", "--prune", "--exit-code"]).expect(3);

        let allowed = ["--apply", "--prune", "--allow", "data_loss", "--yes"];
        sync_on(db.url(), &allowed).expect(0);
        assert_eq!(managed, db.tables());
    }
}

#[test]
fn json_is_json_with_a_version() {
    for db in Db::both() {
        for mode in [DRY_RUN, APPLY, DRY_RUN] {
            let output = sync_on(db.url(), &[mode, &["--format", "json"]].concat()).expect(0);
            let json: serde_json::Value = serde_json::from_str(&output.stdout)
                .unwrap_or_else(|error| panic!("{error}\n{}", output.all()));
            assert!(json.get("version").is_some(), "{}", output.stdout);
        }
    }
}

#[test]
fn the_script_runs_twice_and_leaves_nothing_to_do() {
    for db in Db::both() {
        let script = sync_on(db.url(), &["--dry-run", "--sql"]).expect(0).stdout;
        for run in ["first", "second"] {
            match &db {
                Db::Pg(database) => psql_script(&database.url, &script)
                    .unwrap_or_else(|error| panic!("{run} run: {error}\n{script}")),
                Db::Sqlite(file) => sqlite_script(file, &script),
            }
        }
        sync_on(db.url(), &["--dry-run", "--exit-code"]).expect(0);
    }
}

#[test]
fn two_applies_at_once_both_succeed() {
    for db in Db::both() {
        std::thread::scope(|scope| {
            let runs = [(); 2].map(|()| scope.spawn(|| sync_on(db.url(), APPLY)));
            for run in runs {
                run.join().expect("the run ends").expect(0);
            }
        });
        sync_on(db.url(), &["verify"]).expect(0);
    }
}

#[test]
fn an_open_transaction_of_a_writer_does_not_block_an_apply_with_nothing_to_do() {
    let db = Db::Pg(pg_database());
    sync_on(db.url(), APPLY).expect(0);
    let locks: Vec<_> = db
        .tables()
        .iter()
        .map(|table| format!("LOCK TABLE {table} IN ROW EXCLUSIVE MODE;"))
        .collect();
    let writer = pg_hold(db.url(), &locks.concat());
    let start = Instant::now();
    sync_on(db.url(), APPLY).expect(0);
    assert!(start.elapsed() < Duration::from_secs(20));
    drop(writer);
}

#[test]
fn a_plan_is_saved_and_refused_for_another_state() {
    let (db, dir) = (pg_database(), temp_dir());
    let plan = dir.path().join("plan.json");
    let plan = plan.to_str().expect("a path in UTF-8");
    sync_on(&db.url, &["--dry-run", "--save-plan", plan]).expect(0);
    sync_on(&db.url, &["--apply", "--yes", "--plan", plan]).expect(0);
    sync_on(&db.url, &["verify"]).expect(0);
    let again = sync_on(&db.url, &["--apply", "--yes", "--plan", plan]);
    assert!(matches!(again.status, 1 | 3), "{}", again.all());
}

#[test]
fn colour_is_off_when_nobody_looks() {
    let file = sqlite_file();
    let output = sync_on(&file.url, DRY_RUN).expect(0);
    assert!(!output.all().contains('\u{1b}'), "{}", output.all());
    let output = sync_on(&file.url, &["--dry-run", "--color", "always"]).expect(0);
    assert!(output.stdout.contains('\u{1b}'), "{}", output.all());
}

#[test]
fn signs_are_ascii_where_the_locale_is() {
    let dir = temp_dir();
    for (name, value) in [("LC_ALL", "C"), ("LC_CTYPE", "de_DE.ISO-8859-1")] {
        let output = sync(DRY_RUN, &[(name, value)], dir.path()).expect(0);
        assert!(output.stdout.is_ascii(), "{}", output.all());
    }
    let output = sync(DRY_RUN, &[("LC_ALL", "C.UTF-8")], dir.path()).expect(0);
    assert!(output.stdout.contains('·'), "{}", output.all());
}

#[test]
fn secrets_in_parameters_are_not_printed() {
    for url in [
        format!("postgres://127.0.0.1:1/db?user=me&password={SECRET}"),
        format!("mongodb://host/db?password={SECRET}"),
        format!("mongodb:me:{SECRET}@host"),
    ] {
        let output = sync_on(&url, DRY_RUN).expect(1);
        assert!(!output.all().contains(SECRET), "{}", output.all());
        for args in [["dump", &url], ["--desired", &url]] {
            let output = sync_on("sqlite::memory:", &args).expect(1);
            assert!(!output.all().contains(SECRET), "{}", output.all());
        }
    }
}

#[test]
fn a_stale_plan_says_what_has_changed() {
    for db in Db::both() {
        let dir = temp_dir();
        let plan = dir.path().join("plan.json");
        let plan = plan.to_str().expect("a path in UTF-8");
        sync_on(db.url(), &["--dry-run", "--save-plan", plan]).expect(0);
        db.run("CREATE TABLE tags (id integer PRIMARY KEY NOT NULL)");
        let before = db.dump();
        let apply = ["--apply", "--yes", "--allow", "all", "--plan", plan];
        let output = sync_on(db.url(), &apply).expect(3);
        for told in [
            "have changed since it was made",
            "in the plan, and no longer to be done:",
            "tags + table",
            "to be done, and not in the plan:",
            "tags + column",
        ] {
            assert!(output.stdout.contains(told), "{told}\n{}", output.all());
        }
        assert_eq!(before, db.dump());
        sync_on(db.url(), &["--apply", "--yes", "--allow", "all"]).expect(0);
        let output = sync_on(db.url(), &apply).expect(3);
        assert!(output.stdout.contains("is done"), "{}", output.all());
    }
}

#[test]
fn a_plan_of_other_options_is_not_the_one_reviewed() {
    let (file, dir) = (sqlite_file(), temp_dir());
    let plan = dir.path().join("plan.json");
    let plan = plan.to_str().expect("a path in UTF-8");
    sqlite(&file, "CREATE TABLE beside (id INTEGER PRIMARY KEY)");
    sync_on(&file.url, &["--dry-run", "--save-plan", plan]).expect(0);
    let apply = ["--apply", "--yes", "--allow", "all", "--plan", plan];
    let output = sync_on(&file.url, &[&apply[..], &["--prune"]].concat()).expect(3);
    assert!(
        output.stdout.contains("with other options"),
        "{}",
        output.all()
    );
    sync_on(&file.url, &apply).expect(0);
}

#[test]
fn snapshots_are_compared_without_a_server() {
    let (db, dir) = (pg_database(), temp_dir());
    let snapshot = dir.path().join("shop.json");
    let snapshot = snapshot.to_str().expect("a path in UTF-8");
    sync_on(&db.url, APPLY).expect(0);
    sync_on(&db.url, &["dump", "--out", snapshot]).expect(0);
    let offline = |from: &str, to: &str| {
        let args = ["diff", "--from", from, "--to", to, "--exit-code"];
        sync(&args, &[], dir.path())
    };
    offline(snapshot, "models").expect(0);
    offline("models", snapshot).expect(0);
    let text = std::fs::read_to_string(snapshot).expect("it was written");
    let other = text.replacen("\"label\"", "\"title\"", 1);
    assert_ne!(text, other);
    std::fs::write(snapshot, other).expect("it is written");
    let output = offline(snapshot, "models").expect(2);
    for told in ["+ column  label", "no server was asked"] {
        assert!(output.stdout.contains(told), "{}", output.all());
    }
}

#[test]
fn a_path_that_cannot_be_used_is_named_with_the_cure() {
    let dir = temp_dir();
    let nowhere = format!("sqlite:{}/nowhere/x.db", dir.path().display());
    for mode in [DRY_RUN, APPLY] {
        let output = sync_on(&nowhere, mode).expect(1);
        let told = "does not exist; make it first";
        assert!(output.stderr.contains(told), "{}", output.all());
    }
    let file = sqlite_file();
    sync_on(&file.url, APPLY).expect(0);
    let mut bytes = std::fs::read(&file.path).expect("readable");
    bytes[4096..4 * 4096].fill(0xa5);
    std::fs::write(&file.path, &bytes).expect("writable");
    let output = sync_on(&file.url, DRY_RUN).expect(1);
    let told = "is damaged; restore it";
    assert!(output.stderr.contains(told), "{}", output.all());
    assert!(output.stderr.contains(&file.path.display().to_string()));
}

#[test]
fn what_a_rebuild_cannot_keep_needs_a_yes() {
    let file = sqlite_file();
    sqlite(
        &file,
        "CREATE TABLE tags (id INTEGER PRIMARY KEY NOT NULL, label TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'd');
         INSERT INTO tags VALUES (1, 'a')",
    );
    let apply = ["--apply", "--yes", "--allow"];
    let some = [&apply[..], &["narrowing,breaks_running_app"]].concat();
    let output = sync_on(&file.url, &some).expect(3);
    let told = "table `tags` is rebuilt without `NOT NULL ON CONFLICT REPLACE`";
    assert!(output.stdout.contains(told), "{}", output.all());
    sync_on(&file.url, &[&apply[..], &["all"]].concat()).expect(0);
    sync_on(&file.url, &["verify"]).expect(0);
    assert_eq!(sqlite_texts(&file, "SELECT label FROM tags"), ["a"]);
}

#[test]
fn a_script_of_dump_says_what_it_leaves_out() {
    let (from, to) = (pg_database(), pg_database());
    let function = "CREATE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql SECURITY DEFINER
         AS 'SELECT 1'";
    psql(&from.url, function);
    psql(
        &from.url,
        "CREATE TABLE t (id int DEFAULT f(1, 'x')); CREATE VIEW v AS SELECT * FROM t;
         CREATE POLICY p ON t USING (true)",
    );
    let script = sync_on(&from.url, &["dump", "--sql"]).expect(0).stdout;
    for told in ["function f(a integer, b text)", "policy p on t", "view v"] {
        assert!(script.contains(&format!("--   {told}\n")), "{script}");
    }
    psql_script(&to.url, &script).expect_err("the function is not there");
    psql(&to.url, function);
    psql_script(&to.url, &script).expect("the script runs");
    assert_eq!(pg_texts(&to.url, "SELECT count(*)::text FROM t"), ["0"]);
}
