//! The tables. Each is one struct, for `sync` and for sqlx.

use chrono::{DateTime, Utc};
use schema_core::{SyncEnum, SyncTable};

/// Who orders.
#[derive(SyncTable)]
#[sync(table = "customers", docs)]
pub struct Customer {
    #[sync(primary_key, identity)]
    pub id: i64,
    #[sync(unique, check = "email LIKE '%@%'")]
    pub email: String,
}

/// What was ordered. `total` is in cents.
#[derive(Debug, SyncTable, sqlx::FromRow)]
#[sync(table = "orders", docs)]
#[sync(check(name = "orders_total_positive", expr = "total >= 0"))]
pub struct Order {
    #[sync(primary_key, identity)]
    pub id: i64,
    #[sync(references = Customer, on_delete = cascade, index)]
    pub customer_id: i64,
    #[sync(default_value = "placed")]
    pub status: OrderStatus,
    pub total: i64,
    pub placed_at: DateTime<Utc>,
    pub note: Option<String>,
}

/// Where an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SyncEnum, sqlx::Type)]
#[sqlx(type_name = "order_status", rename_all = "snake_case")]
pub enum OrderStatus {
    Placed,
    Paid,
    Shipped,
}
