use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(foreign_key(columns(parent), references = Order, on_delete = set_null))]
struct Order {
    #[sync(primary_key)]
    id: i64,
    parent: i64,
}

fn main() {}
