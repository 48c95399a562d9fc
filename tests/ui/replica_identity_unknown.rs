use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(replica_identity = all)]
struct Order {
    #[sync(primary_key)]
    id: i64,
}

fn main() {}
