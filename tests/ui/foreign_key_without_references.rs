use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(foreign_key(columns(id)))]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
