use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(unique("name", mail))]
#[sync(index(name DESC))]
#[sync(index())]
struct User {
    #[sync(primary_key)]
    id: i64,
    name: String,
    mail: String,
}

fn main() {}
