use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(primary_key(order_id, position))]
struct Line {
    order_id: i64,
    position: i32,
}

#[derive(SyncTable)]
#[sync(foreign_key(columns(order_id, line), references = Line(order_id, place)))]
struct Note {
    #[sync(primary_key)]
    id: i64,
    order_id: i64,
    line: i32,
}

fn main() {}
