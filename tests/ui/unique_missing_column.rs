use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(unique(id, numbr))]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
