//! SQLite 3.35 and later.
