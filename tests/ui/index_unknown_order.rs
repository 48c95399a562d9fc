use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(index(id, number dsc))]
struct Order {
    id: i64,
    number: i32,
}

fn main() {}
