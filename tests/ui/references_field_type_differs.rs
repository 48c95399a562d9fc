use schema_core::SyncTable;

#[derive(SyncTable)]
struct Customer {
    #[sync(primary_key)]
    id: i64,
    #[sync(unique)]
    number: String,
}

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(references = Customer::number)]
    customer: Option<i64>,
}

fn main() {}
