use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    id: i64,
    #[sync(max_length = 10)]
    number: i32,
}

fn main() {}
