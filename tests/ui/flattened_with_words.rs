use schema_core::{SyncFields, SyncTable};

#[derive(SyncFields)]
struct Stamps {
    made_at: String,
}

#[derive(SyncTable)]
struct Order {
    #[sync(primary_key)]
    id: i64,
    #[sqlx(flatten)]
    #[sync(index)]
    stamps: Stamps,
}

fn main() {}
