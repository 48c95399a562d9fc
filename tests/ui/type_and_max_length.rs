use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(type = "text", max_length = 3)]
    number: String,
}

fn main() {}
