use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(identity)]
    number: Option<i64>,
}

fn main() {}
