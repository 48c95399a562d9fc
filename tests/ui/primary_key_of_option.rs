use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(primary_key(id, number))]
struct Order {
    id: i64,
    number: Option<i64>,
}

fn main() {}
