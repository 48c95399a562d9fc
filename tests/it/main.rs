//! All tests of the whole: one binary, so that it links once. Run them with `scripts/test.sh`.

mod anomaly;
mod bounds;
mod cases;
mod cases_sqlite;
mod cli;
mod docs;
mod doctor;

mod files;
mod guides;
mod interrupt;
mod introspect;
mod introspect_input;
mod laws;
mod ledger;
mod library;
mod numbering;
mod probe;
mod properties;
mod random;
mod rebuilds;
mod renames;
mod report;
mod rights;
mod stopped;
mod tidy;
mod together;
mod ui;
mod usage;
mod words;
