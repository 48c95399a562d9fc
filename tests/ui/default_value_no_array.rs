use schema_core::SyncTable;

#[derive(SyncTable)]
struct Post {
    #[sync(primary_key)]
    id: i64,
    #[sync(default_value = "{}")]
    tags: Vec<String>,
    #[sync(default_value = "new")]
    labels: Vec<String>,
}

fn main() {}
