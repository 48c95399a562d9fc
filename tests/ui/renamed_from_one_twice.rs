use schema_core::{SyncEnum, SyncTable};

#[derive(SyncTable)]
struct Order {
    id: i64,
    #[sync(renamed_from = "name")]
    first: String,
    #[sync(renamed_from = "name")]
    last: String,
}

#[derive(SyncEnum)]
enum Status {
    #[sync(renamed_from = "New")]
    Draft,
    #[sync(renamed_from = "New")]
    Open,
}

fn main() {}
