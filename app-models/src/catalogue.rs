//! What is sold.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use schema_core::SyncTable;
use uuid::Uuid;

use crate::Organisation;

/// A tree of categories.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "categories", docs)]
pub struct Category {
    #[sync(primary_key, identity)]
    pub id: i64,
    #[sync(references = Category, on_delete = restrict, index)]
    pub parent_id: Option<i64>,
    #[sync(unique)]
    pub name: String,
    #[sync(default_value = 0)]
    pub position: i32,
}

/// A thing to buy.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "products", docs)]
#[sync(unique(organisation_id, sku))]
#[sync(index(
    columns(organisation_id, name),
    where = "archived_at IS NULL",
    name = "products_live_idx"
))]
pub struct Product {
    #[sync(primary_key)]
    pub id: Uuid,
    #[sync(references = Organisation, on_delete = cascade)]
    pub organisation_id: Uuid,
    #[sync(references = Category, index)]
    pub category_id: Option<i64>,
    #[sync(max_length = 40)]
    pub sku: String,
    pub name: String,
    /// What no column says: sizes, colours.
    pub attributes: Option<serde_json::Value>,
    pub archived_at: Option<DateTime<Utc>>,
}

/// What a product costs from a day on.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "prices", docs)]
#[sync(unique(product_id, currency, valid_from))]
pub struct Price {
    #[sync(primary_key, identity)]
    pub id: i64,
    #[sync(references = Product, on_delete = cascade)]
    pub product_id: Uuid,
    #[sync(max_length = 3, default_value = "EUR", check = "length(currency) = 3")]
    pub currency: String,
    #[sync(type = "numeric(12,2)")]
    pub amount: Decimal,
    pub valid_from: chrono::NaiveDate,
}

/// A word to find products by.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "tags", docs)]
pub struct Tag {
    #[sync(primary_key, identity)]
    pub id: i64,
    #[sync(unique)]
    pub label: String,
}

/// Which product has which tag.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "product_tags", docs, primary_key(product_id, tag_id))]
pub struct ProductTag {
    #[sync(references = Product, on_delete = cascade)]
    pub product_id: Uuid,
    #[sync(references = Tag, on_delete = cascade, index)]
    pub tag_id: i64,
}
