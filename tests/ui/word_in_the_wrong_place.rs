use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(identity)]
struct User {
    #[sync(primary_key, table = "users")]
    id: i64,
    #[sync(foreign_key = Other)]
    other_id: i64,
}

fn main() {}
