use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(index(id asc desc))]
struct Order {
    id: i64,
}

fn main() {}
