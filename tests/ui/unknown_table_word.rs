use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(tabel = "orders")]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
