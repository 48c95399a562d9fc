//! The struct that makes a table reads its rows: `FromRow` of sqlx and the table never disagree.

use app_models as shop;
use schema_core::db::{Options, Outcome, Session, SessionOptions, Source, sync};
use schema_core::model::{TableDef, lower};
use schema_core::plan::Policy;
use schema_core::schema::Family;
use schema_core::{SyncEnum, SyncFields, SyncTable, SyncType};
use sqlx::{AssertSqlSafe, Connection as _, FromRow, PgConnection, SqliteConnection};
use tests::{PgDatabase, SqliteFile, pg_database, psql, sqlite, sqlite_file, sync_on};

/// Makes the tables of these models.
fn make(family: Family, url: &str, models: &[&'static TableDef]) {
    let desired = Source::Snapshot(lower(family, models).expect("nothing is wrong with them"));
    let outcome = block(async {
        let mut session = Session::open(url, &SessionOptions::default()).await?;
        let (options, policy) = (Options::default(), Policy::default());
        sync(&mut session, &desired, &options, &policy, &mut |_| ()).await
    });
    assert_eq!(outcome.expect("it applies").outcome, Outcome::Applied);
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(work)
}

fn pg_rows<T: for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin>(
    db: &PgDatabase,
    table: &str,
) -> Vec<T> {
    block(async {
        let mut connection = PgConnection::connect(&db.url).await?;
        sqlx::query_as(AssertSqlSafe(format!("SELECT * FROM {table}")))
            .fetch_all(&mut connection)
            .await
    })
    .unwrap_or_else(|error| panic!("{table}: {error}"))
}

fn sqlite_rows<T: for<'r> FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin>(
    file: &SqliteFile,
    table: &str,
) -> Vec<T> {
    block(async {
        let mut connection = SqliteConnection::connect(&file.url).await?;
        sqlx::query_as(AssertSqlSafe(format!("SELECT * FROM {table}")))
            .fetch_all(&mut connection)
            .await
    })
    .unwrap_or_else(|error| panic!("{table}: {error}"))
}

/// A shop with one of each; `$1` and the like stand for what the databases spell differently.
const SHOP: &str = "
    INSERT INTO organisations (id, slug, name) VALUES ($o, 'acme', 'Acme');
    INSERT INTO users (id, email, name, home_organisation_id) VALUES ($u, 'a@b.c', 'Ann', $o);
    UPDATE organisations SET owner_id = $u;
    INSERT INTO memberships (organisation_id, user_id, role) VALUES ($o, $u, 'admin');
    INSERT INTO categories (name) VALUES ('all');
    INSERT INTO categories (parent_id, name) SELECT id, 'some' FROM categories;
    INSERT INTO products (id, organisation_id, sku, name, attributes) VALUES ($p, $o, 'x-1', 'X', '{\"size\": 4}');
    INSERT INTO prices (product_id, amount, valid_from) VALUES ($p, 9.99, '2026-01-31');
    INSERT INTO tags (label) VALUES ('new');
    INSERT INTO product_tags SELECT $p, id FROM tags;
    INSERT INTO orders (organisation_id, number, total, note) VALUES ($o, 7, 19.98, NULL);
    INSERT INTO order_lines (order_id, position, product_id, unit_price) SELECT id, 1, $p, 9.99 FROM orders;
    INSERT INTO payments (id, order_id, method, amount) SELECT $u, id, 'card', 19.98 FROM orders;
    INSERT INTO audit_events (organisation_id, action, details) VALUES ($o, 'order', '[1]');
    INSERT INTO api_keys (id, organisation_id, hash, label) VALUES ($u, $o, $h, 'ci');
";

fn shop_sql(bytes: fn(&str) -> String) -> String {
    let uuid = |digit: &str| bytes(&digit.repeat(32));
    SHOP.replace("$o", &uuid("1"))
        .replace("$u", &uuid("2"))
        .replace("$p", &uuid("3"))
        .replace("$h", &bytes("abcdef"))
}

#[test]
fn the_shop_reads_its_rows_from_postgres() {
    let db = pg_database();
    sync_on(&db.url, &["--apply", "--yes"]).expect(0);
    let sql = shop_sql(|hex| match hex.len() {
        32 => format!("'{hex}'"),
        _ => format!("'\\x{hex}'"),
    });
    psql(&db.url, &sql);
    let organisations: Vec<shop::Organisation> = pg_rows(&db, "organisations");
    let users: Vec<shop::User> = pg_rows(&db, "users");
    assert_eq!(organisations[0].owner_id, Some(users[0].id));
    assert!(users[0].active);
    let members: Vec<shop::Membership> = pg_rows(&db, "memberships");
    assert!(matches!(members[0].role, shop::Role::Admin));
    let categories: Vec<shop::Category> = pg_rows(&db, "categories ORDER BY id");
    assert_eq!(categories[1].parent_id, Some(categories[0].id));
    let products: Vec<shop::Product> = pg_rows(&db, "products");
    assert_eq!(products[0].attributes.as_ref().expect("JSON")["size"], 4);
    let prices: Vec<shop::Price> = pg_rows(&db, "prices");
    assert_eq!(prices[0].amount.to_string(), "9.99");
    assert_eq!(prices[0].currency, "EUR");
    let tags: Vec<shop::Tag> = pg_rows(&db, "tags");
    let tagged: Vec<shop::ProductTag> = pg_rows(&db, "product_tags");
    assert_eq!(tagged[0].tag_id, tags[0].id);
    let orders: Vec<shop::Order> = pg_rows(&db, "orders");
    assert!(matches!(orders[0].status, shop::OrderStatus::Draft));
    let lines: Vec<shop::OrderLine> = pg_rows(&db, "order_lines");
    assert_eq!((lines[0].order_id, lines[0].quantity), (orders[0].id, 1));
    let payments: Vec<shop::Payment> = pg_rows(&db, "payments");
    assert!(matches!(payments[0].method, shop::PaymentMethod::Card));
    let events: Vec<shop::AuditEvent> = pg_rows(&db, "audit_events");
    assert_eq!(events[0].details, serde_json::json!([1]));
    let keys: Vec<shop::ApiKey> = pg_rows(&db, "api_keys");
    assert_eq!(keys[0].hash, [0xab, 0xcd, 0xef]);
}

#[test]
fn the_shop_reads_its_rows_from_sqlite() {
    let file = sqlite_file();
    sync_on(&file.url, &["--apply", "--yes"]).expect(0);
    sqlite(&file, &shop_sql(|hex| format!("x'{hex}'")));
    let organisations: Vec<shop::Organisation> = sqlite_rows(&file, "organisations");
    let users: Vec<shop::User> = sqlite_rows(&file, "users");
    assert_eq!(organisations[0].owner_id, Some(users[0].id));
    assert!(users[0].active);
    let members: Vec<shop::Membership> = sqlite_rows(&file, "memberships");
    assert!(matches!(members[0].role, shop::Role::Admin));
    let categories: Vec<shop::Category> = sqlite_rows(&file, "categories ORDER BY id");
    assert_eq!(categories[1].parent_id, Some(categories[0].id));
    let products: Vec<shop::Product> = sqlite_rows(&file, "products");
    assert_eq!(products[0].attributes.as_ref().expect("JSON")["size"], 4);
    let tags: Vec<shop::Tag> = sqlite_rows(&file, "tags");
    let tagged: Vec<shop::ProductTag> = sqlite_rows(&file, "product_tags");
    assert_eq!(tagged[0].tag_id, tags[0].id);
    let events: Vec<shop::AuditEvent> = sqlite_rows(&file, "audit_events");
    assert_eq!(events[0].details, serde_json::json!([1]));
    let keys: Vec<shop::ApiKey> = sqlite_rows(&file, "api_keys");
    assert_eq!(keys[0].hash, [0xab, 0xcd, 0xef]);
}

/// What is stored as JSON.
#[derive(Debug, PartialEq, serde::Deserialize)]
struct Address {
    city: String,
}

#[derive(Debug, PartialEq, SyncType, sqlx::Type)]
#[sqlx(transparent)]
struct Email(String);

#[derive(Debug, PartialEq, SyncEnum, sqlx::Type)]
#[sqlx(type_name = "mood", rename_all = "SCREAMING_SNAKE_CASE")]
enum Mood {
    VeryGood,
    #[sqlx(rename = "so-so")]
    Middling,
    Level2Bad,
}

#[derive(Debug, PartialEq, SyncFields, sqlx::FromRow)]
struct Stamps {
    made_at: chrono::DateTime<chrono::Utc>,
    #[sqlx(rename = "changed")]
    changed_at: Option<chrono::NaiveDateTime>,
}

#[derive(Debug, PartialEq)]
struct Percent(u8);

impl TryFrom<i16> for Percent {
    type Error = std::num::TryFromIntError;

    fn try_from(number: i16) -> Result<Self, Self::Error> {
        number.try_into().map(Self)
    }
}

/// Every word of sqlx that says which column a field is, and how it is read.
#[derive(SyncTable, sqlx::FromRow)]
#[sync(table = "words")]
#[sqlx(rename_all = "camelCase")]
struct Words {
    #[sync(primary_key, identity)]
    row_id: i64,
    #[sqlx(rename = "e_mail")]
    email: Email,
    mood_of_day: Mood,
    usual_mood: Option<Mood>,
    /// A digit belongs to the word before it, for sqlx and for the derive.
    line2_text: String,
    a1b: i32,
    r#type: String,
    #[sqlx(json)]
    address: Address,
    #[sqlx(json)]
    maybe_null: Option<Address>,
    #[sqlx(json(nullable))]
    second_address: Option<Address>,
    boxed: sqlx::types::Json<Address>,
    #[sqlx(try_from = "i16")]
    discount: Percent,
    #[sqlx(flatten)]
    stamps: Stamps,
    #[sqlx(skip)]
    cached: Vec<Address>,
    #[sqlx(default)]
    weight: f64,
}

const WORDS: &str = "
    INSERT INTO words (\"e_mail\", \"moodOfDay\", \"usualMood\", \"line2Text\", \"a1b\", \"type\", address, \"maybeNull\",
        \"secondAddress\", boxed, discount, made_at, changed, weight)
    VALUES ('a@b.c', 'VERY_GOOD', 'so-so', 'two', 1, 't', '{\"city\": \"Ulm\"}', 'null',
        NULL, '{\"city\": \"Bonn\"}', 20, '2026-01-31 12:00:00+00:00', NULL, 1.5)";

fn check_words(words: &[Words]) {
    let [row] = words else {
        panic!("{} rows", words.len())
    };
    let city = |city: &str| Address { city: city.into() };
    assert_eq!(row.row_id, 1);
    assert_eq!(row.email, Email("a@b.c".into()));
    assert_eq!(row.mood_of_day, Mood::VeryGood);
    assert_eq!(row.usual_mood, Some(Mood::Middling));
    assert_eq!((&*row.line2_text, row.a1b, &*row.r#type), ("two", 1, "t"));
    assert_eq!(row.address, city("Ulm"));
    assert_eq!((&row.maybe_null, &row.second_address), (&None, &None));
    assert_eq!(row.boxed.0, city("Bonn"));
    assert_eq!(row.discount, Percent(20));
    assert_eq!(row.stamps.made_at.timestamp(), 1_769_860_800);
    assert_eq!(row.stamps.changed_at, None);
    assert!(row.cached.is_empty());
    assert!((row.weight - 1.5).abs() < f64::EPSILON);
}

#[test]
fn every_word_of_sqlx_reads_from_postgres() {
    let db = pg_database();
    make(Family::Postgres, &db.url, &[Words::TABLE]);
    psql(&db.url, WORDS);
    psql(
        &db.url,
        "UPDATE words SET \"usualMood\" = 'LEVEL2_BAD' WHERE false",
    );
    check_words(&pg_rows(&db, "words"));
}

#[test]
fn every_word_of_sqlx_reads_from_sqlite() {
    let file = sqlite_file();
    make(Family::Sqlite, &file.url, &[Words::TABLE]);
    sqlite(&file, WORDS);
    check_words(&sqlite_rows(&file, "words"));
}

/// Every type that a field may be, but those that sqlx can only write.
#[derive(Debug, PartialEq, SyncTable, sqlx::FromRow)]
#[sync(table = "types")]
struct Types {
    #[sync(primary_key)]
    id: uuid::Uuid,
    flag: bool,
    small: i16,
    whole: i32,
    single: f32,
    double: f64,
    bytes: Vec<u8>,
    day: chrono::NaiveDate,
    hour: chrono::NaiveTime,
    wall: chrono::NaiveDateTime,
    json: serde_json::Value,
}

#[test]
fn every_type_reads_from_both() {
    let (db, file) = (pg_database(), sqlite_file());
    make(Family::Postgres, &db.url, &[Types::TABLE]);
    make(Family::Sqlite, &file.url, &[Types::TABLE]);
    let insert = |id: &str, bytes: &str| {
        format!(
            "INSERT INTO types VALUES ({id}, true, 1, 2, 0.5, 0.25, {bytes}, '2026-01-31', '23:59:58', \
             '2026-01-31 23:59:58', '{{\"a\": [1, null]}}')"
        )
    };
    let id = "1".repeat(32);
    psql(&db.url, &insert(&format!("'{id}'"), "'\\xff00'"));
    sqlite(&file, &insert(&format!("x'{id}'"), "x'ff00'"));
    let rows: Vec<Types> = pg_rows(&db, "types");
    assert_eq!(rows[0].bytes, [0xff, 0]);
    assert_eq!(rows, sqlite_rows::<Types>(&file, "types"));
}

/// Types of PostgreSQL alone.
#[derive(SyncTable, sqlx::FromRow)]
#[sync(table = "pg_types")]
struct PgTypes {
    #[sync(primary_key)]
    id: i64,
    decimal: rust_decimal::Decimal,
    address: std::net::IpAddr,
    network: sqlx::types::ipnetwork::IpNetwork,
    span: sqlx::postgres::types::PgInterval,
    numbers: Vec<i32>,
    maybe: Option<Vec<String>>,
    moods: Vec<Mood>,
    ids: Vec<uuid::Uuid>,
}

#[test]
fn types_of_postgres_alone_read_from_it() {
    let db = pg_database();
    make(Family::Postgres, &db.url, &[PgTypes::TABLE]);
    psql(
        &db.url,
        "INSERT INTO pg_types VALUES (1, 12.50, '10.0.0.1', '10.0.0.0/8', '1 day', '{1,2}', NULL, \
         '{VERY_GOOD,so-so,LEVEL2_BAD}', '{11111111-1111-1111-1111-111111111111}')",
    );
    let rows: Vec<PgTypes> = pg_rows(&db, "pg_types");
    let row = &rows[0];
    assert_eq!((row.id, row.decimal.to_string()), (1, "12.50".into()));
    assert_eq!(row.address.to_string(), "10.0.0.1");
    assert_eq!(row.network.prefix(), 8);
    assert_eq!(row.span.days, 1);
    assert_eq!((&row.numbers, &row.maybe), (&vec![1, 2], &None));
    assert_eq!(row.moods, [Mood::VeryGood, Mood::Middling, Mood::Level2Bad]);
    assert_eq!(row.ids.len(), 1);
}
