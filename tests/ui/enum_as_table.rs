use schema_core::SyncTable;

#[derive(SyncTable)]
enum Status {
    Draft,
    Placed,
}

fn main() {}
