use schema_core::SyncTable;

struct Money(i64);

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    total: Money,
}

fn main() {}
