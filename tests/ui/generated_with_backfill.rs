use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    id: i64,
    #[sync(generated = "id * 2", backfill = "1")]
    twice: i64,
    #[sync(generated_virtual = "id * 3", using = "1")]
    thrice: i64,
}

fn main() {}
