//! All tests of the whole: one binary, so that it links once. Run them with `scripts/test.sh`.

mod anomaly;
mod cases;
mod cli;
mod docs;
mod doctor;
mod guides;
mod laws;
mod ledger;
mod library;
mod properties;
mod report;
mod tidy;
mod ui;
