//! Writes manual pages, from the same words as `--help`.

use std::path::Path;

use clap::CommandFactory;

use crate::args::Cli;
use crate::{Exit, Failure};

pub(super) fn run(dir: &Path) -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("`{}`: cannot be written: {error}", dir.display()))
    };
    std::fs::create_dir_all(dir).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), dir).map_err(failed)?;
    Ok(Exit::Good)
}
