use schema_core::SyncTable;

#[derive(SyncTable)]
struct User {
    #[sync(primary_key)]
    id: i64,
    #[sync(unique = true)]
    name: String,
    #[sync(index(where = "mail <> ''"))]
    mail: String,
}

fn main() {}
