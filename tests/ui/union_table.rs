use schema_core::SyncTable;

#[derive(SyncTable)]
union Order {
    id: i64,
}

fn main() {}
