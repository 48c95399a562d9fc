use schema_core::SyncTable;

#[derive(SyncTable)]
#[sync(table = "orders", partition_by(range(id)))]
#[sync(partition(name = "orders_a", from = 1, default))]
#[sync(partition(name = "orders_b", from = 1, to = 2, in(3)))]
#[sync(partition(name = "orders_c", default = 3))]
#[sync(partition(name = "orders_d", from = 1))]
#[sync(partition(name = "orders_e", in(1, 2)))]
#[sync(partition(name = "orders_f", from = 1, to = (2, 3)))]
#[sync(partition(name = "orders_g", from = today(), to = MAXVALUE))]
#[sync(partition(name = "orders", default))]
struct Order {
    id: i64,
}

fn main() {}
