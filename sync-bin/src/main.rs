//! The binary of this repository: `sync` with the sample application's models.

sync_bin::main!(app_models);
