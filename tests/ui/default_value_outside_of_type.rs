use schema_core::SyncTable;

#[derive(SyncTable)]
struct Order {
    id: i64,
    #[sync(default_value = 1.5)]
    fraction: i32,
    #[sync(default_value = 70000)]
    small: i16,
    #[sync(default_value = -3000000000)]
    middle: i32,
    #[sync(default_value = 9999999999999999999)]
    large: i64,
    #[sync(type = "numeric(4,2)", default_value = 12345.6)]
    total: f64,
    #[sync(type = "numeric(4,2)", default_value = 100)]
    share: f64,
    #[sync(max_length = 3, default_value = "abcdef")]
    code: String,
    #[sync(default_value = 1)]
    name: String,
    #[sync(type = "uuid", default_value = "not-a-uuid")]
    key: String,
    #[sync(type = "date", default_value = "soon")]
    day: String,
    #[sync(type = "jsonb", default_value = "a text")]
    data: String,
}

fn main() {}
