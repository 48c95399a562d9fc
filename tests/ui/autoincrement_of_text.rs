use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key, autoincrement)]
    id: String,
}

fn main() {}
