use schema_core::SyncEnum;

#[derive(SyncEnum)]
enum Status {
    Draft,
    Placed(i64),
}

fn main() {}
