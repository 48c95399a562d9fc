//! The one place that writes to the terminal: reports to standard output, the rest to standard error.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use colored::Colorize;
use schema_core::report::text::{Paint, ascii, wrap};
use schema_core::wording::visible;

use crate::{Failure, database, files};

/// When to paint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Decides whether anything is painted.
pub(crate) fn set_colour(colour: Colour) {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let on = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if set("NO_COLOR") => false,
        Colour::Auto if set("CLICOLOR_FORCE") => {
            std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0")
        }
        Colour::Auto => is_terminal() && !is_dumb(),
    };
    colored::control::set_override(on);
}

/// Tells whether the terminal only writes line after line.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Tells whether what is printed will be read where only ASCII is shown.
pub(crate) fn ascii_alone() -> bool {
    let value = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
    let locale = value("LC_ALL")
        .or_else(|| value("LC_CTYPE"))
        .or_else(|| value("LANG"));
    // No locale at all is a container, whose log is UTF-8.
    let other = locale.is_some_and(|it| {
        let it = it.to_ascii_lowercase();
        !it.contains("utf-8") && !it.contains("utf8")
    });
    // The console of Linux has no letters for the signs.
    let console = matches!(value("TERM").as_deref(), Some("linux" | "dumb"));
    other || (console && is_terminal())
}

/// Returns the width of the terminal that reads the report; of what is no terminal, when
/// `COLUMNS` tells.
pub(crate) fn width() -> Option<usize> {
    let of_terminal = terminal_size::terminal_size_of(std::io::stdout());
    let columns = || std::env::var("COLUMNS").ok()?.trim().parse().ok();
    let width = of_terminal.map(|(width, _)| usize::from(width.0));
    width.or_else(columns).map(|width: usize| width.max(40))
}

/// Paints a piece of text.
pub(crate) fn paint(paint: Paint, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    match paint {
        Paint::Good => text.green(),
        Paint::Info => text.cyan(),
        Paint::Warn => text.yellow(),
        Paint::Bold => text.bold(),
        Paint::Dim => text.dimmed(),
    }
    .to_string()
}

/// Why standard output could not be written to.
static LOST: OnceLock<String> = OnceLock::new();

/// Signs are ASCII.
static PLAIN: AtomicBool = AtomicBool::new(false);

/// Lets what is told have no signs but ASCII.
pub(crate) fn set_ascii(on: bool) {
    PLAIN.store(on, Ordering::Relaxed);
}

/// Tells whether signs are ASCII.
pub(crate) fn is_ascii() -> bool {
    PLAIN.load(Ordering::Relaxed)
}

/// Writes to standard output. A reader that went away is no error; another one is kept for
/// [`lost`].
pub(crate) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes());
    if let Err(error) = written.and_then(|()| stdout.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.get_or_init(|| files::reason(&error));
    }
}

/// Says why a part of what was printed is lost, if it is.
pub(crate) fn lost() -> Option<Failure> {
    let reason = LOST.get()?;
    let message = format!("standard output: cannot be written to: {reason}");
    Some(Failure::new(message))
}

/// Writes to a file, or to standard output without one.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn print_to(file: Option<&Path>, text: &str) -> Result<(), Failure> {
    match file {
        Some(path) => files::write(path, text),
        None => {
            print(text);
            Ok(())
        }
    }
}

/// Tells progress, on standard error; on a terminal its lines are broken at blanks.
pub(crate) fn tell(text: &str) {
    let of_terminal = terminal_size::terminal_size_of(std::io::stderr());
    let width = of_terminal.map(|(width, _)| usize::from(width.0).max(40));
    let text = visible(text);
    let text = if is_ascii() {
        ascii(&text)
    } else {
        text.into_owned()
    };
    let lines = text.trim_end().lines().map(|line| {
        let own = line.len() - line.trim_start().len();
        wrap(line, width, own + 2)
    });
    tell_verbatim(&lines.collect::<Vec<_>>().join("\n"));
}

/// Tells what is set already.
pub(crate) fn tell_verbatim(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "{}", database::redact(text));
}

/// Tells what went wrong, on standard error.
pub(crate) fn error(message: &impl Display) {
    tell(&format!("error: {message}"));
}

/// Asks for a yes; only a terminal can give one.
pub(crate) fn ask(question: &str) -> bool {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "{question} [y/N] ");
    let _ = stderr.flush();
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Tells whether reports go to a terminal.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Tells whether somebody is there to be asked.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}
