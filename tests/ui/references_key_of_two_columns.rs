use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(primary_key(order_id, position))]
struct Line {
    order_id: i64,
    position: i64,
}

#[derive(SyncTable)]
struct Note {
    #[sync(primary_key)]
    id: i64,
    #[sync(references = Line)]
    line_id: i64,
}

fn main() {}
