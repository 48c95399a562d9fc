use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(primary_key(id, id))]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
