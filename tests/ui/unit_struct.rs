use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order;

fn main() {}
