//! What is told while a plan is applied: bars on a terminal, lines in a log.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use schema_core::db::Event;
use schema_core::wording::thousands;

use crate::out;

/// How often a log hears of a long statement.
const OFTEN: Duration = Duration::from_secs(10);

/// Tells progress on standard error.
pub(crate) struct Progress {
    bars: Option<Bars>,
    quiet: bool,
    verbose: bool,
    step: Mutex<Step>,
}

/// The statement in hand.
struct Step {
    title: String,
    /// When a log last heard of it.
    told: Instant,
    /// Its bar, from the first that is known of how far it is.
    bar: Option<ProgressBar>,
}

struct Bars {
    all: MultiProgress,
    /// Statements of the plan.
    plan: ProgressBar,
}

impl Progress {
    /// Makes one; on a terminal it has bars.
    pub(crate) fn new(quiet: bool, verbose: bool) -> Self {
        let bars = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let all = MultiProgress::new();
            let plan = all.add(ProgressBar::new(0));
            plan.set_style(style("{spinner} {pos}/{len} {elapsed} {wide_msg}"));
            Bars { all, plan }
        });
        let step = Step {
            title: String::new(),
            told: Instant::now(),
            bar: None,
        };
        Self {
            bars,
            quiet,
            verbose,
            step: Mutex::new(step),
        }
    }

    /// Tells an event.
    pub(crate) fn on(&self, event: Event) {
        match event {
            Event::Waiting(who) => {
                if !self.quiet {
                    self.line(&who);
                }
            }
            Event::Planned { statements } => {
                if let Some(bars) = &self.bars {
                    bars.plan
                        .set_length(statements.try_into().unwrap_or(u64::MAX));
                    bars.plan.enable_steady_tick(Duration::from_millis(120));
                }
            }
            Event::Statement { index, total, sql } => {
                let first = sql.lines().next().unwrap_or_default();
                let mut step = self.step();
                step.title = format!("{}/{total} {first}", index + 1);
                step.told = Instant::now();
                if let Some(bars) = &self.bars {
                    bars.plan.set_message(first.to_owned());
                } else if self.verbose {
                    out::tell(&step.title);
                }
            }
            Event::Work {
                done, total, unit, ..
            } => self.work(done, total, unit),
            Event::Done { .. } => {
                self.end_step();
                if let Some(bars) = &self.bars {
                    bars.plan.inc(1);
                }
            }
        }
    }

    /// The statement in hand. Whoever panicked has left it whole: it is only told.
    fn step(&self) -> MutexGuard<'_, Step> {
        self.step.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, done: u64, total: u64, unit: &'static str) {
        let mut step = self.step();
        if let Some(bars) = &self.bars {
            let bar = step.bar.get_or_insert_with(|| {
                let bar = bars.all.add(ProgressBar::new(total));
                bar.set_style(style(
                    "  {bar:30} {percent}% · {human_pos} of ~{human_len} {prefix} · about {eta} left",
                ));
                bar
            });
            bar.set_prefix(unit);
            bar.set_length(total);
            bar.set_position(done);
        } else if !self.quiet && step.told.elapsed() >= OFTEN {
            step.told = Instant::now();
            let percent = done.saturating_mul(100) / total.max(1);
            out::tell(&format!(
                "{}: {percent} % ({} of ~{} {unit})",
                step.title,
                thousands(done),
                thousands(total)
            ));
        }
    }

    fn end_step(&self) {
        if let Some(bar) = self.step().bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Takes the bars off the terminal.
    pub(crate) fn finish(&self) {
        self.end_step();
        if let Some(bars) = &self.bars {
            bars.plan.finish_and_clear();
        }
    }

    /// Tells a line.
    pub(crate) fn line(&self, text: &str) {
        match &self.bars {
            Some(bars) => bars.all.suspend(|| out::tell(text)),
            None => out::tell(text),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
