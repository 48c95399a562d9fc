use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(tabel = "orders")]
#[sync(index(numbr))]
struct Order {
    #[sync(primary_key, idenity)]
    id: i64,
    #[sync(max_length = "3")]
    number: String,
    #[sync(on_delete = cascade)]
    parent: Option<i64>,
}

fn main() {}
