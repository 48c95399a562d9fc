use schema_core::SyncEnum;

#[derive(SyncEnum)]
#[sync(as_text, schema = "shop", renamed_from = "state", comment = "where it is")]
enum Status {
    Draft,
}

fn main() {}
