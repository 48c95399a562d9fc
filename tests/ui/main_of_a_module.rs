sync_bin::main!(app_models::sales);
