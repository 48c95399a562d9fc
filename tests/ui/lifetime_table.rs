use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order<'a> {
    #[sync(primary_key)]
    id: i64,
    note: &'a str,
}

fn main() {}
