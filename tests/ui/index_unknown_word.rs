use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(index(columns(id), metod = "gin"))]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
