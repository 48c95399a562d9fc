use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(generated = "1", default = "0")]
    number: i32,
}

fn main() {}
