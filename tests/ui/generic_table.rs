use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order<T> {
    id: T,
}

fn main() {}
