use schema_core::{SyncEnum, SyncTable};

#[derive(SyncEnum)]
enum Colour {
    Red,
}

#[derive(SyncTable)]
struct User {
    #[sync(primary_key)]
    id: i64,
    #[sync(default_value = "Red")]
    colours: Vec<Colour>,
    #[sync(default_value = "{}")]
    others: Vec<Colour>,
}

fn main() {}
