//! The models, and what the service does with them.

pub mod models;

use chrono::Utc;
use sqlx::SqlitePool;

use models::Order;

/// Opens the database and makes it what the models say.
pub async fn start(url: &str) -> Result<SqlitePool, Box<dyn std::error::Error>> {
    // A service whose release runs `sync --apply` calls `schema_core::verify(&pool)` instead.
    schema_core::sync(url).await?;
    Ok(SqlitePool::connect(url).await?)
}

/// Places an order for a customer, who is made when new.
pub async fn place(pool: &SqlitePool, email: &str, total: i64) -> Result<Order, sqlx::Error> {
    let customer: i64 = sqlx::query_scalar(
        "INSERT INTO customers (email) VALUES (?) \
         ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id",
    )
    .bind(email)
    .fetch_one(pool)
    .await?;
    sqlx::query_as(
        "INSERT INTO orders (customer_id, total, placed_at) VALUES (?, ?, ?) RETURNING *",
    )
    .bind(customer)
    .bind(total)
    .bind(Utc::now())
    .fetch_one(pool)
    .await
}
