//! What is wrong between models: all of it at once, each with the file and line of its model.

#![expect(dead_code, reason = "models that no code fills")]
#![expect(
    clippy::duplicated_attributes,
    reason = "clippy takes the same word in two parts for one said twice"
)]

use schema_core::dialect::normalize;
use schema_core::facts::Facts;
use schema_core::model::{RegistryError, TableDef, lower};
use schema_core::plan::{PlanOptions, plan};
use schema_core::schema::{ConstraintKind, Family, IndexKey, Name, ReplicaIdentity, Schema};
use schema_core::{SyncEnum, SyncTable, SyncType};

const FAMILIES: [Family; 2] = [Family::Postgres, Family::Sqlite];

/// Returns the mistakes, without the file before each.
fn problems(family: Family, defs: &[&'static TableDef]) -> Vec<String> {
    let errors = lower(family, defs).expect_err("something is wrong").0;
    let mut problems = Vec::new();
    for error in errors {
        let (place, table, problem) = match error {
            RegistryError::Type { name, problem } => {
                problems.push(format!("{name}: {problem}"));
                continue;
            }
            RegistryError::Model {
                place,
                table,
                problem,
            } => (place, table, problem),
            RegistryError::Empty => panic!("{error}"),
        };
        let (file, line) = place.rsplit_once(':').expect("file:line");
        assert!(file.ends_with("registry.rs"), "{place}");
        assert!(defs.iter().any(|it| it.line.to_string() == line), "{place}");
        problems.push(format!("{table}: {problem}"));
    }
    problems
}

#[test]
fn no_models_at_all() {
    let errors = lower(Family::Postgres, &[]).expect_err("nothing to do");
    assert_eq!(
        errors.to_string(),
        "no models are linked into this program; derive `SyncTable` on structs, and name their crate in `sync_bin::main!(my_models)`"
    );
}

#[test]
fn sql_that_would_end_the_statement_it_stands_in() {
    #[derive(SyncType)]
    #[sync(domain = "positive", check = "VALUE > 0); DROP TABLE x; --")]
    struct Positive(i64);
    #[derive(SyncTable)]
    #[sync(table = "orders")]
    #[sync(check(name = "rule", expr = "true), ADD (note text"))]
    #[sync(index(columns(a), name = "few", where = "a > 0; DROP TABLE x"))]
    #[sync(index(
        columns(note),
        name = "by_note",
        opclass(note = "text_ops); COMMIT; --")
    ))]
    struct Order {
        #[sync(primary_key)]
        id: i64,
        #[sync(default = "1; COMMIT; DROP TABLE x")]
        a: i32,
        #[sync(default = "';(' -- and no more")]
        note: String,
        #[sync(backfill = "(1")]
        size: Positive,
    }
    let more = "is more than one: it has a `;`";
    assert_eq!(
        problems(Family::Postgres, &[Order::TABLE]),
        [
            format!("orders: an expression of column `a` {more}: `1; COMMIT; DROP TABLE x`; correct it"),
            "orders: an expression of column `note` ends in a comment: `';(' -- and no more`; correct it".into(),
            "orders: an expression of constraint `rule` closes a parenthesis that it has not opened: `true), ADD (note text`; correct it".into(),
            format!("orders: an expression of index `few` {more}: `a > 0; DROP TABLE x`; correct it"),
            "orders: the operator class of index `by_note` closes a parenthesis that it has not opened: `text_ops); COMMIT; --`; correct it".into(),
            "positive: an expression closes a parenthesis that it has not opened: `VALUE > 0); DROP TABLE x; --`; correct it".into(),
            "orders: `backfill` of column `size` leaves a parenthesis open: `(1`; correct it".into(),
        ]
    );
}

#[test]
fn a_text_that_no_database_takes() {
    #[derive(SyncTable)]
    #[sync(table = "orders", comment = "a\0b")]
    #[sync(check(name = "rule", expr = "note <> '\0'"))]
    struct Order {
        #[sync(primary_key)]
        id: i64,
        #[sync(default_value = "a\0b")]
        note: String,
        #[sync(column = "si\0ze")]
        size: i32,
    }
    let nul = "has the character NUL, which ends a text for a database";
    for family in FAMILIES {
        assert_eq!(
            problems(family, &[Order::TABLE]),
            [
                format!("orders: an expression of column `note` {nul}: `'a\\0b'`; correct it"),
                format!(
                    "orders: an expression of constraint `rule` {nul}: `note <> '\\0'`; correct it"
                ),
                format!("orders: the comment {nul}: `a\\0b`; correct it"),
                format!("orders: the name of a column {nul}: `si\\0ze`; correct it"),
            ]
        );
    }
}

#[test]
fn every_mistake_at_once() {
    #[derive(SyncTable)]
    #[sync(table = "customers")]
    struct Customer {
        #[sync(primary_key)]
        id: i64,
        number: i64,
    }
    #[derive(SyncTable)]
    #[sync(table = "customers")]
    struct Client {
        #[sync(primary_key)]
        id: i64,
    }
    #[derive(SyncTable)]
    #[sync(table = "countries")]
    struct Country {
        #[sync(primary_key)]
        id: i64,
    }
    #[derive(SyncTable)]
    #[sync(table = "orders")]
    #[sync(index(columns(a), name = "same"))]
    #[sync(index(columns(b), name = "same"))]
    #[sync(check(name = "rule", expr = "a > 0"))]
    #[sync(check(name = "rule", expr = "b > 0"))]
    struct Order {
        #[sync(primary_key)]
        id: i64,
        #[sync(references = Country)]
        a: i64,
        #[sync(references = Customer::number)]
        b: i64,
        #[sync(references = "customers(uid)")]
        c: i64,
        #[sync(references = "nowhere(id)")]
        d: i64,
        this_name_is_so_long_that_no_database_keeps_the_whole_of_it_or_so: i64,
    }
    for family in FAMILIES {
        let defs = [Customer::TABLE, Client::TABLE, Order::TABLE];
        let found = problems(family, &defs);
        let line = Customer::TABLE.line;
        let file = Customer::TABLE.file;
        // SQLite keeps a name of any length.
        let cut = "orders: name `this_name_is_so_long_that_no_database_keeps_the_whole_of_it_or_so` is 65 bytes long; a database keeps 63";
        let cut = (family == Family::Postgres).then(|| cut.to_owned());
        let others = [
                format!("customers: is the table of `Customer` ({file}:{line}) and of `Client`; rename one with `#[sync(table = \"..\")]`"),
                "orders: column `a` references table `countries`, which no model has; give it one, with `#[sync(managed = false)]` when it is another's".into(),
                "orders: column `b` references `customers.number`, which is not unique; add `#[sync(unique)]` there".into(),
                "orders: column `c` references `customers.uid`, which does not exist".into(),
                "orders: column `d` references table `nowhere`, which no model has; give it one, with `#[sync(managed = false)]` when it is another's".into(),
                "orders: two constraints are named `rule`".into(),
                "orders: index `same` has the same name as index `same` of `orders`".into(),
        ];
        let expected: Vec<String> = others.into_iter().chain(cut).collect();
        assert_eq!(found, expected, "{family:?}");
        // Nothing of these three is wrong once the fourth is there.
        let fine = lower(family, &[Country::TABLE]);
        assert!(fine.is_ok());
    }
}

#[test]
fn tables_and_indexes_share_their_names() {
    #[derive(SyncTable)]
    #[sync(table = "tags", index(columns(id), name = "labels"))]
    struct Tag {
        #[sync(primary_key)]
        id: i64,
    }
    #[derive(SyncTable)]
    #[sync(table = "labels")]
    struct Label {
        #[sync(primary_key)]
        id: i64,
    }
    for family in FAMILIES {
        assert_eq!(
            problems(family, &[Tag::TABLE, Label::TABLE]),
            ["tags: index `labels` has the same name as table `labels`"]
        );
    }
}

#[test]
fn sqlite_does_not_tell_upper_from_lower_case() {
    #[derive(SyncTable)]
    #[sync(table = "tags")]
    struct Tag {
        #[sync(primary_key)]
        id: i64,
        #[sync(column = "Name")]
        title: String,
        name: String,
    }
    #[derive(SyncTable)]
    #[sync(table = "Tags")]
    struct Other {
        #[sync(primary_key)]
        id: i64,
    }
    assert!(lower(Family::Postgres, &[Tag::TABLE, Other::TABLE]).is_ok());
    let found = problems(Family::Sqlite, &[Tag::TABLE, Other::TABLE]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        found[0],
        "tags: columns `Name` and `name` are one to SQLite, which does not tell upper from lower case"
    );
    assert!(
        found[1].starts_with("Tags: is the table of `Tag`"),
        "{}",
        found[1]
    );
}

#[test]
fn operator_classes_and_collations_are_of_fields_columns_or_expressions() {
    #[derive(SyncTable)]
    #[sync(table = "people")]
    #[sync(index(
        columns(first, last_name, "lower(last_name)"),
        opclass(first = "text_pattern_ops", last_name = "varchar_ops", "lower(last_name)" = "text_ops"),
        collate(first = "C")
    ))]
    #[sync(replica_identity = full, with(fillfactor = 70, toast.autovacuum_enabled = false))]
    #[sync(engine = "InnoDB", charset = "utf8mb4", collate = "utf8mb4_bin")]
    struct Person {
        #[sync(primary_key)]
        id: i64,
        #[sync(column = "first_name")]
        first: String,
        last_name: String,
    }
    let schema = lower(Family::Postgres, &[Person::TABLE]).expect("nothing is wrong");
    let table = &schema.tables[&Name::bare("people")];
    let parts: Vec<_> = table.indexes[0]
        .parts
        .iter()
        .map(|it| {
            let key = match &it.key {
                IndexKey::Column(name) => name.to_string(),
                IndexKey::Expr(sql) => sql.as_str().to_owned(),
            };
            (key, it.opclass.as_deref(), it.collation.is_some())
        })
        .collect();
    assert_eq!(
        parts,
        [
            ("first_name".into(), Some("text_pattern_ops"), true),
            ("last_name".into(), Some("varchar_ops"), false),
            ("lower(last_name)".into(), Some("text_ops"), false),
        ]
    );
    assert_eq!(table.options.replica_identity, ReplicaIdentity::Full);
    let with = table.options.with.get("toast.autovacuum_enabled");
    assert_eq!(with.map(String::as_str), Some("false"));
}

#[test]
fn what_sqlite_cannot_have_is_said_once() {
    #[derive(SyncTable)]
    #[sync(table = "docs", schema = "shop", extension = "citext")]
    #[sync(unique(columns(number, title), nulls_not_distinct, include(body)))]
    #[sync(index(columns(body), method = "gin", opclass(body = "gin_trgm_ops")))]
    #[sync(index(columns(title desc nulls last), include(body)))]
    struct Document {
        #[sync(primary_key, identity(start = 100))]
        id: i64,
        #[sync(identity)]
        number: i64,
        #[sync(collate = "de-x-icu")]
        title: String,
        body: String,
        author: Email,
    }
    #[derive(SyncType)]
    #[sync(domain = "email", check = "value ~ '@'")]
    struct Email(#[expect(dead_code, reason = "only its type is looked at")] String);
    #[derive(SyncTable)]
    #[sync(table = "plain", primary_key(a, b))]
    #[sync(index(a, b desc))]
    struct Plain {
        #[sync(identity)]
        a: i64,
        #[sync(collate = "nocase")]
        b: String,
    }
    let models = |family| {
        let schema = lower(family, &[Document::TABLE, Plain::TABLE]).expect("nothing is wrong");
        normalize(family, schema).expect("everything has a counterpart")
    };
    let notes = |family, live: &Schema, desired: &Schema| {
        let options = PlanOptions::default();
        plan(family, live, desired, &Facts::default(), &options).notes
    };
    let (live, desired) = (Schema::default(), models(Family::Sqlite));
    assert_eq!(
        notes(Family::Sqlite, &live, &desired),
        [
            "SQLite does not have the collation; left out, unless whoever opens the file defines it: de-x-icu of docs.title",
            "SQLite has no domains; what the check of one refuses is let in: email of docs.author",
            "SQLite has no extensions; left out: citext",
            "SQLite has no included columns; left out: docs (number, title), docs (title)",
            "SQLite has no index method `gin`; the index is a plain one: docs (body)",
            "SQLite has no operator classes; left out: docs (body)",
            "SQLite has no schemas; left out: shop of docs",
            "SQLite numbers a sole primary key alone; inserts have to give the value: docs.number, plain.a",
            "SQLite numbers from 1, one by one: docs.id",
            "SQLite tells NULL from NULL; rows that NULLS NOT DISTINCT refuses are let in: docs (number, title)",
        ]
    );
    // Only with the tables that change.
    let mut live = desired.clone();
    assert!(notes(Family::Sqlite, &live, &desired).is_empty());
    live.tables.remove(&Name::bare("plain"));
    assert_eq!(
        notes(Family::Sqlite, &live, &desired),
        ["SQLite numbers a sole primary key alone; inserts have to give the value: plain.a"]
    );
    let desired = models(Family::Postgres);
    assert!(notes(Family::Postgres, &Schema::default(), &desired).is_empty());
}

#[test]
fn tables_that_only_change_names_or_come_from_another_schema() {
    #[derive(SyncTable)]
    #[sync(table = "a", renamed_from = "b")]
    struct One {
        #[sync(primary_key)]
        id: i64,
    }
    #[derive(SyncTable)]
    #[sync(table = "b", renamed_from = "a")]
    struct Other {
        #[sync(primary_key)]
        id: i64,
    }
    #[derive(SyncTable)]
    #[sync(table = "c", renamed_from = "b")]
    struct Third {
        #[sync(primary_key)]
        id: i64,
    }
    #[derive(SyncTable)]
    #[sync(table = "d", renamed_from = "c")]
    struct Later {
        #[sync(primary_key)]
        id: i64,
    }
    let cure = "which is renamed as well, and the names only change hands: the database would not show whether that was done; rename one to a third name first, apply, and then take the names";
    for family in FAMILIES {
        let tables = [One::TABLE, Other::TABLE, Third::TABLE, Later::TABLE];
        assert_eq!(
            problems(family, &tables),
            [
                format!("a: is renamed from `b`, {cure}"),
                format!("b: is renamed from `a`, {cure}"),
                "c: is renamed from `b`, and so is `a`; take `renamed_from` from the one that is new".into(),
            ]
        );
        // A name that became free may be taken again.
        assert!(lower(family, &[Third::TABLE, Later::TABLE]).is_ok());
    }
    #[derive(SyncTable)]
    #[sync(table = "people", schema = "app", renamed_from = "public.users")]
    struct Moved {
        #[sync(primary_key)]
        id: i64,
    }
    assert_eq!(
        problems(Family::Postgres, &[Moved::TABLE]),
        [
            "people: `renamed_from = \"public.users\"` names a schema; a table is not moved to another schema here: run `ALTER TABLE public.users SET SCHEMA app` once, and then write `renamed_from = \"users\"`, or nothing where the name stays"
        ]
    );
}

#[test]
fn types_that_come_from_one_or_only_change_names() {
    #[derive(SyncEnum)]
    #[sync(renamed_from = "state")]
    #[sqlx(type_name = "order_state")]
    enum OrderState {
        Open,
    }
    #[derive(SyncEnum)]
    #[sync(renamed_from = "state")]
    #[sqlx(type_name = "shop_state")]
    enum ShopState {
        Open,
    }
    #[derive(SyncType)]
    #[sync(domain = "a", renamed_from = "b")]
    struct First(String);
    #[derive(SyncType)]
    #[sync(domain = "b", renamed_from = "a")]
    struct Second(String);
    #[derive(SyncTable)]
    #[sync(table = "t")]
    struct T {
        #[sync(primary_key)]
        id: i64,
        order: OrderState,
        shop: ShopState,
        a: First,
        b: Second,
    }
    let cure = "which is renamed as well, and the names only change hands: the database would not show whether that was done; rename one to a third name first, apply, and then take the names";
    assert_eq!(
        problems(Family::Postgres, &[T::TABLE]),
        [
            format!("a: is renamed from `b`, {cure}"),
            format!("b: is renamed from `a`, {cure}"),
            "shop_state: is renamed from `state`, and so is `order_state`; take `renamed_from` from the one that is new".into(),
        ]
    );
    assert!(lower(Family::Sqlite, &[T::TABLE]).is_ok());
}

#[test]
fn a_type_and_a_table_of_one_name() {
    #[derive(SyncEnum)]
    #[sqlx(type_name = "state")]
    enum State {
        Open,
    }
    #[derive(SyncTable)]
    #[sync(table = "state")]
    struct T {
        #[sync(primary_key)]
        id: i64,
        state: State,
    }
    assert_eq!(
        problems(Family::Postgres, &[T::TABLE]),
        [
            "state: a type of the models has this name too, and the rows of a table are a type of its name; rename one of them"
        ]
    );
    assert!(lower(Family::Sqlite, &[T::TABLE]).is_ok());
}

#[test]
fn a_schema_of_the_server_is_no_place_for_models() {
    #[derive(SyncEnum)]
    #[sync(schema = "pg_toast")]
    enum State {
        Open,
    }
    #[derive(SyncTable)]
    #[sync(table = "pg_class", schema = "pg_catalog")]
    struct T {
        #[sync(primary_key)]
        id: i64,
        state: State,
    }
    let what = |schema: &str, things: &str| {
        format!(
            "schema `{schema}` is the server's own, and no place for {things}; name another one"
        )
    };
    assert_eq!(
        problems(Family::Postgres, &[T::TABLE]),
        [
            format!("pg_toast.state: {}", what("pg_toast", "types")),
            format!("pg_class: {}", what("pg_catalog", "tables")),
        ]
    );
    assert!(lower(Family::Sqlite, &[T::TABLE]).is_ok());
}

#[test]
fn a_name_that_changes_its_case_alone_is_the_same_to_sqlite() {
    #[derive(SyncTable)]
    #[sync(table = "mixed case", renamed_from = "Mixed Case")]
    struct T {
        #[sync(primary_key)]
        id: i64,
    }
    for family in FAMILIES {
        assert!(lower(family, &[T::TABLE]).is_ok());
    }
}

#[test]
fn more_digits_of_a_second_than_a_server_keeps() {
    #[derive(SyncTable)]
    #[sync(table = "t")]
    struct T {
        #[sync(primary_key)]
        id: i64,
        #[sync(type = "timestamp(9)")]
        at: String,
    }
    let said = match lower(Family::Postgres, &[T::TABLE]) {
        Err(errors) => errors.to_string(),
        Ok(schema) => normalize(Family::Postgres, schema)
            .expect_err("is refused")
            .join("\n"),
    };
    assert!(
        said.contains("a server keeps 6 digits of a second and not 9"),
        "{said}"
    );
}

#[test]
fn an_array_of_an_enum_holds_labels_alone() {
    #[derive(SyncEnum)]
    #[sync(as_text)]
    enum Channel {
        Mail,
        #[sqlx(rename = "it's \"x\"")]
        Other,
    }
    #[derive(SyncEnum)]
    enum Kind {
        A,
    }
    #[derive(SyncTable)]
    #[sync(table = "t")]
    struct Message {
        #[sync(primary_key)]
        id: i64,
        channels: Vec<Channel>,
        kinds: Vec<Kind>,
    }
    let checks = |family| -> Vec<String> {
        let schema = lower(family, &[Message::TABLE]).expect("nothing is wrong");
        let constraints = schema.tables[&Name::bare("t")].constraints.clone();
        let checks = constraints.into_iter().filter_map(|it| match it.kind {
            ConstraintKind::Check { expr, .. } => Some(expr.as_str().to_owned()),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => None,
        });
        checks.collect()
    };
    assert_eq!(
        checks(Family::Postgres),
        [r#"channels <@ ARRAY['Mail', 'it''s "x"']"#]
    );
    assert_eq!(
        checks(Family::Sqlite),
        [
            r#"json_type(channels) = 'array' AND trim(replace(replace(channels, '"Mail"', ''), '"it''s \"x\""', ''), '[,] ') = ''"#,
            r#"json_type(kinds) = 'array' AND trim(replace(kinds, '"A"', ''), '[,] ') = ''"#,
        ]
    );
}

#[test]
fn bounds_of_partitions_are_written_as_sql() {
    #[derive(SyncTable)]
    #[sync(table = "t", primary_key(id, town), partition_by(list(town)))]
    #[sync(partition(name = "t_a", in("it's", "Z \\ y", NULL)))]
    #[sync(partition(name = "t_d", default))]
    struct ByTown {
        id: i64,
        town: String,
    }
    #[derive(SyncTable)]
    #[sync(table = "u", primary_key(id, town), partition_by(range(id, town)))]
    #[sync(partition(name = "u_a", from = (-1, "a"), to = (1, "b'c")))]
    #[sync(partition(name = "u_b", from = (1, "b'c"), to = (MAXVALUE, MAXVALUE)))]
    struct ByBoth {
        id: i64,
        town: String,
    }
    #[derive(SyncTable)]
    #[sync(table = "v", partition_by(hash(id)))]
    #[sync(partition(name = "v_a", modulus = 2, remainder = 1))]
    struct ByHash {
        #[sync(primary_key)]
        id: i64,
    }
    let tables = [ByTown::TABLE, ByBoth::TABLE, ByHash::TABLE];
    let schema = lower(Family::Postgres, &tables).expect("nothing is wrong");
    let bounds = |table: &&schema_core::schema::Shared<schema_core::schema::Table>| {
        table.partition_of.as_ref().map(|it| it.bound.clone())
    };
    let bounds: Vec<String> = schema
        .tables
        .values()
        .filter_map(|it| bounds(&it))
        .collect();
    assert_eq!(
        bounds,
        [
            r"FOR VALUES IN ('it''s', 'Z \ y', NULL)",
            "DEFAULT",
            "FOR VALUES FROM (-1, 'a') TO (1, 'b''c')",
            "FOR VALUES FROM (1, 'b''c') TO (MAXVALUE, MAXVALUE)",
            "FOR VALUES WITH (modulus 2, remainder 1)",
        ]
    );
}

#[test]
fn a_column_may_be_called_as_a_word_is() {
    #[derive(SyncTable)]
    #[sync(table = "t", unique(name), unique(columns(columns, name)))]
    #[sync(index(name), index(columns desc), index(unique, method))]
    struct Named {
        #[sync(primary_key)]
        id: i64,
        name: String,
        columns: i32,
        method: i32,
        unique: i32,
    }
    let schema = lower(Family::Postgres, &[Named::TABLE]).expect("nothing is wrong");
    let indexes = schema.tables[&Name::bare("t")].indexes.clone();
    let parts = indexes.iter().map(|it| {
        let names = it.parts.iter().map(|part| match &part.key {
            IndexKey::Column(name) => name.to_string(),
            IndexKey::Expr(_) => String::new(),
        });
        (it.unique, it.parts[0].descending, names.collect::<Vec<_>>())
    });
    let named = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        parts.collect::<Vec<_>>(),
        [
            (false, false, named(&["name"])),
            (false, true, named(&["columns"])),
            (false, false, named(&["unique", "method"])),
        ]
    );
}

#[test]
fn columns_of_partitions_come_from_above() {
    #[derive(SyncTable)]
    #[sync(table = "t", partition_by(list(id)), partition(name = "t_1", in(1)))]
    struct Parted {
        #[sync(primary_key)]
        id: i64,
        #[sync(backfill = "0")]
        n: i32,
    }
    let schema = lower(Family::Postgres, &[Parted::TABLE]).expect("nothing is wrong");
    let inherited = |name: &str| {
        let columns = schema.tables[&Name::bare(name)].columns.iter();
        columns.map(|it| it.inherited).collect::<Vec<_>>()
    };
    assert_eq!(inherited("t"), [false, false]);
    assert_eq!(inherited("t_1"), [true, true]);
}
