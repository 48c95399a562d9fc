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
use schema_core::schema::{Family, IndexKey, Name, ReplicaIdentity, Schema};
use schema_core::{SyncTable, SyncType};

const FAMILIES: [Family; 2] = [Family::Postgres, Family::Sqlite];

/// Returns the mistakes, without the file before each.
fn problems(family: Family, defs: &[&'static TableDef]) -> Vec<String> {
    let errors = lower(family, defs).expect_err("something is wrong").0;
    let mut problems = Vec::new();
    for error in errors {
        let RegistryError::Model {
            place,
            table,
            problem,
        } = error
        else {
            panic!("{error}");
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
