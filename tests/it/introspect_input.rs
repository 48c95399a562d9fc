//! What `sync introspect` makes of databases and files as they are found: what can be done is done, the rest
//! is said, and nothing of the user's is overwritten.

use std::path::{Path, PathBuf};

use tests::{Output, pg_database, pg_url, psql, sqlite, sqlite_file, sync, sync_on, temp_dir};

/// Runs it in a folder, on a database; the models are written to `models`.
fn introspect(dir: &Path, url: &str, more: &[&str]) -> Output {
    let args = ["introspect", "--database-url", url, "--out", "models"];
    sync(&[&args, more].concat(), &[], dir)
}

/// All files of a folder, by name.
fn files(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).expect("the folder is there");
    let mut names: Vec<String> = entries
        .map(|it| it.expect("an entry").file_name().to_string_lossy().into())
        .collect();
    names.sort();
    names
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the file is there")
}

#[test]
fn where_there_is_nothing_to_read_nothing_is_written() {
    let dir = temp_dir();
    let empty = pg_database();
    let only_a_view = pg_database();
    psql(&only_a_view.url, "CREATE VIEW numbers AS SELECT 1 AS n");
    let empty_file = sqlite_file();
    sqlite(&empty_file, "CREATE TABLE a (b INT); DROP TABLE a");
    let view_file = sqlite_file();
    sqlite(&view_file, "CREATE VIEW numbers AS SELECT 1 AS n");
    let no_table = "there is no table to write a model of";
    let missing = pg_url("no_such_database");
    for (url, words) in [
        ("postgres://127.0.0.1:1/x", "cannot connect"),
        (&missing, "look at its name in the URL"),
        ("sqlite://missing.db", "`missing.db`: does not exist"),
        (&empty.url, no_table),
        (&empty_file.url, no_table),
        (&only_a_view.url, no_table),
        (&view_file.url, no_table),
        ("mysql://localhost/x", "scheme `mysql` is not supported"),
    ] {
        let refused = introspect(dir.path(), url, &[]).expect(1);
        assert!(refused.stderr.contains(words), "{url}: {}", refused.all());
        assert!(
            !refused.stderr.contains("--create-database"),
            "{}",
            refused.all()
        );
    }
    let told = introspect(dir.path(), &only_a_view.url, &[]).expect(1);
    assert!(told.stderr.contains("  view numbers\n"), "{}", told.all());
    let told = introspect(dir.path(), &view_file.url, &[]).expect(1);
    assert!(told.stderr.contains("  view numbers\n"), "{}", told.all());
    assert!(files(dir.path()).is_empty(), "{:?}", files(dir.path()));
}

#[test]
fn what_answers_as_another_server_is_said_to_be_none() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it listens").port();
    let answer = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody connects");
        let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let dir = temp_dir();
    let url = format!("postgres://me:secret@127.0.0.1:{port}/x");
    let told = introspect(dir.path(), &url, &[]).expect(1).stderr;
    let place = format!("error: 127.0.0.1:{port}: cannot connect: ");
    let words = "what answers there is no PostgreSQL server; is the server running, and is the host right?\n";
    assert_eq!(told, format!("{place}{words}"));
    answer.join().expect("it answered");
}

#[test]
fn names_that_collide_in_rust_are_told_apart_and_told() {
    let database = pg_database();
    psql(
        &database.url,
        r#"
        CREATE SCHEMA other;
        CREATE TABLE other."user" (a int);
        CREATE TABLE "user" (id int, "userId" int, user_id int, "self" int);
        CREATE TABLE "User" (a int);
        CREATE TABLE "USER" (a int);
        CREATE TABLE "Option" (a int);
        CREATE TYPE other.types AS ENUM ('a', 'A', '', 'self');
        CREATE TABLE con (id int, "😀" int, "🎉" int);
        CREATE TABLE types (a other.types);
        "#,
    );
    let dir = temp_dir();
    let told = introspect(dir.path(), &database.url, &[]).expect(0).stderr;
    for note in [
        "note: table USER: its struct is `UserRow`, for `User` is taken\n",
        "note: table User: its struct is `UserRow2`, for `User` is taken\n",
        "note: table other.user: its struct is `OtherUser`, for `User` is taken\n",
        "note: table Option: its struct is `OptionRow`, for `Option` is taken\n",
        "note: type other.types: it is `OtherTypes`, for `Types` is taken\n",
        "note: column user.userId: its field is `user_id_2`, for `user_id` is taken\n",
        "note: column con.🎉: its field is `column_2`, for `column_` is taken\n",
        "note: label 'A' of type other.types: its variant is `A2`, for `A` is taken\n",
        "note: label 'self' of type other.types: its variant is `Self2`, for `Self` is taken\n",
    ] {
        assert!(told.contains(note), "{note}{told}");
    }
    let user = read(&dir.path().join("models/user.rs"));
    assert!(
        user.contains("pub struct User {") && user.contains("pub self_: "),
        "{user}"
    );
    // Windows has no file `con.rs`.
    assert!(dir.path().join("models/con_table.rs").exists());
}

#[test]
fn a_type_without_one_of_rust_is_a_string_and_told() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE places (at point, near point[], t text, v varchar(3), n name)",
    );
    let dir = temp_dir();
    let told = introspect(dir.path(), &database.url, &[]).expect(0).stderr;
    let notes = [
        "note: no Rust type is known for some columns; a `String` stands for it, ",
        "\n  point: places.at\n  point[]: places.near\n",
    ];
    assert!(notes.iter().all(|note| told.contains(note)), "{told}");
    let places = read(&dir.path().join("models/places.rs"));
    assert!(
        places.contains("#[sync(type = \"point[]\")]\n    pub near: Option<Vec<String>>,"),
        "{places}"
    );
    let file = sqlite_file();
    sqlite(
        &file,
        "CREATE TABLE places (at GEOMETRY, s STRING, n NVARCHAR(3))",
    );
    let told = introspect(file.dir.path(), &file.url, &[]).expect(0).stderr;
    let notes = [notes[0], "\n  GEOMETRY: places.at\n"];
    assert!(notes.iter().all(|note| told.contains(note)), "{told}");
}

#[test]
fn a_database_that_nobody_named_is_asked_for() {
    let dir = temp_dir();
    for command in ["introspect", "dump"] {
        let told = sync(&[command], &[], dir.path()).expect(1).stderr;
        let words = "no database is named, and the embedded default `dev.db` is not here\n  cure: set DATABASE_URL";
        assert!(told.contains(words), "{told}");
    }
    assert!(files(dir.path()).is_empty());
}

/// A misspelled path must not be an empty schema: all would be dropped that the other one has.
#[test]
fn a_file_that_is_not_there_is_no_source() {
    let file = sqlite_file();
    sync_on(&file.url, &["--apply", "--yes"]).expect(0);
    let none = format!("{}.none", file.url);
    let told = format!(
        "`{}.none`: does not exist; check the path",
        file.path.display()
    );
    for args in [
        &[
            "--desired",
            &none,
            "--prune",
            "--allow",
            "all",
            "--apply",
            "--yes",
        ][..],
        &["verify", "--desired", &none],
        &["diff", "--from", &file.url, "--to", &none, "--prune"],
        &["dump", &none],
        &["docs", &none],
        &["introspect", "--database-url", &none],
    ] {
        let output = match args[0] {
            "introspect" => sync(args, &[], file.dir.path()),
            _ => sync_on(&file.url, args),
        };
        let output = output.expect(1);
        assert!(output.stderr.contains(&told), "{args:?}\n{}", output.all());
    }
    sync_on(&file.url, &["verify"]).expect(0);
}

#[test]
fn what_no_model_says_is_listed() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE notes (id int, body text);
         CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
         CREATE VIEW bodies AS SELECT body FROM notes;
         CREATE MATERIALIZED VIEW kept AS SELECT body FROM notes;
         CREATE POLICY mine ON notes USING (true);
         CREATE RULE no_del AS ON DELETE TO notes DO INSTEAD NOTHING;
         CREATE COLLATION german (provider = libc, locale = 'C');
         CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
         CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
         CREATE FOREIGN DATA WRAPPER far;
         CREATE SERVER away FOREIGN DATA WRAPPER far;
         CREATE FOREIGN TABLE remote (id int) SERVER away;
         CREATE TYPE mood AS ENUM ('a');
         CREATE CAST (mood AS int) WITH INOUT;
         CREATE PUBLICATION news FOR TABLE notes;",
    );
    let dir = temp_dir();
    let told = introspect(dir.path(), &database.url, &[]).expect(0).stderr;
    for line in [
        "cast public.mood AS integer",
        "collation german",
        "foreign table remote",
        "function one()",
        "materialized view kept",
        "operator ===",
        "policy mine on notes",
        "publication news",
        "rule no_del on notes",
        "server away",
        "text search configuration words",
        "view bodies",
    ] {
        assert!(told.contains(&format!("\n  {line}\n")), "{line}: {told}");
    }
    let file = sqlite_file();
    sqlite(
        &file,
        "CREATE TABLE notes (body TEXT);
         CREATE VIRTUAL TABLE search USING fts5(body);
         CREATE VIEW bodies AS SELECT body FROM notes;
         CREATE TRIGGER t AFTER DELETE ON notes BEGIN SELECT 1; END;",
    );
    let told = introspect(file.dir.path(), &file.url, &[]).expect(0).stderr;
    for line in ["virtual table search", "view bodies", "trigger t on notes"] {
        assert!(told.contains(&format!("\n  {line}\n")), "{line}: {told}");
    }
    assert_eq!(
        files(&file.dir.path().join("models")),
        ["mod.rs", "notes.rs"]
    );
}

/// The catalogue is readable without a right on a table: the models are whole.
#[test]
fn tables_without_rights_get_their_models_too() {
    let database = pg_database();
    let role = format!("reader_{}", database.name);
    psql(
        &database.url,
        &format!(
            "CREATE TABLE secret (id int PRIMARY KEY);
             CREATE TABLE open (id int PRIMARY KEY, secret_id int REFERENCES secret);
             CREATE ROLE {role} LOGIN;
             GRANT SELECT ON open TO {role};
             REVOKE ALL ON SCHEMA public FROM public"
        ),
    );
    let url = database.url.replacen("postgres@", &format!("{role}@"), 1);
    let dir = temp_dir();
    introspect(dir.path(), &url, &[]).expect(0);
    let open = read(&dir.path().join("models/open.rs"));
    assert!(open.contains("references = super::Secret::id"), "{open}");
    psql(
        &database.url,
        &format!("DROP OWNED BY {role}; DROP ROLE {role}"),
    );
}

#[test]
fn a_thousand_tables_are_a_thousand_files() {
    let file = sqlite_file();
    let tables: String = (0..1000)
        .map(|n| format!("CREATE TABLE t{n} (id INTEGER PRIMARY KEY, a TEXT);"))
        .collect();
    sqlite(&file, &tables);
    let told = introspect(file.dir.path(), &file.url, &[]).expect(0).stderr;
    assert!(
        told.contains("1,001 of 1,001 files written to models"),
        "{told}"
    );
    let told = introspect(file.dir.path(), &file.url, &[]).expect(0).stderr;
    assert!(told.contains("1,001 files in models: up to date"), "{told}");
    // They are formatted, where there is a formatter.
    let model = read(&file.dir.path().join("models/t7.rs"));
    assert!(model.contains("    #[sync(primary_key"), "{model}");
}

#[test]
fn files_of_somebody_else_stop_the_run() {
    let file = sqlite_file();
    sqlite(
        &file,
        "CREATE TABLE notes (a TEXT); CREATE TABLE more (b TEXT)",
    );
    let models = file.dir.path().join("models");
    std::fs::create_dir(&models).expect("a new folder");
    std::fs::write(models.join("notes.rs"), "pub struct Mine;\n").expect("the file is written");
    let refused = introspect(file.dir.path(), &file.url, &[]).expect(1);
    assert!(
        refused
            .stderr
            .contains("exists, and is not by `sync introspect`"),
        "{}",
        refused.all()
    );
    assert!(
        refused.stderr.contains("nothing was written"),
        "{}",
        refused.all()
    );
    assert_eq!(files(&models), ["notes.rs"]);
    introspect(file.dir.path(), &file.url, &["--force"]).expect(0);
    assert_eq!(files(&models), ["mod.rs", "more.rs", "notes.rs"]);
    assert!(!read(&models.join("notes.rs")).contains("Mine"));
}

#[test]
fn one_file_has_its_carried_file_beside_it() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE notes (a int); CREATE SEQUENCE lonely",
    );
    let dir = temp_dir();
    let path: PathBuf = dir.path().join("src/schema.rs");
    let args = [
        "introspect",
        "--database-url",
        &database.url,
        "--single-file",
        "--out",
        "src/schema.rs",
    ];
    let told = sync(&args, &[], dir.path()).expect(0).stderr;
    assert!(told.contains("2 of 2 files written to src"), "{told}");
    assert!(
        read(&path).contains("carry!(\"schema.carried.json\");"),
        "{}",
        read(&path)
    );
    assert_eq!(
        files(&dir.path().join("src")),
        ["schema.carried.json", "schema.rs"]
    );

    // What is written by hand stays; a carried file changed by hand stops the run.
    std::fs::write(&path, format!("{}\nimpl notes::Notes {{}}\n", read(&path)))
        .expect("the file is written");
    let carried = dir.path().join("src/schema.carried.json");
    let before = read(&carried);
    std::fs::write(&carried, before.replace("lonely", "lonelier")).expect("the file is written");
    psql(&database.url, "ALTER TABLE notes ADD COLUMN b int");
    let refused = sync(&args, &[], dir.path()).expect(1);
    assert!(
        refused
            .stderr
            .contains("schema.carried.json` was changed by hand"),
        "{}",
        refused.all()
    );
    assert!(!read(&path).contains("pub b: "));
    // What would have been carried is told of files that were written.
    assert!(
        !refused.stderr.contains("lonely") && told.contains("lonely"),
        "{}",
        refused.all()
    );
    std::fs::write(&carried, before).expect("the file is written");
    sync(&args, &[], dir.path()).expect(0);
    assert!(read(&path).contains("pub b: ") && read(&path).ends_with("impl notes::Notes {}\n"));

    // Nothing is carried any more: neither the file nor its name stays.
    psql(&database.url, "DROP SEQUENCE lonely");
    sync(&args, &[], dir.path()).expect(0);
    assert!(!read(&path).contains("carry!") && !carried.exists());
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

/// Rails and converters from MySQL write it everywhere.
#[test]
fn the_null_that_a_server_keeps_is_a_default_of_the_model() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE users (a varchar(40) DEFAULT NULL, b numeric(3,1) DEFAULT NULL,
         c timestamptz(3) DEFAULT NULL, d text DEFAULT NULL, e varchar(9)[] DEFAULT NULL)",
    );
    let dir = temp_dir();
    let told = introspect(dir.path(), &database.url, &[]).expect(0).stderr;
    assert!(!told.contains("carried"), "{told}");
    let users = read(&dir.path().join("models/users.rs"));
    for word in [
        "#[sync(max_length = 40, default = \"NULL::character varying\")]",
        "#[sync(type = \"numeric(3,1)\", default = \"NULL::numeric\")]",
    ] {
        assert!(users.contains(word), "{users}");
    }
    assert_eq!(users.matches("default = ").count(), 4, "{users}");
}

#[test]
fn files_keep_the_ends_of_their_lines() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE notes (a int); CREATE SEQUENCE lonely",
    );
    let dir = temp_dir();
    let run = || introspect(dir.path(), &database.url, &[]).expect(0).stderr;
    run();
    let names = ["carried.json", "mod.rs", "notes.rs"];
    assert_eq!(files(&dir.path().join("models")), names);
    for name in names {
        let path = dir.path().join("models").join(name);
        std::fs::write(&path, read(&path).replace('\n', "\r\n")).expect("the file is written");
    }
    let told = run();
    assert!(told.contains("3 files in models: up to date"), "{told}");
    psql(
        &database.url,
        "ALTER TABLE notes ADD COLUMN b int; CREATE SEQUENCE another; CREATE TABLE more (c int)",
    );
    run();
    for name in names {
        let text = read(&dir.path().join("models").join(name));
        assert!(!text.replace("\r\n", "").contains('\n'), "{name}: {text:?}");
    }
    let notes = read(&dir.path().join("models/notes.rs"));
    assert!(notes.contains("pub b: Option<i32>,\r\n"), "{notes:?}");
    let carried = read(&dir.path().join("models/carried.json"));
    assert!(carried.contains("another"), "{carried:?}");
}

/// The tables as their tools make them: known, without a model, and never dropped.
#[test]
fn bookkeeping_of_migration_tools_is_known_and_kept() {
    const POSTGRES: &str = "
        CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL,
            checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL);
        CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
            run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255),
            applied_on VARCHAR(255), checksum VARCHAR(255));
        CREATE TABLE seaql_migrations (version VARCHAR NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL);
        CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
            CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
        CREATE TABLE django_migrations (id BIGSERIAL PRIMARY KEY, app VARCHAR(255) NOT NULL);
        CREATE TABLE notes (id INT);";
    const SQLITE: &str = "
        CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
            checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);
        CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
            run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE refinery_schema_history (version INTEGER PRIMARY KEY, name VARCHAR(255),
            applied_on VARCHAR(255), checksum VARCHAR(255));
        CREATE TABLE seaql_migrations (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL);
        CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
            CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
        CREATE TABLE django_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, app varchar(255) NOT NULL);
        CREATE TABLE notes (id INT);";
    let tools = [
        ("_sqlx_migrations", "sqlx"),
        ("__diesel_schema_migrations", "diesel"),
        ("refinery_schema_history", "refinery"),
        ("seaql_migrations", "SeaORM"),
        ("alembic_version", "Alembic"),
        ("django_migrations", "Django"),
    ];
    let database = pg_database();
    psql(&database.url, POSTGRES);
    let file = sqlite_file();
    sqlite(&file, SQLITE);
    for url in [&database.url, &file.url] {
        let dir = temp_dir();
        let told = introspect(dir.path(), url, &[]).expect(0).stderr;
        for (table, tool) in tools {
            let line = format!("\n  table {table}, the bookkeeping of {tool}\n");
            assert!(told.contains(&line), "{line}: {told}");
        }
        assert_eq!(files(&dir.path().join("models")), ["mod.rs", "notes.rs"]);

        let prune = ["--apply", "--yes", "--prune", "--allow", "all"];
        sync_on(url, &prune).expect(0);
        let told = sync_on(url, &["--dry-run", "--prune", "-v"]).expect(0);
        for (table, tool) in tools {
            let kept = format!("the bookkeeping of {tool}: never dropped");
            let line = told.stdout.lines().find(|it| it.contains(table));
            assert!(line.is_some_and(|it| it.contains(&kept)), "{}", told.all());
        }
        // The table that is nobody's has gone.
        assert!(!told.stdout.contains("notes"), "{}", told.all());
    }
}

#[test]
fn partitions_and_indexes_that_words_can_say_are_words() {
    let database = pg_database();
    psql(
        &database.url,
        "CREATE TABLE e (id int NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) \
             PARTITION BY RANGE (day); \
         CREATE TABLE e_2024 PARTITION OF e FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); \
         CREATE TABLE e_rest PARTITION OF e DEFAULT; \
         CREATE TABLE t (id int PRIMARY KEY, a text); \
         CREATE INDEX i ON t (lower(a) COLLATE \"C\" text_pattern_ops)",
    );
    let output = sync_on(&database.url, &["introspect"]).expect(0);
    let words = [
        r#"partition(name = "e_2024", from = "2024-01-01", to = "2025-01-01")"#,
        r#"partition(name = "e_rest", default)"#,
        r#"opclass("lower(a)" = "text_pattern_ops"), collate("lower(a)" = "C"), name = "i")"#,
    ];
    for word in words {
        assert!(output.stdout.contains(word), "{word}\n{}", output.stdout);
    }
    assert!(!output.stderr.contains("carried"), "{}", output.stderr);
}

#[test]
fn words_that_nothing_holds_are_listed() {
    let file = sqlite_file();
    sqlite(
        &file,
        "CREATE TABLE t (a INT, b TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'x', PRIMARY KEY (a DESC))",
    );
    let output = sync_on(&file.url, &["introspect"]).expect(0);
    let told = "lost where the models make the table anew:\n  table t: DESC in a key, NOT NULL ON CONFLICT REPLACE";
    assert!(output.stderr.contains(told), "{}", output.all());
}
