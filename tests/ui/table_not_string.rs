use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(table = orders)]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
