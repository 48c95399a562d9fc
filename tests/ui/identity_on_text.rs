use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key, identity)]
    id: String,
}

fn main() {}
