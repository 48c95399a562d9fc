use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    id: i64,
    #[sync(skip = false)]
    number: i32,
}

fn main() {}
