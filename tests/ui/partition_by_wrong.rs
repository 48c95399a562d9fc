use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(partition_by())]
struct Order {
    id: i64,
}

#[derive(SyncTable)]
#[sync(partition_by(range(id), list(id)))]
struct Invoice {
    id: i64,
}

#[derive(SyncTable)]
#[sync(partition_by(list(id, number)))]
struct Payment {
    id: i64,
    number: i64,
}

fn main() {}
