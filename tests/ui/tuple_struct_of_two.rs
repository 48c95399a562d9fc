use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order(i64, String);

fn main() {}
