use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(unique(number desc))]
struct Order {
    #[sync(primary_key)]
    id: i64,
    number: i64,
}

fn main() {}
