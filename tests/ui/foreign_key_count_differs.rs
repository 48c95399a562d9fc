use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(foreign_key(columns(parent), references = Order(id, number)))]
struct Order {
    #[sync(primary_key)]
    id: i64,
    number: i64,
    parent: Option<i64>,
}

fn main() {}
