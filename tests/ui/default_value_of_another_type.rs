use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(default_value = "0")]
    number: i64,
}

fn main() {}
