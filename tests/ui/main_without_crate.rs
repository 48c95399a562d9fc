sync_bin::main!();
