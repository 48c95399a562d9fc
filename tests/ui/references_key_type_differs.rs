use schema_core::SyncTable;

#[derive(SyncTable)]
struct Customer {
    #[sync(primary_key)]
    id: i64,
}

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(references = Customer)]
    customer_id: i32,
}

fn main() {}
