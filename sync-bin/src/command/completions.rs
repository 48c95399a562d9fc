//! Writes completions for a shell.

use clap::CommandFactory;

use crate::args::Cli;
use crate::{Exit, out};

pub(super) fn run(shell: clap_complete::Shell) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sync", &mut text);
    out::print(&String::from_utf8_lossy(&text));
    Exit::Good
}
