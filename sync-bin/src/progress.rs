//! What is told while a plan is applied: a bar on a terminal, lines in a log.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use schema_core::db::Event;

use crate::out;

/// Tells progress on standard error.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    verbose: bool,
}

impl Progress {
    /// Makes one; on a terminal it is a bar.
    pub(crate) fn new(quiet: bool, verbose: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            if let Ok(style) =
                ProgressStyle::with_template("{spinner} {pos}/{len} {elapsed} {wide_msg}")
            {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            quiet,
            verbose,
        }
    }

    /// Tells an event.
    pub(crate) fn on(&self, event: Event) {
        match event {
            Event::Waiting(holder) => {
                if !self.quiet {
                    self.line(&format!("waiting for another run: {holder}"));
                }
            }
            Event::Planned { statements } => {
                if let Some(bar) = &self.bar {
                    bar.set_length(statements.try_into().unwrap_or(u64::MAX));
                    bar.enable_steady_tick(Duration::from_millis(120));
                }
            }
            Event::Statement { index, total, sql } => {
                let first = sql.lines().next().unwrap_or_default();
                if let Some(bar) = &self.bar {
                    bar.set_message(first.to_owned());
                } else if self.verbose {
                    out::tell(&format!("{}/{total} {first}", index + 1));
                }
            }
            Event::Done { .. } => {
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
            }
        }
    }

    /// Takes the bar off the terminal.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| out::tell(text)),
            None => out::tell(text),
        }
    }
}
