use schema_core::{SyncEnum, SyncTable};

#[derive(SyncEnum)]
#[sqlx(rename_all = "snake_case")]
enum Status {
    Draft,
    Placed,
}

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sync(default_value = "Draft")]
    status: Status,
}

fn main() {}
