//! Each test has a database of its own, with the tables of the models.

use shop_service::models::OrderStatus;
use shop_service::place;
use sqlx::SqlitePool;

#[sqlx::test]
async fn an_order_is_placed(pool: SqlitePool) {
    schema_core::sync(&pool).await.expect("the tables are made");
    let order = place(&pool, "ada@example.com", 1_250)
        .await
        .expect("the order is placed");
    assert_eq!(order.status, OrderStatus::Placed);
    let again = place(&pool, "ada@example.com", 300)
        .await
        .expect("and again");
    assert_eq!(again.customer_id, order.customer_id);
}

#[sqlx::test]
async fn a_negative_total_is_refused_by_the_database(pool: SqlitePool) {
    schema_core::sync(&pool).await.expect("the tables are made");
    let placed = place(&pool, "ada@example.com", -1).await;
    let told = placed.expect_err("a check forbids it").to_string();
    assert!(told.contains("orders_total_positive"), "{told}");
}

#[sqlx::test]
async fn the_database_is_what_the_models_say(pool: SqlitePool) {
    assert!(schema_core::verify(&pool).await.is_err(), "it is empty");
    schema_core::sync(&pool).await.expect("the tables are made");
    schema_core::verify(&pool)
        .await
        .expect("nothing is missing");
}
