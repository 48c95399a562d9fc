//! Writes manual pages, from the same words as `--help`.

use std::path::Path;

use clap::CommandFactory;

use crate::args::Cli;
use crate::{Exit, Failure, files};

pub(super) fn run(dir: &Path) -> Result<Exit, Failure> {
    files::make_folder(dir)?;
    clap_mangen::generate_to(Cli::command(), dir).map_err(|error| {
        let (dir, reason) = (dir.display(), files::reason(&error));
        Failure::new(format!("`{dir}`: cannot be written: {reason}"))
    })?;
    Ok(Exit::Good)
}
