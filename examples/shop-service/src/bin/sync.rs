//! `cargo run --bin sync -- --dry-run`

sync_bin::main!(shop_service);
