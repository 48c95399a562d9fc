use schema_core::{SyncEnum, SyncTable};

#[derive(SyncTable)]
#[sync(schema = "shop", table = "orders", renamed_from = "orders")]
struct Order {
    id: i64,
    #[sync(renamed_from = "name")]
    name: String,
}

#[derive(SyncEnum)]
enum Status {
    #[sync(renamed_from = "Draft")]
    Draft,
}

fn main() {}
