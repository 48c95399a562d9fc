use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(check(name = "positive"))]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
