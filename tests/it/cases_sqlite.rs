//! Walks `tests/cases/sqlite/<topic>/<case>.sql`: a file with rows becomes what is desired, by
//! `--apply` and by a script that is run twice, and no row is lost. Each case runs in both directions.
//!
//! `SYNC_TEST_CASE=enums` runs the cases whose path has that in it.

use std::fs;

use tests::{SqliteFile, sqlite, sqlite_file, sqlite_script, sqlite_texts, sync_on};

use crate::cases::{Case, all, difference, run};

/// One case in one direction.
struct Job {
    name: String,
    live: String,
    desired: String,
    next: String,
}

fn cases() -> Vec<Case> {
    let filter = std::env::var("SYNC_TEST_CASE").unwrap_or_default();
    let mut cases = all("sqlite");
    cases.retain(|case| case.name.contains(&filter));
    cases
}

#[test]
fn every_case_converges_in_both_directions_and_keeps_its_rows() {
    let mut jobs = Vec::new();
    for case in cases().into_iter().filter(|case| case.refused.is_none()) {
        if !case.one_way {
            jobs.push(Job {
                name: format!("{} ←", case.name),
                live: case.desired.clone(),
                desired: case.live.clone(),
                next: String::new(),
            });
        }
        jobs.push(Job {
            name: format!("{} →", case.name),
            live: case.live,
            desired: case.desired,
            next: case.next,
        });
    }
    run(&jobs, converge, |job| &job.name);
}

#[test]
fn what_cannot_be_done_is_refused_before_anything_is_sent() {
    let refused = cases().into_iter().filter_map(|case| {
        let message = case.refused.clone()?;
        Some((case, message))
    });
    let refused: Vec<(Case, String)> = refused.collect();
    run(&refused, refuse, |(case, _)| &case.name);
}

/// The database compares names and values, not types: a copy of the child would be for nothing.
#[test]
fn who_refers_to_a_column_is_not_copied_when_only_its_type_changes() {
    let schema = |ty: &str| {
        format!(
            "CREATE TABLE p (id INTEGER PRIMARY KEY, code {ty} UNIQUE);
             CREATE TABLE c (code TEXT REFERENCES p (code) ON DELETE CASCADE)"
        )
    };
    let (from, to) = files(&schema("TEXT"), &schema("VARCHAR(20)"));
    let script = sync_on(&from.url, &["--sql", "--desired", &to.url]).expect(0);
    assert!(script.stdout.contains("DROP TABLE p"), "{}", script.stdout);
    assert!(!script.stdout.contains("DROP TABLE c"), "{}", script.stdout);
}

/// SQLite rewrites a trigger when something is renamed; a copy of its table must not bring back the
/// old words.
#[test]
fn triggers_follow_what_is_renamed_while_their_tables_are_copied() {
    let live = "CREATE TABLE client (id INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT UNIQUE, name TEXT);
        CREATE TABLE post (id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES client ON DELETE CASCADE, n INT);
        CREATE VIEW busy AS SELECT mail FROM client JOIN post ON client_id = client.id;
        CREATE TRIGGER counted AFTER INSERT ON post BEGIN UPDATE client SET name = name || '+' WHERE id = NEW.client_id; END;
        CREATE TRIGGER told AFTER UPDATE OF mail ON client BEGIN UPDATE post SET n = n + 1 WHERE client_id = OLD.id; END;
        INSERT INTO client VALUES (7, 'a@b', 'Ann'), (9, 'gone', 'x'); DELETE FROM client WHERE id = 9;
        INSERT INTO post VALUES (1, 7, 1)";
    let desired = "CREATE TABLE customer (key INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT UNIQUE CHECK (length(email) > 2), name TEXT NOT NULL);
        CREATE TABLE post (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer ON DELETE CASCADE, n INT NOT NULL)";
    let hints = serde_json::json!({
        "renamed_tables": {"customer": "client"},
        "renamed_columns": [
            [["customer", "key"], "id"], [["customer", "email"], "mail"], [["post", "customer"], "client_id"],
        ],
    });
    for by_script in [false, true] {
        let (from, to) = files(live, desired);
        let dump = sync_on(&from.url, &["dump", &to.url]).expect(0).stdout;
        let mut json: serde_json::Value = serde_json::from_str(&dump).expect("is JSON");
        for (name, hint) in hints.as_object().expect("is one") {
            json["schema"]["hints"][name] = hint.clone();
        }
        let file = from.dir.path().join("desired.json");
        fs::write(&file, json.to_string()).expect("is written");
        let options = [
            "--allow",
            "all",
            "--desired",
            file.to_str().expect("is text"),
        ];
        let before = numbers(&from);
        if by_script {
            let script = sync_on(&from.url, &[&["--sql"], &options[..]].concat()).expect(0);
            for _ in 0..2 {
                sqlite_script(&from, &script.stdout);
            }
        } else {
            sync_on(&from.url, &[&["--apply", "--yes"], &options[..]].concat()).expect(0);
        }
        sync_on(&from.url, &[&["--exit-code"], &options[..]].concat()).expect(0);
        assert_eq!(numbers(&from), [before[0].replace("client", "customer")]);
        sqlite(
            &from,
            "INSERT INTO customer (email, name) VALUES ('new', 'Bob'); INSERT INTO post VALUES (2, 10, 0);
             UPDATE customer SET email = 'c@d' WHERE key = 7",
        );
        let rows =
            "SELECT key || email || name || n FROM customer JOIN post ON customer = key ORDER BY 1";
        assert_eq!(sqlite_texts(&from, rows), ["10newBob+0", "7c@dAnn+2"]);
        assert_eq!(
            sqlite_texts(&from, "SELECT * FROM busy ORDER BY 1"),
            ["c@d", "new"]
        );
    }
}

#[test]
fn what_is_not_looked_at_is_known_and_what_hangs_on_the_rest_stays() {
    let (from, to) = files(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
         CREATE TABLE child (t_id INTEGER REFERENCES t ON DELETE CASCADE);
         CREATE TABLE legacy (n INT);
         CREATE TRIGGER told AFTER INSERT ON t BEGIN INSERT INTO legacy VALUES (NEW.id); END;
         INSERT INTO t VALUES (1, 'x'); INSERT INTO child VALUES (1)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);
         CREATE TABLE later (n INT)",
    );
    // A table that one side has alone is one that can be named.
    for ignore in ["legacy", "l*", "later"] {
        let args = ["--prune", "--ignore", ignore, "--desired", &to.url];
        sync_on(&from.url, &args).expect(0);
    }
    sync_on(&from.url, &["--ignore", "none", "--desired", &to.url]).expect(1);
    let apply = ["--apply", "--yes", "--allow", "all", "--only", "t"];
    sync_on(&from.url, &[&apply[..], &["--desired", &to.url]].concat()).expect(0);
    sqlite(&from, "INSERT INTO t VALUES (2, 'y')");
    let told = "SELECT n || '' FROM legacy";
    assert_eq!(sqlite_texts(&from, told), ["1", "2"]);
    assert_eq!(rows(&from, "child", &[]).len(), 1);
}

/// The file that is changed, and the one that says how.
fn files(live: &str, desired: &str) -> (SqliteFile, SqliteFile) {
    let (from, to) = (sqlite_file(), sqlite_file());
    sqlite(&from, live);
    sqlite(&to, desired);
    (from, to)
}

fn refuse((case, message): &(Case, String)) -> Result<(), String> {
    let (from, to) = files(&case.live, &case.desired);
    let before = texts(&from);
    let args = ["--apply", "--yes", "--allow", "all", "--prune"];
    let args = [&args[..], &["--desired", &to.url]].concat();
    let applied = sync_on(&from.url, &args);
    if applied.status != 3 || !applied.all().contains(message) {
        return Err(format!(
            "exit code {}, no refusal with `{message}`\n{}",
            applied.status,
            applied.all()
        ));
    }
    same("schema", &texts(&from), &before)
}

fn converge(job: &Job) -> Result<(), String> {
    let (from, to) = files(&job.live, &job.desired);
    let (scripted, careful) = (sqlite_file(), sqlite_file());
    for copy in [&scripted, &careful] {
        fs::copy(&from.path, &copy.path).expect("a copy");
    }
    let before = Before::of(&from);
    let options = ["--prune", "--allow", "all", "--desired", &to.url];
    let script = sync_on(&from.url, &[&["--sql"], &options[..]].concat());
    let applied = sync_on(&from.url, &[&["--apply", "--yes"], &options[..]].concat());
    if script.status != 0 || applied.status != 0 {
        return Err(format!("apply: {}\n{}", applied.all(), script.stderr));
    }
    before.kept(&from)?;
    same("schema", &structure(&from), &structure(&to))?;
    let again = ["--exit-code", "--prune", "--desired", &to.url];
    let again = sync_on(&from.url, &again);
    if again.status != 0 {
        return Err(format!("not in sync:\n{}", again.all()));
    }

    for _ in 0..2 {
        sqlite_script(&scripted, &script.stdout);
        before.kept(&scripted)?;
        same("what the script makes", &texts(&scripted), &texts(&from))?;
    }
    for file in [&from, &scripted] {
        sqlite(file, &job.next);
    }

    // Without a permission for anything.
    let applied = sync_on(&careful.url, &["--apply", "--yes", "--desired", &to.url]);
    match applied.status {
        0 => before.kept(&careful),
        3 => same("refused, and the schema", &texts(&careful), &before.texts),
        _ => Err(format!("without --allow: {}", applied.all())),
    }
}

/// What a file has before a plan.
struct Before {
    texts: Vec<String>,
    /// Tables, each with its columns.
    tables: Vec<(String, Vec<String>)>,
    rows: Vec<Vec<String>>,
    /// Rows that refer to none.
    orphans: usize,
    numbers: Vec<String>,
    settings: Vec<String>,
    others: Vec<String>,
}

impl Before {
    fn of(file: &SqliteFile) -> Self {
        let tables: Vec<(String, Vec<String>)> = tables(file)
            .into_iter()
            .map(|table| {
                let columns = columns(file, &table);
                (table, columns)
            })
            .collect();
        Self {
            texts: texts(file),
            rows: (tables.iter())
                .map(|(table, columns)| rows(file, table, columns))
                .collect(),
            tables,
            orphans: orphans(file),
            numbers: numbers(file),
            settings: settings(file),
            others: others(file),
        }
    }

    /// Every row of a table that is still there has the values that it had.
    fn kept(&self, file: &SqliteFile) -> Result<(), String> {
        same(
            "integrity",
            &sqlite_texts(file, "PRAGMA integrity_check"),
            &["ok".into()],
        )?;
        let now = tables(file);
        let is_one = |a: &String, b: &String| a.eq_ignore_ascii_case(b);
        for ((table, old), rows_before) in self.tables.iter().zip(&self.rows) {
            let Some(table) = now.iter().find(|it| is_one(it, table)) else {
                continue;
            };
            let new = columns(file, table);
            if !old
                .iter()
                .all(|column| new.iter().any(|it| is_one(it, column)))
            {
                // Only how many there are.
                let count = rows(file, table, &[]);
                if count.len() != rows_before.len() {
                    return Err(format!(
                        "{table}: {} rows of {}",
                        count.len(),
                        rows_before.len()
                    ));
                }
                continue;
            }
            same(table, &rows(file, table, old), rows_before)?;
        }
        if orphans(file) > self.orphans {
            return Err("rows refer to none".into());
        }
        let numbers = numbers(file);
        for number in &self.numbers {
            let table = number.split_once(' ').map_or("", |it| it.0);
            let still = format!(
                "SELECT sql FROM sqlite_schema WHERE lower(name) = {table} AND sql LIKE '%AUTOINCREMENT%'"
            );
            if !sqlite_texts(file, &still).is_empty() && !numbers.contains(number) {
                return Err(format!("the last number {number} is not in {numbers:?}"));
            }
        }
        same("settings", &settings(file), &self.settings)?;
        let others = others(file);
        for other in &self.others {
            let table = other.split_once(" on ").map_or("", |it| it.1);
            if !others.contains(other) && now.iter().any(|it| it == table) {
                return Err(format!("{other} is gone"));
            }
        }
        Ok(())
    }
}

fn same(what: &str, is: &[String], should: &[String]) -> Result<(), String> {
    if is == should {
        return Ok(());
    }
    let difference = difference(&is.join("\n"), &should.join("\n"));
    Err(format!("{what} differs\n{difference}"))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn tables(file: &SqliteFile) -> Vec<String> {
    let sql = r"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
        AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY 1";
    sqlite_texts(file, sql)
}

fn columns(file: &SqliteFile, table: &str) -> Vec<String> {
    let table = table.replace('\'', "''");
    let sql = format!("SELECT name FROM pragma_table_xinfo('{table}') WHERE hidden = 0");
    sqlite_texts(file, &sql)
}

/// The rows in one order; what looks like a number is one.
fn rows(file: &SqliteFile, table: &str, columns: &[String]) -> Vec<String> {
    let values: Vec<String> = columns
        .iter()
        .map(|column| {
            let it = quoted(column);
            format!(
                "coalesce(hex(CASE WHEN {it} = CAST({it} AS NUMERIC) THEN CAST({it} AS REAL) ELSE {it} END), 'NULL')"
            )
        })
        .collect();
    let row = match values.is_empty() {
        true => "''".into(),
        false => values.join(" || ' ' || "),
    };
    sqlite_texts(
        file,
        &format!("SELECT {row} FROM {} ORDER BY 1", quoted(table)),
    )
}

fn orphans(file: &SqliteFile) -> usize {
    let found = sqlite_texts(file, "SELECT \"table\" FROM pragma_foreign_key_check");
    found.len()
}

fn numbers(file: &SqliteFile) -> Vec<String> {
    let kept = "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'";
    if sqlite_texts(file, kept).is_empty() {
        return Vec::new();
    }
    sqlite_texts(
        file,
        "SELECT quote(lower(name)) || ' ' || seq FROM sqlite_sequence ORDER BY 1",
    )
}

fn settings(file: &SqliteFile) -> Vec<String> {
    let sql =
        "SELECT user_version || ' ' || application_id || ' ' || journal_mode || ' ' || encoding
        FROM pragma_user_version, pragma_application_id, pragma_journal_mode, pragma_encoding";
    sqlite_texts(file, sql)
}

fn others(file: &SqliteFile) -> Vec<String> {
    let sql = "SELECT type || ' ' || name || ' on ' || tbl_name FROM sqlite_schema
        WHERE type IN ('view', 'trigger') OR sql LIKE 'CREATE VIRTUAL%' ORDER BY 1";
    sqlite_texts(file, sql)
}

fn texts(file: &SqliteFile) -> Vec<String> {
    let sql =
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1";
    sqlite_texts(file, sql)
}

/// What SQLite itself says of tables, columns, keys and indexes.
fn structure(file: &SqliteFile) -> Vec<String> {
    const TABLES: &str = r"(SELECT * FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
        AND name NOT LIKE 'sqlite\_%' ESCAPE '\') t";
    let sql = format!(
        r#"SELECT lower(t.name) || ' ' || t.wr || t.strict FROM {TABLES}
        UNION ALL
        SELECT lower(t.name || '.' || c.name) || ' ' || upper(replace(c.type, ' ', '')) || ' ' || c.pk || ' ' || c.hidden
            || ' ' || (c."notnull" OR c.pk AND (t.wr OR upper(c.type) = 'INTEGER'))
            FROM {TABLES}, pragma_table_xinfo(t.name) c
        UNION ALL
        SELECT lower(t.name) || ' ' || i.origin || i."unique" || i.partial || ' ' || (
            SELECT group_concat(lower(coalesce(x.name, 'expression')) || x."desc" || upper(x.coll))
            FROM pragma_index_xinfo(i.name) x WHERE x.key)
            FROM {TABLES}, pragma_index_list(t.name) i
        UNION ALL
        SELECT lower(t.name || ' ' || f."from" || ' ' || f."table") || ' ' || f.on_delete || f.on_update
            FROM {TABLES}, pragma_foreign_key_list(t.name) f
        ORDER BY 1"#
    );
    sqlite_texts(file, &sql)
}
