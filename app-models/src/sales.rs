//! What was sold.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use schema_core::{SyncEnum, SyncTable};
use uuid::Uuid;

use crate::{Organisation, Product, User};

/// Where an order stands.
#[derive(SyncEnum)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[sqlx(type_name = "order_status", rename_all = "snake_case")]
pub enum OrderStatus {
    Draft,
    Placed,
    Shipped,
    Cancelled,
}

/// A customer's order.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "orders", docs)]
#[sync(unique(organisation_id, number))]
#[sync(index(columns(organisation_id, placed_at desc), where = "cancelled_at IS NULL"))]
#[sync(check(name = "orders_total_positive", expr = "total >= 0"))]
pub struct Order {
    #[sync(primary_key, identity)]
    pub id: i64,
    #[sync(references = Organisation, on_delete = cascade)]
    pub organisation_id: Uuid,
    #[sync(references = User, on_delete = set_null, index)]
    pub customer_id: Option<Uuid>,
    pub number: i32,
    #[sync(default_value = "draft")]
    pub status: OrderStatus,
    #[sync(type = "numeric(12,2)", default_value = 0)]
    pub total: Decimal,
    #[sync(default = "CURRENT_TIMESTAMP")]
    pub placed_at: DateTime<Utc>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
}

/// A line of an order.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "order_lines", docs, primary_key(order_id, position))]
pub struct OrderLine {
    #[sync(references = Order, on_delete = cascade)]
    pub order_id: i64,
    pub position: i32,
    #[sync(references = Product, on_delete = restrict, index)]
    pub product_id: Uuid,
    #[sync(default_value = 1, check = "quantity > 0")]
    pub quantity: i32,
    #[sync(type = "numeric(12,2)")]
    pub unit_price: Decimal,
}

/// How somebody paid; text, so that a new way needs no new type.
#[derive(SyncEnum)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum PaymentMethod {
    Card,
    Transfer,
    Cash,
}

/// Money that came in.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "payments", docs)]
pub struct Payment {
    #[sync(primary_key)]
    pub id: Uuid,
    #[sync(references = Order::id, on_delete = restrict, index)]
    pub order_id: i64,
    pub method: PaymentMethod,
    #[sync(type = "numeric(12,2)", check = "amount > 0")]
    pub amount: Decimal,
    #[sync(unique)]
    pub provider_reference: Option<String>,
    #[sync(default = "CURRENT_TIMESTAMP")]
    pub paid_at: DateTime<Utc>,
}
