use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(with(fillfactor = 70, fillfactor = 80))]
struct Order {
    id: i64,
}

fn main() {}
