//! Rust types and their SQL types: PostgreSQL on the left, SQLite on the right, as sqlx reads them.

use super::{SqlElement, SqlType, TypeDef};

macro_rules! sql_types {
    ($($rust:ty => $postgres:literal, $sqlite:literal;)*) => {$(
        impl SqlType for $rust {
            const TYPE: TypeDef = TypeDef::new($postgres, $sqlite);
        }
        impl SqlElement for $rust {
            const ARRAY_TYPE: TypeDef = TypeDef::new($postgres, $sqlite).array();
        }
    )*};
}

sql_types! {
    bool => "boolean", "BOOLEAN";
    i16 => "smallint", "INTEGER";
    i32 => "integer", "INTEGER";
    i64 => "bigint", "INTEGER";
    f32 => "real", "REAL";
    f64 => "double precision", "REAL";
    String => "text", "TEXT";
    std::net::IpAddr => "inet", "TEXT";
    std::time::Duration => "interval", "TEXT";
}

#[cfg(feature = "uuid")]
sql_types! { uuid::Uuid => "uuid", "BLOB"; }

#[cfg(feature = "chrono")]
sql_types! {
    chrono::NaiveDate => "date", "DATE";
    chrono::NaiveTime => "time", "TIME";
    chrono::NaiveDateTime => "timestamp", "DATETIME";
}

#[cfg(feature = "chrono")]
impl<Tz: chrono::TimeZone> SqlType for chrono::DateTime<Tz> {
    const TYPE: TypeDef = TypeDef::new("timestamptz", "DATETIME");
}

#[cfg(feature = "chrono")]
impl<Tz: chrono::TimeZone> SqlElement for chrono::DateTime<Tz> {
    const ARRAY_TYPE: TypeDef = TypeDef::new("timestamptz", "DATETIME").array();
}

#[cfg(feature = "time")]
sql_types! {
    time::Date => "date", "DATE";
    time::Time => "time", "TIME";
    time::PrimitiveDateTime => "timestamp", "DATETIME";
    time::OffsetDateTime => "timestamptz", "DATETIME";
}

#[cfg(feature = "rust_decimal")]
sql_types! { rust_decimal::Decimal => "numeric", "TEXT"; }

#[cfg(feature = "bigdecimal")]
sql_types! { bigdecimal::BigDecimal => "numeric", "TEXT"; }

#[cfg(feature = "json")]
sql_types! { serde_json::Value => "jsonb", "TEXT"; }

#[cfg(feature = "ipnetwork")]
sql_types! { ipnetwork::IpNetwork => "inet", "TEXT"; }

#[cfg(feature = "sqlx-types")]
sql_types! { sqlx::postgres::types::PgInterval => "interval", "TEXT"; }

#[cfg(feature = "sqlx-types")]
impl<T> SqlType for sqlx::types::Json<T> {
    const TYPE: TypeDef = TypeDef::new("jsonb", "TEXT");
}

/// Bytes are a type of their own, not an array of numbers.
impl SqlElement for u8 {
    const ARRAY_TYPE: TypeDef = TypeDef::new("bytea", "BLOB");
}

impl SqlElement for Vec<u8> {
    const ARRAY_TYPE: TypeDef = TypeDef::new("bytea", "BLOB").array();
}

impl<T: SqlElement> SqlType for Vec<T> {
    const TYPE: TypeDef = T::ARRAY_TYPE;
}

impl<T: SqlType> SqlType for Option<T> {
    const TYPE: TypeDef = T::TYPE;
    const NULLABLE: bool = true;
}

impl<T: SqlType> SqlType for Box<T> {
    const TYPE: TypeDef = T::TYPE;
    const NULLABLE: bool = T::NULLABLE;
}
