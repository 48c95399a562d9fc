//! The service.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:shop.db".into());
    let pool = shop_service::start(&url).await?;
    let order = shop_service::place(&pool, "ada@example.com", 1_250).await?;
    println!("order {} is {:?}", order.id, order.status);
    Ok(())
}
