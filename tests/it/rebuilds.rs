//! Random pairs of SQLite schemas with rows: whatever the first is, it becomes the second and keeps its rows.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use schema_core::db::{Options, Outcome, Session, SessionOptions, Source, sync};
use schema_core::plan::Policy;
use schema_core::schema::{
    Action, Column, Constraint, ConstraintKind, DataType, Expr, ForeignKey, Generated,
    GeneratedKind, Ident, Identity, Index, IndexKey, IndexPart, Key, Name, Quoted, Schema, Shared,
    Table,
};
use schema_core::scope::Scope;
use tests::{SqliteFile, sqlite, sqlite_file, sqlite_texts, sync_on};

const ROWS: usize = 3;
const TABLES: [&str; 3] = ["t", "Order", "v w"];

fn column(name: &'static str) -> impl Strategy<Value = Column> {
    let ty = proptest::sample::select(vec!["INTEGER", "TEXT", "REAL", "varchar(9)"]);
    let default = proptest::sample::select(vec!["", "7", "'x'", "CURRENT_TIMESTAMP"]);
    (ty, default, any::<[bool; 2]>()).prop_map(move |(ty, default, [nullable, nocase])| Column {
        name: name.into(),
        ty: DataType::builtin(ty),
        nullable,
        default: (!default.is_empty()).then(|| Expr::new(default)),
        collation: (nocase && ty == "TEXT").then(|| Name::bare("NOCASE")),
        ..Column::default()
    })
}

fn table(name: &'static str) -> impl Strategy<Value = Table> {
    let columns = (
        column("id"),
        proptest::option::of(column("b")),
        proptest::option::of(column("select")),
        proptest::option::of(column("D d")),
    );
    (columns, 0..4usize, any::<[bool; 11]>()).prop_map(move |((id, b, c, d), key, flags)| {
        let mut columns: Vec<Column> = [Some(id), b, c, d].into_iter().flatten().collect();
        let names: Vec<Ident> = columns.iter().map(|it| it.name.clone()).collect();
        let last = names[names.len() - 1].clone();
        let mut table = Table {
            name: Name::bare(name),
            ..Table::default()
        };
        let of = |names: &[Ident]| Key {
            columns: names.to_vec(),
            ..Key::default()
        };
        match key {
            0 => {}
            1 | 2 => {
                columns[0].nullable = false;
                if key == 1 {
                    columns[0].ty = DataType::builtin("INTEGER");
                    columns[0].identity = flags[0].then(|| {
                        Box::new(Identity {
                            always: true,
                            ..Identity::default()
                        })
                    });
                    columns[0].default = None;
                }
                table.options.without_rowid = flags[1] && columns[0].identity.is_none();
                let key = ConstraintKind::PrimaryKey(of(&names[..1]));
                table.constraints.push(Constraint::new(key));
            }
            _ => {
                columns.iter_mut().for_each(|it| it.nullable = false);
                let key = ConstraintKind::PrimaryKey(of(&names));
                table.constraints.push(Constraint::new(key));
            }
        }
        table.options.strict = flags[10];
        if flags[2] {
            let unique = ConstraintKind::Unique(of(std::slice::from_ref(&last)));
            table.constraints.push(Constraint::new(unique));
        }
        if flags[3] {
            let sql = format!("{} <> 'never'", Quoted(&last));
            table.constraints.push(Constraint {
                name: flags[4].then(|| "rule".into()),
                ..Constraint::new(ConstraintKind::Check {
                    expr: Expr::new(sql),
                    no_inherit: false,
                })
            });
        }
        if flags[5] {
            let mut part = IndexPart::column(last.clone());
            part.descending = flags[6];
            let lower = IndexKey::Expr(Expr::new(format!("lower({})", Quoted(&names[0]))));
            table.indexes.push(Index {
                name: Some(format!("{name}_idx").as_str().into()),
                unique: flags[7],
                parts: vec![part, IndexPart::of(lower)],
                predicate: flags[6].then(|| Expr::new(format!("{} IS NOT NULL", Quoted(&last)))),
                ..Index::default()
            });
        }
        if flags[8] {
            let sql = format!("{} || '!'", Quoted(&names[0]));
            columns.push(Column {
                name: "g".into(),
                ty: DataType::builtin("TEXT"),
                nullable: true,
                generated: Some(Box::new(Generated {
                    expr: Expr::new(sql),
                    kind: match flags[9] {
                        true => GeneratedKind::Stored,
                        false => GeneratedKind::Virtual,
                    },
                })),
                ..Column::default()
            });
        }
        table.columns = columns;
        table
    })
}

fn schema() -> impl Strategy<Value = Schema> {
    let tables = (
        proptest::option::weighted(0.8, table(TABLES[0])),
        proptest::option::weighted(0.8, table(TABLES[1])),
        proptest::option::weighted(0.8, table(TABLES[2])),
    );
    (tables, any::<[bool; 3]>(), 0..3usize).prop_map(|((a, b, c), flags, turn)| {
        let mut schema = Schema::default();
        for table in [a, b, c].into_iter().flatten() {
            schema.tables.insert(table.name.clone(), table.into());
        }
        // Foreign keys between tables with a key of one column, in cycles and to themselves too.
        let keys: Vec<(Name, Ident, DataType)> = schema
            .tables
            .values()
            .filter(|it| it.primary_key().is_some_and(|key| key.columns.len() == 1))
            .map(|it| {
                (
                    it.name.clone(),
                    it.columns[0].name.clone(),
                    it.columns[0].ty.clone(),
                )
            })
            .collect();
        for (at, table) in schema.tables.values_mut().enumerate() {
            let Some((parent, column, ty)) = keys.get((at + turn) % 3).filter(|_| flags[at]) else {
                continue;
            };
            let Some(own) = table
                .columns
                .iter_mut()
                .skip(1)
                .find(|it| it.generated.is_none())
            else {
                continue;
            };
            own.ty = ty.clone();
            own.default = None;
            own.collation = None;
            let key = ForeignKey {
                columns: vec![own.name.clone()],
                table: parent.clone(),
                references: vec![column.clone()],
                on_delete: [Action::Cascade, Action::SetNull, Action::NoAction][at],
                ..ForeignKey::default()
            };
            let key = Constraint::new(ConstraintKind::ForeignKey(key));
            table.constraints.push(key);
        }
        schema
    })
}

/// Makes the file the schema, and tells how that went.
fn make(file: &SqliteFile, schema: &Schema) -> Result<Outcome, String> {
    let mut schema = schema.clone();
    for table in schema.tables.values() {
        for column in &table.columns {
            let place = (table.name.clone(), column.name.clone());
            schema.hints.backfills.insert(place, Expr::new("id"));
        }
    }
    let (desired, policy) = (Source::Snapshot(schema), Policy::all());
    let options = Options {
        prune: true,
        ..Options::default()
    };
    let work = async {
        let mut session = Session::open(&file.url, &SessionOptions::default()).await?;
        let report = sync(&mut session, &desired, &options, &policy, &mut |_| ()).await;
        session.close().await;
        report
    };
    let report = runtime().block_on(work);
    report
        .map(|it| it.outcome)
        .map_err(|error: schema_core::Error| error.to_string())
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// Returns what the file has, its columns and constraints in one order.
fn read(file: &SqliteFile) -> BTreeMap<Name, Shared<Table>> {
    let work = async {
        let mut session = Session::open(&file.url, &SessionOptions::default()).await?;
        let read = session.introspect(&Scope::default()).await;
        session.close().await;
        Ok::<_, schema_core::db::ConnectError>(read)
    };
    let read = runtime().block_on(work).expect("it opens");
    let mut tables = read.expect("it reads").0.tables;
    for table in tables.values_mut() {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        // A part that no model names keeps the name that it has.
        for constraint in &mut table.constraints {
            constraint.name = None;
        }
        table.constraints.sort_by_key(|it| format!("{it:?}"));
        table.indexes.sort_by_key(|it| format!("{it:?}"));
    }
    tables
}

fn texts(file: &SqliteFile) -> Vec<String> {
    sqlite_texts(
        file,
        "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY 1",
    )
}

/// Puts rows into every table; each value of a row is its number, or a word with it, so that unique
/// and foreign keys hold.
fn fill(file: &SqliteFile, schema: &Schema, in_words: bool) {
    let mut sql = String::from("PRAGMA foreign_keys = OFF;");
    for table in schema.tables.values() {
        let written = table.columns.iter().filter(|it| it.generated.is_none());
        let names: Vec<String> = written
            .clone()
            .map(|it| Quoted(&it.name).to_string())
            .collect();
        for row in 1..=ROWS {
            let value = |column: &Column| match in_words
                && column.ty != DataType::builtin("INTEGER")
                && column.ty != DataType::builtin("REAL")
            {
                true => format!("'x{row}'"),
                false => row.to_string(),
            };
            let values: Vec<String> = written.clone().map(value).collect();
            let (values, table, names) = (values.join(", "), Quoted(&table.name), names.join(", "));
            sql.push_str(&format!("INSERT INTO {table} ({names}) VALUES ({values});"));
        }
    }
    sqlite(file, &sql);
}

/// Returns the values of a column, as numbers where they are some.
fn values(file: &SqliteFile, table: &Name, column: &Ident) -> Vec<String> {
    let (table, column) = (Quoted(table), Quoted(column));
    sqlite_texts(
        file,
        &format!(
            "SELECT CAST(CASE WHEN {column} = CAST({column} AS NUMERIC) THEN CAST({column} AS REAL) ELSE {column} END AS TEXT)
             FROM {table} ORDER BY 1"
        ),
    )
}

#[test]
fn any_schema_becomes_any_other_and_keeps_its_rows() {
    // SYNC_TEST_PAIRS=5000 for a long look, at other pairs in every run.
    let more = std::env::var("SYNC_TEST_PAIRS").ok();
    let more = more.map(|it| it.parse().expect("SYNC_TEST_PAIRS is a number"));
    let config = Config {
        cases: more.unwrap_or(64),
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    };
    // The same pairs in every run.
    let mut runner = match more {
        Some(_) => TestRunner::new(config),
        None => {
            let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            TestRunner::new_with_rng(config, rng)
        }
    };
    let outcome = std::cell::Cell::new((0, 0));
    let pairs = (schema(), schema(), any::<[bool; 2]>());
    let tested = runner.run(&pairs, |(one, other, [by_hand, in_words])| {
        let (file, fresh) = (sqlite_file(), sqlite_file());
        prop_assert!(matches!(
            make(&file, &one),
            Ok(Outcome::Applied | Outcome::InSync)
        ));
        if by_hand {
            unname(&file);
        }
        // Names in another case are the same names.
        prop_assert_eq!(make(&file, &shouted(&one)), Ok(Outcome::InSync));
        fill(&file, &one, in_words);
        let beside = beside(&one, &other);
        if let Some(sql) = &beside {
            sqlite(&file, sql);
        }
        let kept: Vec<(&Name, &Ident)> = other
            .tables
            .iter()
            .filter_map(|(name, table)| Some((name, table, one.tables.get(name)?)))
            .flat_map(|(name, table, before)| {
                table
                    .columns
                    .iter()
                    .filter(|it| it.generated.is_none())
                    .filter(|it| {
                        before
                            .column(&it.name)
                            .is_some_and(|it| it.generated.is_none())
                    })
                    .map(move |it| (name, &it.name))
            })
            .collect();
        let all = |file: &SqliteFile| -> Vec<Vec<String>> {
            kept.iter().map(|(t, c)| values(file, t, c)).collect()
        };
        let (before, rows) = (texts(&file), all(&file));
        let (applied, refused) = outcome.get();
        match make(&file, &other) {
            Ok(Outcome::Applied | Outcome::InSync) => outcome.set((applied + 1, refused)),
            // Rows are in the way, which is found before anything is sent.
            Err(error) => {
                let _ = make(&fresh, &other);
                let (was, wanted) = (before.join("\n"), texts(&fresh).join("\n"));
                prop_assert!(false, "failed: {error}\nwas\n{was}\nwanted\n{wanted}");
            }
            Ok(Outcome::Refused(_)) => {
                outcome.set((applied, refused + 1));
                prop_assert_eq!(&before, &texts(&file), "refused, and changed");
                return Ok(());
            }
            Ok(Outcome::Drifted(changes)) => prop_assert!(false, "drifted: {changes:#?}"),
        }
        prop_assert_eq!(rows, all(&file), "rows differ");
        prop_assert!(matches!(
            make(&fresh, &other),
            Ok(Outcome::Applied | Outcome::InSync)
        ));
        let (got, wanted) = (texts(&file).join("\n"), texts(&fresh).join("\n"));
        let was = before.join("\n");
        prop_assert!(
            read(&file) == read(&fresh),
            "was\n{was}\nis\n{got}\nfresh\n{wanted}"
        );
        prop_assert_eq!(make(&file, &other), Ok(Outcome::InSync));
        let lost = sqlite_texts(&file, "SELECT \"table\" FROM pragma_foreign_key_check");
        prop_assert!(lost.is_empty(), "rows refer to nothing: {lost:?}");
        if beside.is_some() {
            let there = sqlite_texts(
                &file,
                "SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY 1",
            );
            prop_assert_eq!(there, ["gone", "many", "seen"]);
        }
        Ok(())
    });
    // The schemas themselves would fill pages.
    if let Err(error) = tested {
        let text = error.to_string();
        panic!(
            "{}",
            text.split("minimal failing input")
                .next()
                .unwrap_or_default()
        );
    }
    let (applied, refused) = outcome.get();
    assert!(applied > refused, "{applied} applied, {refused} refused");
}

/// Takes the names of constraints away, as tables are that somebody wrote by hand.
fn unname(file: &SqliteFile) {
    let tables = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE%'";
    for sql in sqlite_texts(file, tables) {
        let mut rest = sql.as_str();
        let mut bare = String::new();
        while let Some((before, after)) = rest.split_once("CONSTRAINT ") {
            bare.push_str(before);
            let name = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once("\" "),
                None => after.split_once(' '),
            };
            rest = name.expect("a name, and what it names").1;
        }
        bare.push_str(rest);
        let set = |sql: &str| schema_core::schema::quote_literal(sql);
        sqlite(
            file,
            &format!(
                "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = {} WHERE sql = {};
                 PRAGMA writable_schema = RESET",
                set(&bare),
                set(&sql)
            ),
        );
    }
}

/// The same schema in upper case, but for its expressions.
fn shouted(schema: &Schema) -> Schema {
    let up = |name: &Ident| Ident::new(name.as_str().to_uppercase());
    let all = |names: &mut Vec<Ident>| names.iter_mut().for_each(|it| *it = up(it));
    let table = |table: &Shared<Table>| {
        let mut table = table.clone();
        table.name = Name::bare(up(&table.name.name));
        table
            .columns
            .iter_mut()
            .for_each(|it| it.name = up(&it.name));
        for constraint in &mut table.constraints {
            constraint.name = constraint.name.as_ref().map(up);
            match &mut constraint.kind {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                    all(&mut key.columns);
                }
                ConstraintKind::ForeignKey(key) => {
                    all(&mut key.columns);
                    all(&mut key.references);
                    key.table = Name::bare(up(&key.table.name));
                }
                ConstraintKind::Check { .. } | ConstraintKind::Exclude(_) => {}
            }
        }
        for index in &mut table.indexes {
            index.name = index.name.as_ref().map(up);
            for part in &mut index.parts {
                if let IndexKey::Column(name) = &mut part.key {
                    *name = up(name);
                }
            }
        }
        (table.name.clone(), table)
    };
    Schema {
        tables: schema.tables.values().map(table).collect(),
        ..schema.clone()
    }
}

#[test]
fn a_name_in_another_case_is_the_same_name() {
    let (file, other) = (sqlite_file(), sqlite_file());
    sqlite(
        &file,
        r#"CREATE TABLE Orders (ID INTEGER PRIMARY KEY, "userId" TEXT NOT NULL CHECK ("userId" <> 'Nobody'), total REAL);
           CREATE INDEX Orders_User ON Orders (USERID) WHERE "USERID" > 'a';
           CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES ORDERS (id));
           INSERT INTO Orders VALUES (1, 'me', 1.5); INSERT INTO lines VALUES (1, 1)"#,
    );
    let desired = |ty: &str, note: &str| {
        format!(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, userid {ty} NOT NULL CHECK (UserId <> 'Nobody'), Total REAL{note});
             CREATE INDEX orders_user ON orders (userid) WHERE userId > 'a';
             CREATE TABLE LINES (id INTEGER PRIMARY KEY, Order_Id INTEGER REFERENCES orders (ID))"
        )
    };
    sqlite(&other, &desired("TEXT", ""));
    let exit = ["--exit-code", "--prune", "--desired", &other.url];
    sync_on(&file.url, &exit).expect(0);
    // What differs is told under the database's own names, in place or by a rebuild.
    for (ty, note) in [("TEXT", ", note TEXT"), ("VARCHAR(40)", ", note TEXT")] {
        let other = sqlite_file();
        sqlite(&other, &desired(ty, note));
        let apply = [
            "--apply",
            "--yes",
            "--allow",
            "all",
            "--desired",
            &other.url,
        ];
        let output = sync_on(&file.url, &apply).expect(0);
        assert!(output.stdout.contains("ℹ Orders"), "{}", output.all());
        let exit = ["--exit-code", "--prune", "--desired", &other.url];
        sync_on(&file.url, &exit).expect(0);
        let rows = sqlite_texts(
            &file,
            "SELECT o.userId FROM Orders o JOIN lines ON order_id = o.ID",
        );
        assert_eq!(rows, ["me"]);
        let names = sqlite_texts(&file, "SELECT name FROM pragma_table_info('orders')");
        assert_eq!(names, ["ID", "userId", "total", "note"]);
    }
}

/// A view and triggers on a table that both have: they are no model's, and stay.
fn beside(one: &Schema, other: &Schema) -> Option<String> {
    let name = one
        .tables
        .keys()
        .find(|it| other.tables.contains_key(*it))?;
    let table = Quoted(name);
    Some(format!(
        "CREATE VIEW many AS SELECT count(*) AS n, max(id) AS id FROM {table};
         CREATE TRIGGER gone AFTER DELETE ON {table} BEGIN SELECT OLD.id; END;
         CREATE TRIGGER seen BEFORE UPDATE OF id ON {table} WHEN NEW.id > 5 BEGIN SELECT 1; END;"
    ))
}
