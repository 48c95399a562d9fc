use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(managed = "no")]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
