//! What is told while a plan is applied: bars on a terminal, lines in a log.

use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use schema_core::db::Event;
use schema_core::report::text::ascii;
use schema_core::wording::thousands;

use crate::{edge, out};

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
    pace: Option<Pace>,
}

/// How fast a statement goes on, from where it was first seen.
struct Pace {
    since: Instant,
    first: u64,
    last: u64,
    total: u64,
}

struct Bars {
    all: MultiProgress,
    /// Statements of the plan.
    plan: ProgressBar,
}

impl Progress {
    /// Makes one; on a terminal it has bars.
    pub(crate) fn new(quiet: bool, verbose: bool) -> Self {
        let bars = (!quiet && std::io::stderr().is_terminal() && !out::is_dumb()).then(|| {
            let all = MultiProgress::with_draw_target(edge::target());
            let plan = all.add(ProgressBar::new(0));
            plan.set_style(style("{spinner} {pos}/{len} {elapsed} {wide_msg}"));
            Bars { all, plan }
        });
        let step = Step {
            title: String::new(),
            told: Instant::now(),
            bar: None,
            pace: None,
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
        let left = Pace::left(&mut step.pace, done, total, Instant::now());
        if let Some(bars) = &self.bars {
            let bar = step.bar.get_or_insert_with(|| {
                let bar = bars.all.add(ProgressBar::new(total));
                bar.set_style(style(&work_line(edge::width(), total, unit)));
                bar
            });
            bar.set_prefix(unit);
            bar.set_message(left.map_or(String::new(), |left| {
                format!(
                    "{}about {} left",
                    if out::is_ascii() { " - " } else { " · " },
                    time(left)
                )
            }));
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
        let mut step = self.step();
        step.pace = None;
        if let Some(bar) = step.bar.take() {
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

impl Pace {
    /// Returns the time that is left, once something was done since the first look. What begins
    /// again, such as the next phase of an index build, is looked at anew.
    fn left(pace: &mut Option<Self>, done: u64, total: u64, now: Instant) -> Option<Duration> {
        let pace = match pace {
            Some(pace) if pace.last <= done && pace.total == total => pace,
            Some(_) | None => pace.insert(Self {
                since: now,
                first: done,
                last: done,
                total,
            }),
        };
        pace.last = done;
        let (seen, time) = (done - pace.first, now.duration_since(pace.since));
        if seen == 0 || time < Duration::from_secs(1) {
            return None;
        }
        Some(time.mul_f64(total.saturating_sub(done) as f64 / seen as f64))
    }
}

/// `9 s`, `12 min`, `3 h`.
fn time(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..90 => format!("{seconds} s"),
        seconds @ ..5_400 => format!("{} min", (seconds + 30) / 60),
        seconds => format!("{} h", thousands((seconds + 1_800) / 3_600)),
    }
}

/// The line of a statement that says how far it is: with a bar, where there is room for one.
fn work_line(width: usize, total: u64, unit: &str) -> String {
    let number = thousands(total).len();
    let long = "  100% ·  of ~  · about 59 min left".chars().count() + 2 * number + unit.len();
    match width.saturating_sub(long + 1).min(30) {
        bar @ 8.. => format!(
            "  {{bar:{bar}}} {{percent}}% · {{human_pos}} of ~{{human_len}} {{prefix}}{{msg}}"
        ),
        _ if long <= width => "  {percent}% · {human_pos} of ~{human_len} {prefix}{msg}".into(),
        _ => "  {percent}%{msg}".into(),
    }
}

fn style(template: &str) -> ProgressStyle {
    let plain = out::is_ascii();
    let template = if plain {
        ascii(template)
    } else {
        template.to_owned()
    };
    let style = ProgressStyle::with_template(&template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    if plain {
        style.tick_chars("|/-\\ ").progress_chars("#-.")
    } else {
        style
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_known_from_the_pace_since_the_first_look() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut pace = None;
        let mut left = |done, total, seconds| {
            let left = Pace::left(&mut pace, done, total, at(seconds));
            left.map(time)
        };
        // Half of it was done before.
        assert_eq!(left(500, 1_000, 0), None);
        assert_eq!(left(510, 1_000, 2).as_deref(), Some("2 min"));
        assert_eq!(left(750, 1_000, 10).as_deref(), Some("10 s"));
        // Another phase.
        assert_eq!(left(10, 2_000, 12), None);
        assert_eq!(left(20, 2_000, 112).as_deref(), Some("6 h"));
    }

    #[test]
    fn a_line_of_progress_fits_the_terminal() {
        for width in 36..=200 {
            for total in [1, 54_333, 1_999_972, 2_000_000_000_000] {
                let number = thousands(total);
                let line = work_line(width, total, "blocks");
                let bar = line
                    .split_once("{bar:")
                    .and_then(|(_, rest)| rest.split_once('}'));
                let bar = bar.map_or(0, |(n, _)| n.parse().expect("a number"));
                let told = line
                    .replace(&format!("{{bar:{bar}}}"), &"#".repeat(bar))
                    .replace("{percent}", "100")
                    .replace("{human_pos}", &number)
                    .replace("{human_len}", &number)
                    .replace("{prefix}", "blocks")
                    .replace("{msg}", " · about 59 min left");
                assert!(!told.contains('{'), "{told}");
                assert!(told.chars().count() <= width, "{width}: {told}");
                assert!(width < 76 || total > 1_999_972 || bar > 8, "{told}");
            }
        }
    }
}
