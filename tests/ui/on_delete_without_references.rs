use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(on_delete = cascade)]
    number: i32,
}

fn main() {}
