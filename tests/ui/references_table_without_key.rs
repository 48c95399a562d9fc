use schema_core::SyncTable;

#[derive(SyncTable)]
struct Log {
    text: String,
}

#[derive(SyncTable)]
struct Note {
    #[sync(primary_key)]
    id: i64,
    #[sync(references = Log)]
    log_id: i64,
}

fn main() {}
