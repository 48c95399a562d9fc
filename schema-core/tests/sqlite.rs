//! SQLite: what is written is read back, and a rebuild keeps rows and references.
#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use schema_core::change::{Change, ColumnChange};
use schema_core::db::{ConnectError, SessionOptions};
use schema_core::dialect::sqlite::{
    SqliteSession, introspect, needs_foreign_keys_off, normalize, normalize_expr, render, script,
};
use schema_core::facts::Facts;
use schema_core::schema::{
    Action, Column, Constraint, ConstraintKind, DataType, Expr, ForeignKey, Generated,
    GeneratedKind, Ident, Identity, Index, IndexKey, IndexPart, Key, Name, Schema, Table,
};
use schema_core::scope::Scope;
use schema_core::step::{HazardKind, Statement, Step, Timeouts};

fn column(name: &str, ty: &str) -> Column {
    Column {
        name: name.into(),
        ty: DataType::builtin(ty),
        ..Column::default()
    }
}

fn key(columns: &[&str]) -> Key {
    Key {
        columns: columns.iter().map(|name| Ident::new(*name)).collect(),
        ..Key::default()
    }
}

fn named(name: &str, kind: ConstraintKind) -> Constraint {
    Constraint {
        name: Some(name.into()),
        ..Constraint::new(kind)
    }
}

fn check(name: &str, expr: &str) -> Constraint {
    let kind = ConstraintKind::Check {
        expr: Expr::new(expr),
        no_inherit: false,
    };
    named(name, kind)
}

fn reference(name: &str, column: &str, table: &str) -> Constraint {
    let kind = ConstraintKind::ForeignKey(ForeignKey {
        columns: vec![column.into()],
        table: Name::new("public", table),
        references: vec!["id".into()],
        on_delete: Action::Cascade,
        ..ForeignKey::default()
    });
    Constraint {
        deferrable: true,
        initially_deferred: true,
        ..named(name, kind)
    }
}

/// Two tables with about everything, as a model may spell it.
fn model() -> Schema {
    let users = Table {
        name: Name::new("public", "users"),
        columns: vec![
            Column {
                identity: Some(Box::new(Identity {
                    always: true,
                    ..Identity::default()
                })),
                ..column("id", "bigint")
            },
            Column {
                collation: Some(Name::bare("nocase")),
                ..column("email", "varchar( 255 )")
            },
            Column {
                default: Some(Expr::new("(now())")),
                ..column("Created At", "timestamp")
            },
            Column {
                default: Some(Expr::new("true")),
                ..column("active", "boolean")
            },
            Column {
                default: Some(Expr::new("'it''s -- so'")),
                ..column("order", "text")
            },
            Column {
                nullable: true,
                generated: Some(Box::new(Generated {
                    expr: Expr::new("lower( email )||'x'"),
                    kind: GeneratedKind::Stored,
                })),
                ..column("folded", "text")
            },
        ],
        constraints: vec![
            named("users_pkey", ConstraintKind::PrimaryKey(key(&["id"]))),
            named("users_email", ConstraintKind::Unique(key(&["email"]))),
            check("users_check", "((email is not NULL and email != 'a,)(b'))"),
        ],
        indexes: vec![Index {
            name: Some("users_order".into()),
            unique: true,
            parts: vec![
                IndexPart {
                    descending: true,
                    ..IndexPart::column("order")
                },
                IndexPart::of(IndexKey::Expr(Expr::new("LOWER(email)"))),
            ],
            predicate: Some(Expr::new("active = TRUE")),
            ..Index::default()
        }],
        ..Table::default()
    };
    let orders = Table {
        name: Name::bare("orders"),
        columns: vec![
            column("id", "text"),
            Column {
                nullable: true,
                ..column("user_id", "integer")
            },
            Column {
                default: Some(Expr::new("-1.50")),
                ..column("total", "real")
            },
        ],
        constraints: vec![
            named("orders_pkey", ConstraintKind::PrimaryKey(key(&["id"]))),
            reference("orders_user", "user_id", "users"),
        ],
        ..Table::default()
    };
    let mut schema = Schema::default();
    for table in [users, orders] {
        schema.tables.insert(table.name.clone(), table.into());
    }
    schema
}

/// What a diff against an empty database gives.
fn creation(desired: &Schema) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut later = Vec::new();
    for table in desired.tables.values() {
        let mut alone = table.clone();
        let is_reference = |c: &Constraint| matches!(c.kind, ConstraintKind::ForeignKey(_));
        alone.indexes.clear();
        alone.constraints.retain(|c| !is_reference(c));
        changes.push(Change::CreateTable {
            table: alone.into_inner(),
        });
        for constraint in table.constraints.iter().filter(|c| is_reference(c)) {
            later.push(Change::AddConstraint {
                table: table.name.clone(),
                constraint: constraint.clone(),
            });
        }
        for index in &table.indexes {
            later.push(Change::CreateIndex {
                table: table.name.clone(),
                index: index.clone(),
            });
        }
    }
    changes.extend(later);
    changes
}

async fn read(session: &mut SqliteSession) -> (Schema, Facts) {
    let (schema, facts) = introspect(session, &Scope::default()).await.unwrap();
    (normalize(schema).unwrap(), facts)
}

async fn apply(session: &mut SqliteSession, steps: &[Step]) {
    let statements: Vec<Statement> = steps.iter().flat_map(|s| s.statements.clone()).collect();
    if let Err((n, error)) = session.apply(&statements, &mut |_| {}).await {
        panic!("{error}\n{}", statements.get(n).map_or("", |s| &s.sql));
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

async fn memory() -> SqliteSession {
    SqliteSession::open("sqlite::memory:", &SessionOptions::default())
        .await
        .unwrap()
}

fn assert_same(live: &Schema, desired: &Schema) {
    for (name, table) in &desired.tables {
        let mut found = live.tables[name].clone();
        let mut table = table.clone();
        // The order of constraints is no difference.
        found.constraints.sort_by_key(|c| format!("{c:?}"));
        table.constraints.sort_by_key(|c| format!("{c:?}"));
        assert_eq!(found, table);
    }
    assert_eq!(live.tables.len(), desired.tables.len());
}

#[test]
fn what_is_written_is_read_back() {
    block_on(async {
        let mut session = memory().await;
        let (live, facts) = read(&mut session).await;
        let desired = normalize(model()).unwrap();
        assert_eq!(normalize(desired.clone()).unwrap(), desired);
        let steps = render(&creation(&desired), &live, &desired, &facts).unwrap();
        assert!(!needs_foreign_keys_off(&steps));
        apply(&mut session, &steps).await;
        let (live, facts) = read(&mut session).await;
        assert_same(&live, &desired);
        assert_eq!(facts.size(&Name::bare("users")).rows, 0);
    });
}

/// Changes of every kind: rename, new columns in place and by rebuild, a new NOT NULL.
fn changed(live: &Schema) -> (Vec<Change>, Schema) {
    let users = Name::bare("users");
    let mut desired = live.clone();
    let table = desired.tables.get_mut(&users).unwrap();
    table
        .columns
        .retain(|column| column.name.as_str() != "active");
    table.indexes.clear();
    let nick = Column {
        default: Some(Expr::new("'nobody'")),
        ..column("nick", "TEXT")
    };
    table.columns.push(nick.clone());
    let order = table
        .columns
        .iter_mut()
        .find(|column| column.name.as_str() == "order")
        .unwrap();
    let before = order.clone();
    order.ty = DataType::builtin("INTEGER");
    let order = order.clone();
    let dropped = live.tables[&users].clone();
    let changes = vec![
        Change::DropIndex {
            table: users.clone(),
            index: dropped.indexes[0].clone(),
        },
        Change::AddColumn {
            table: users.clone(),
            column: nick,
            backfill: None,
        },
        Change::AlterColumn {
            table: users.clone(),
            column: order,
            change: ColumnChange::Type {
                from: Box::new(before),
                using: Some(Expr::new("length(\"order\")")),
            },
        },
        Change::DropColumn {
            table: users,
            column: dropped.column(&"active".into()).unwrap().clone(),
            kept_below: false,
        },
    ];
    (changes, desired)
}

const ROWS: &str = "INSERT INTO users (email, \"order\") VALUES ('A@b', 'four'), ('c', 'x');
    DELETE FROM users WHERE id = 2;
    INSERT INTO orders (id, user_id) VALUES ('o', 1);
    CREATE VIEW busy AS SELECT email FROM users JOIN orders ON user_id = users.id;
    CREATE TRIGGER seen AFTER INSERT ON users BEGIN UPDATE orders SET total = 7; END";

#[test]
fn a_rebuild_keeps_rows_and_references() {
    block_on(async {
        let mut session = memory().await;
        let (live, facts) = read(&mut session).await;
        let desired = normalize(model()).unwrap();
        let steps = render(&creation(&desired), &live, &desired, &facts).unwrap();
        apply(&mut session, &steps).await;
        session.execute(ROWS).await.unwrap();

        let (live, facts) = read(&mut session).await;
        assert_eq!(facts.size(&Name::bare("users")).rows, 1);
        assert_eq!(live.others.len(), 2);
        let (changes, desired) = changed(&live);
        let steps = render(&changes, &live, &desired, &facts).unwrap();
        assert_eq!(steps.len(), 1, "{steps:#?}");
        assert!(needs_foreign_keys_off(&steps));
        let kinds: Vec<HazardKind> = steps[0].hazards.iter().map(|h| h.kind).collect();
        assert_eq!(kinds, [HazardKind::Narrowing, HazardKind::DataLoss]);
        apply(&mut session, &steps).await;

        let (live, _) = read(&mut session).await;
        assert_same(&live, &desired);
        assert_eq!(live.others.len(), 2);
        let rows = session
            .fetch_texts(
                "SELECT id, email, \"order\", nick, (SELECT count(*) FROM busy) FROM users",
            )
            .await
            .unwrap();
        let texts: Vec<&str> = rows[0].iter().flatten().map(String::as_str).collect();
        assert_eq!(texts, ["1", "A@b", "4", "nobody", "1"]);
        session
            .execute("INSERT INTO users (email, \"order\") VALUES ('d', 1)")
            .await
            .unwrap();
        let last = session.fetch_i64("SELECT max(id) FROM users").await;
        assert_eq!(last.unwrap(), 3, "AUTOINCREMENT goes on");
        let total = session.fetch_i64("SELECT total FROM orders").await;
        assert_eq!(total.unwrap(), 7, "the trigger is there");
        session.execute("DELETE FROM users").await.unwrap();
        let left = session.fetch_i64("SELECT count(*) FROM orders").await;
        assert_eq!(left.unwrap(), 0, "foreign keys are on again");
    });
}

#[test]
fn a_failure_changes_nothing() {
    block_on(async {
        let mut session = memory().await;
        let good = Statement::new("CREATE TABLE a (b)");
        let bad = Statement::new("CREATE TABLE a (b)");
        let mut heard = Vec::new();
        let failed = session
            .apply(&[good, bad], &mut |n| heard.push(n))
            .await
            .unwrap_err();
        assert_eq!((failed.0, heard), (1, vec![0, 1]));
        let (live, _) = read(&mut session).await;
        assert!(live.tables.is_empty());
        let on = session.fetch_i64("PRAGMA foreign_keys").await;
        assert_eq!(on.unwrap(), 1);
    });
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path();
        let missing = folder.join("missing.db");
        let options = SessionOptions {
            read_only: true,
            ..SessionOptions::default()
        };
        let url = format!("sqlite:{}", missing.display());
        let mut session = SqliteSession::open(&url, &options).await.unwrap();
        assert!(session.is_missing());
        assert!(read(&mut session).await.0.tables.is_empty());
        assert!(!missing.exists());

        let garbage = folder.join("garbage.db");
        std::fs::write(&garbage, "no database".repeat(100)).unwrap();
        for (path, part) in [(folder, "directory"), (&*garbage, "not a SQLite database")] {
            let url = format!("sqlite:{}", path.display());
            match SqliteSession::open(&url, &options).await {
                Err(ConnectError::File { reason, .. }) => {
                    assert!(reason.contains(part), "{reason}");
                }
                other => panic!("{:?}", other.err()),
            }
        }
    });
}

/// Runs a script with the shell of SQLite; `None` where there is no such program.
fn shell(folder: &std::path::Path, script: &str) -> Option<()> {
    use std::io::Write as _;
    let mut child = std::process::Command::new("sqlite3")
        .arg("live.db")
        .current_dir(folder)
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.is_empty(),
        "{text}\n{script}"
    );
    Some(())
}

#[test]
fn a_script_runs_twice() {
    block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path();
        let file = folder.join("live.db");
        let url = format!("sqlite:{}", file.display());
        let options = SessionOptions::default();
        let mut session = SqliteSession::open(&url, &options).await.unwrap();
        let (live, facts) = read(&mut session).await;
        let desired = normalize(model()).unwrap();
        let make = render(&creation(&desired), &live, &desired, &facts).unwrap();
        for _ in 0..2 {
            let groups = [make.clone()];
            if shell(folder, &script(&groups, &Timeouts::default())).is_none() {
                return;
            }
        }
        session.execute(ROWS).await.unwrap();
        let (live, facts) = read(&mut session).await;
        let (mut changes, desired) = changed(&live);
        // In place as well: a column with a check, and one that is renamed.
        let orders = Name::bare("orders");
        changes.push(Change::RenameColumn {
            table: orders.clone(),
            from: "total".into(),
            to: "sum".into(),
        });
        changes.push(Change::AddColumn {
            table: orders.clone(),
            column: Column {
                nullable: true,
                ..column("mood", "TEXT")
            },
            backfill: Some(Expr::new("'so'")),
        });
        changes.push(Change::AddConstraint {
            table: orders.clone(),
            constraint: check("orders_mood", "mood IN ('so', 'it''s')"),
        });
        let steps = render(&changes, &live, &desired, &facts).unwrap();
        let text = {
            let groups = [steps.clone()];
            script(&groups, &Timeouts::default())
        };
        shell(folder, &text);
        let (once, texts) = read(&mut session).await;
        shell(folder, &text);
        let (twice, again) = read(&mut session).await;
        assert_eq!(once, twice);
        assert_eq!(texts.texts, again.texts);
        let users = Name::bare("users");
        assert_eq!(once.tables[&users].columns, desired.tables[&users].columns);
        let orders = &once.tables[&orders];
        assert!(orders.column(&"sum".into()).is_some());
        assert_eq!(orders.constraints.len(), 3);
        let kept = session.fetch_i64("SELECT count(*) FROM orders").await;
        assert_eq!(kept.unwrap(), 1);
        let length = session.fetch_i64("SELECT \"order\" FROM users").await;
        assert_eq!(length.unwrap(), 4, "copied once");
        assert!(!folder.join(".sync-step.sql").exists());
    });
}

/// What people write, and how it is put.
const BY_HAND: &str = r#"
CREATE TABLE "Parent" (id integer primary key, [odd name] text unique on conflict replace,
    a INT CONSTRAINT positive CHECK (a > 0) DEFAULT -1, -- a comment, with CHECK (
    `b` TEXT COLLATE NOCASE DEFAULT ('x' || 'y') /* (( */ NOT NULL,
    c AS (a * 2), d DECIMAL(10, 2) GENERATED ALWAYS AS (a + c) STORED,
    e, f DOUBLE   PRECISION DEFAULT 1.5e-3, g TEXT DEFAULT CURRENT_TIMESTAMP,
    h BLOB DEFAULT x'00ff', i TEXT DEFAULT "quoted",
    CHECK (b IS NOT NULL AND a in (1,2) OR b like '%)%' ESCAPE '\'), UNIQUE (a, b COLLATE BINARY));
CREATE TABLE child (p integer REFERENCES parent ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    q int NOT NULL, "select" text, PRIMARY KEY (p, q), CONSTRAINT fk FOREIGN KEY (q) REFERENCES "Parent"(ID) NOT DEFERRABLE) WITHOUT ROWID;
CREATE TABLE strictly (id INTEGER PRIMARY KEY AUTOINCREMENT, v ANY) STRICT;
CREATE UNIQUE INDEX part ON child (q DESC, lower("select") COLLATE NOCASE) WHERE q <> 1 and "select" is not null;
CREATE VIRTUAL TABLE words USING fts5(text);
INSERT INTO Parent (id, a, b) VALUES (1, 1, 'y'), (2, 2, 'z');
INSERT INTO child VALUES (1, 2, 's');
INSERT INTO strictly (v) VALUES ('t'), (1);
"#;

#[test]
fn what_is_written_by_hand_survives_a_rebuild() {
    block_on(async {
        let mut session = memory().await;
        session.execute(BY_HAND).await.unwrap();
        let (live, facts) = read(&mut session).await;
        assert_eq!(normalize(live.clone()).unwrap(), live);
        let names: Vec<&str> = live.tables.keys().map(|name| name.name.as_str()).collect();
        assert_eq!(names, ["Parent", "child", "strictly"]);
        // A new name for every check and key is a rebuild that changes little else.
        let mut changes = Vec::new();
        for table in live.tables.values() {
            changes.push(Change::AddConstraint {
                table: table.name.clone(),
                constraint: check("new", "1 = 1"),
            });
        }
        let mut desired = live.clone();
        for table in desired.tables.values_mut() {
            table.constraints.push(check("new", "1 = 1"));
        }
        let steps = render(&changes, &live, &desired, &facts).unwrap();
        assert_eq!(steps.len(), 3);
        apply(&mut session, &steps).await;
        let (live, _) = read(&mut session).await;
        assert_same(&live, &desired);
        let rows = session.fetch_i64(
            "SELECT (SELECT count(*) FROM child) + (SELECT sum(d) FROM Parent) + (SELECT count(*) FROM strictly)",
        );
        assert_eq!(rows.await.unwrap(), 1 + 9 + 2);
    });
}

#[test]
fn names_may_pass_from_table_to_table() {
    block_on(async {
        let mut session = memory().await;
        let sql = "CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT);
            CREATE TABLE b (id INTEGER PRIMARY KEY, w TEXT, x TEXT);
            CREATE TABLE c (b_id INTEGER REFERENCES b (id) ON DELETE CASCADE, y TEXT);
            CREATE VIEW v AS SELECT w FROM b;
            INSERT INTO b VALUES (1, 'w', 'x'); INSERT INTO c VALUES (1, 'y')";
        session.execute(sql).await.unwrap();
        let (live, facts) = read(&mut session).await;
        let name = |name: &str| Name::bare(name);
        let part = |table: &str, column: &str| {
            let table = &live.tables[&name(table)];
            table.column(&column.into()).unwrap().clone()
        };
        let not_null = |table: &str, column: &str| Change::AlterColumn {
            table: name(table),
            column: Column {
                nullable: false,
                ..part(if table == "a" { "b" } else { table }, column)
            },
            change: ColumnChange::SetNotNull {
                backfill: Some(Expr::new("'-'")),
            },
        };
        let changes = vec![
            Change::DropTable {
                table: live.tables[&name("a")].clone().into_inner(),
            },
            Change::RenameTable {
                from: name("b"),
                to: name("a"),
            },
            Change::RenameColumn {
                table: name("a"),
                from: "id".into(),
                to: "key".into(),
            },
            not_null("a", "x"),
            not_null("c", "y"),
        ];
        let mut desired = live.clone();
        desired.tables.clear();
        let steps = render(&changes, &live, &desired, &facts).unwrap();
        assert_eq!(steps.len(), 5);
        apply(&mut session, &steps).await;
        let (live, _) = read(&mut session).await;
        let names: Vec<&str> = live.tables.keys().map(|name| name.name.as_str()).collect();
        assert_eq!(names, ["a", "c"]);
        let text = format!("{:?}", live.tables[&name("c")].constraints);
        assert!(text.contains("Ident(\"key\")"), "{text}");
        session.execute("DELETE FROM a").await.unwrap();
        let left = session.fetch_i64("SELECT (SELECT count(*) FROM c) + (SELECT count(*) FROM v)");
        assert_eq!(left.await.unwrap(), 0);
    });
}

#[test]
fn a_label_that_goes_is_a_hazard() {
    block_on(async {
        let mut session = memory().await;
        let sql = "CREATE TABLE t (mood TEXT, up TEXT REFERENCES t (mood),
            CONSTRAINT moods CHECK (mood IN ('a', 'b'))); CREATE UNIQUE INDEX i ON t (mood)";
        session.execute(sql).await.unwrap();
        let (live, facts) = read(&mut session).await;
        let table = Name::bare("t");
        let changes = [
            Change::DropConstraint {
                table: table.clone(),
                constraint: check("moods", "mood IN ('a', 'b')"),
            },
            Change::RenameIndex {
                table: table.clone(),
                from: "i".into(),
                to: "j".into(),
            },
            Change::AddConstraint {
                table: table.clone(),
                constraint: check("moods", "mood IN ('a', 'c')"),
            },
        ];
        let steps = render(&changes, &live, &live, &facts).unwrap();
        assert_eq!(steps[0].hazards[0].kind, HazardKind::DataLoss);
        assert!(steps[0].hazards[0].message.contains("'b'"));
        session.begin(std::time::Duration::ZERO).await.unwrap();
        apply(&mut session, &steps).await;
        session.commit().await.unwrap();
        let (live, _) = read(&mut session).await;
        assert_eq!(live.tables[&table].indexes[0].name, Some("j".into()));
        assert!(
            session
                .execute("INSERT INTO t VALUES ('b', NULL)")
                .await
                .is_err()
        );
        session
            .execute("INSERT INTO t VALUES ('c', 'c')")
            .await
            .unwrap();

        // An index alone is renamed without a rebuild.
        let changes = [Change::RenameIndex {
            table,
            from: "j".into(),
            to: "k".into(),
        }];
        let steps = render(&changes, &live, &live, &facts).unwrap();
        assert!(!needs_foreign_keys_off(&steps));
        apply(&mut session, &steps).await;
        let (live, _) = read(&mut session).await;
        assert_eq!(
            live.tables[&Name::bare("t")].indexes[0].name,
            Some("k".into())
        );
    });
}

#[test]
fn expressions_have_one_spelling() {
    let cases = [
        ("((Now()))", "CURRENT_TIMESTAMP"),
        ("( a )AND(b)", "(a) AND (b)"),
        ("a!=-1 and b - 1==+2", "a <> -1 AND b - 1 = +2"),
        ("[a] is not true or TRUE", "a IS NOT TRUE OR 1"),
        (
            "cast(\"Odd\" as decimal(10,2))/2",
            "CAST(\"Odd\" AS DECIMAL(10, 2)) / 2",
        ),
        (
            "case when a isnull then 'A  b' else x'0f' end",
            "CASE WHEN a IS NULL THEN 'A  b' ELSE x'0f' END",
        ),
        ("a in('x',1E3)/* c */--d", "a IN ('x', 1e3)"),
        (
            "T.a collate nocase ->>'$.x'",
            "t.a COLLATE NOCASE ->> '$.x'",
        ),
        ("count(*)+length(a||b)", "count(*) + length(a || b)"),
    ];
    for (written, wanted) in cases {
        let once = normalize_expr(&Expr::new(written));
        assert_eq!(once.as_str(), wanted);
        assert_eq!(normalize_expr(&once), once);
    }
}

#[test]
fn an_expression_that_names_a_column_is_that_column() {
    let table = |key: IndexKey| {
        let mut part = IndexPart::column("");
        part.key = key;
        let index = Index {
            name: Some("i".into()),
            parts: vec![part],
            ..Index::default()
        };
        let mut schema = Schema::default();
        let table = Table {
            name: Name::bare("t"),
            columns: vec![column("OrderBy", "TEXT")],
            indexes: vec![index],
            ..Table::default()
        };
        schema.tables.insert(table.name.clone(), table.into());
        normalize(schema).unwrap()
    };
    let plain = table(IndexKey::Column("OrderBy".into()));
    for written in ["\"OrderBy\"", "(\"OrderBy\")", "orderby"] {
        assert_eq!(
            table(IndexKey::Expr(Expr::new(written))),
            plain,
            "{written}"
        );
    }
    assert_ne!(table(IndexKey::Expr(Expr::new("orderby || ''"))), plain);
}
