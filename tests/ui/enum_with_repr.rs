use schema_core::SyncEnum;

#[derive(SyncEnum)]
#[repr(i32)]
enum Status {
    Draft,
    Placed,
}

fn main() {}
