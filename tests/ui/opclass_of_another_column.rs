use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(index(columns(name), opclass(number = "text_pattern_ops")))]
struct Order {
    #[sync(primary_key)]
    id: i64,
    name: String,
    number: String,
}

fn main() {}
