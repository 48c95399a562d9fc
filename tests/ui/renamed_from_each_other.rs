use schema_core::{SyncEnum, SyncTable};

#[derive(SyncTable)]
struct Order {
    id: i64,
    #[sync(renamed_from = "last")]
    first: String,
    #[sync(renamed_from = "first")]
    last: String,
}

#[derive(SyncEnum)]
enum Status {
    #[sync(renamed_from = "Open")]
    Draft,
    #[sync(renamed_from = "Draft")]
    Open,
}

fn main() {}
