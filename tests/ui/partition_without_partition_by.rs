use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(partition(name = "orders_old", from = 0, to = 100))]
struct Order {
    id: i64,
}

fn main() {}
