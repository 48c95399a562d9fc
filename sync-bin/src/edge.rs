//! A terminal whose last columns stay empty, so that the `^C` of an interruption has room: where it
//! begins another line, a line of progress stays behind.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use console::{Term, measure_text_width};
use indicatif::{ProgressDrawTarget, TermLike};

/// The columns that stay empty.
const EMPTY: u16 = 4;

/// Returns standard error as where bars are drawn.
pub(crate) fn target() -> ProgressDrawTarget {
    ProgressDrawTarget::term_like_with_hz(Box::new(Edge::new(Term::buffered_stderr())), 20)
}

/// Returns how many columns may be written to.
pub(crate) fn width() -> usize {
    Edge::new(Term::stderr()).width().into()
}

#[derive(Debug)]
struct Edge<T> {
    term: T,
    /// Where the cursor is.
    column: AtomicUsize,
}

impl<T: TermLike> Edge<T> {
    fn new(term: T) -> Self {
        let column = AtomicUsize::new(0);
        Self { term, column }
    }

    fn begin_line(&self) {
        self.column.store(0, Ordering::Relaxed);
    }
}

impl<T: TermLike> TermLike for Edge<T> {
    fn width(&self) -> u16 {
        self.term.width().saturating_sub(EMPTY)
    }

    fn height(&self) -> u16 {
        self.term.height()
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.begin_line();
        self.term.write_line(text)
    }

    /// Begins another line where the terminal would, were it this narrow: each line is written, and
    /// then filled with blanks.
    fn write_str(&self, text: &str) -> io::Result<()> {
        if text == "\r" {
            self.begin_line();
        } else if !text.is_empty() {
            if self.column.load(Ordering::Relaxed) >= self.width().into() {
                self.term.write_str("\r\n")?;
                self.begin_line();
            }
            let width = measure_text_width(text);
            self.column.fetch_add(width, Ordering::Relaxed);
        }
        self.term.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.begin_line();
        self.term.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.term.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

    use super::*;

    /// A terminal of 20 columns, with what was written to it last.
    #[derive(Clone, Debug, Default)]
    struct Fake(Arc<Mutex<String>>);

    impl TermLike for Fake {
        fn width(&self) -> u16 {
            20
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            self.0.lock().expect("no one panics").clear();
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)?;
            self.write_str("\r\n")
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().expect("no one panics").push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_last_columns_of_each_line_stay_empty() {
        let fake = Fake::default();
        let target = Box::new(Edge::new(fake.clone()));
        let all =
            MultiProgress::with_draw_target(ProgressDrawTarget::term_like_with_hz(target, 255));
        let bars = [(); 2].map(|()| {
            let bar = all.add(ProgressBar::new(9));
            bar.set_style(ProgressStyle::with_template("{pos} {wide_msg}").expect("a template"));
            bar
        });
        bars[0].set_message("short");
        bars[1].set_message("a line that is cut off");
        std::thread::sleep(Duration::from_millis(20));
        bars[0].tick();
        let told = fake.0.lock().expect("no one panics").replace('\r', "");
        let lines: Vec<&str> = told.split('\n').collect();
        assert_eq!(lines, ["0 short         ", "0 a line that is"]);
    }
}
