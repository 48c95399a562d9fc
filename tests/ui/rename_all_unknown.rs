use schema_core::{SyncEnum, SyncTable};

#[derive(SyncTable)]
#[sqlx(rename_all = "camelcase")]
struct Order {
    id: i64,
}

#[derive(SyncEnum)]
#[sqlx(rename_all = "Kamel")]
enum Status {
    Draft,
}

fn main() {}
