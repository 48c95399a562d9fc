use schema_core::SyncType;

#[derive(SyncType)]
#[sync(check = "value > 0")]
struct Money(i64);

fn main() {}
