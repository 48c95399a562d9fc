//! The command line: shows what a database lacks to be what the models say, and does it.
//!
//! An application makes its own binary of it, with its models linked in:
//!
//! ```ignore
//! sync_bin::main!(my_models);
//! ```

mod args;
mod command;
mod database;
mod duration;
mod edge;
mod failure;
mod files;
mod out;
mod progress;
mod source;

use std::ffi::OsString;
use std::process::ExitCode;

pub(crate) use failure::{Exit, Failure};

/// Makes the `main` of a binary whose models are in the named crates.
#[macro_export]
macro_rules! main {
    ($($krate:ident),+ $(,)?) => {
        // Links the models in: nothing else names the crates.
        $(use $krate as _;)+

        fn main() -> ::std::process::ExitCode {
            $crate::run()
        }
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "names the crates that have models, with commas between them: `sync_bin::main!(my_models);`"
        );

        fn main() {}
    };
}

/// Runs the command line with the arguments of this process.
pub fn run() -> ExitCode {
    let arguments = without_sync(std::env::args_os().collect());
    let mut cli = match args::Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            out::tell_verbatim(error.render().to_string().trim_end());
            return Exit::Error.into();
        }
        Err(error) => {
            out::print(&error.render().to_string());
            return match out::lost() {
                Some(failure) => {
                    out::error(&failure);
                    Exit::Error.into()
                }
                None => Exit::Good.into(),
            };
        }
    };
    out::set_colour(cli.common.color);
    cli.common.ascii |= out::ascii_alone();
    out::set_ascii(cli.common.ascii);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(command::run(cli)),
        Err(error) => Err(Failure::new(format!("cannot start: {error}"))),
    };
    match outcome.and_then(|exit| out::lost().map_or(Ok(exit), Err)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            out::error(&failure);
            Exit::Error.into()
        }
    }
}

/// `cargo run sync --dry-run` and `sync --dry-run` are the same.
fn without_sync(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|word| word == "sync") {
        arguments.remove(1);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        args::Cli::command().debug_assert();
    }

    #[test]
    fn the_word_sync_is_optional() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(
            without_sync(words(&["sync", "sync", "--apply"])),
            words(&["sync", "--apply"])
        );
        assert_eq!(
            without_sync(words(&["sync", "verify"])),
            words(&["sync", "verify"])
        );
    }
}
