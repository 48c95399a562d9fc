//! The arguments.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use schema_core::db::{Options, SessionOptions, Stop};
use schema_core::plan::{PlanOptions, Policy};
use schema_core::scope::Scope;
use schema_core::step::{HazardKind, Timeouts};

use crate::out::Colour;
use crate::source::SourceArg;

/// Shows what a database lacks to be what the models say, and does it.
///
/// Without --apply nothing is changed.
#[derive(Parser)]
#[command(
    name = "sync",
    version,
    subcommand_negates_reqs = true,
    after_help = "Exit codes: 0 in sync, or applied and converged; 1 an error; 2 differences \
                  (verify, --exit-code); 3 refused, nothing was changed"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) sync: SyncArgs,
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options of every command.
#[derive(Args, Clone)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Common {
    /// The database; else DATABASE_URL, else .env, else the embedded dev.db
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Also statements, with lock and cost, and everything that is in sync
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Only the outcome and what stands in the way
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Colour,
    /// Signs of ASCII alone
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Tables to look at: globs such as orders_* or shop.*; can be given again
    #[arg(long, global = true, value_delimiter = ',', value_name = "GLOB")]
    pub(crate) only: Vec<String>,
    /// Tables not to look at
    #[arg(long, global = true, value_delimiter = ',', value_name = "GLOB")]
    pub(crate) ignore: Vec<String>,
    /// How long a lock is waited for, per try: 500ms, 2s
    #[arg(long, global = true, default_value = "2s", value_parser = crate::duration::parse, value_name = "TIME")]
    pub(crate) lock_timeout: Duration,
    /// How long one statement may run; without it there is no limit
    #[arg(long, global = true, value_parser = crate::duration::parse, value_name = "TIME")]
    pub(crate) statement_timeout: Option<Duration>,
    /// How often a lock is tried again
    #[arg(long, global = true, default_value_t = 10, value_name = "N")]
    pub(crate) retries: u32,
    /// How long another run is waited for
    #[arg(long, global = true, default_value = "5m", value_parser = crate::duration::parse, value_name = "TIME")]
    pub(crate) wait: Duration,
    /// Up to so many rows and bytes a table blocks nobody for long; 0 for none. Without a size it
    /// grows with the rows
    #[arg(long, global = true, default_value = "10000,16MB", value_parser = small_table, value_name = "ROWS[,SIZE]")]
    pub(crate) small_table: SmallTable,
    /// Hazards that are accepted: data_loss, narrowing, rewrite, blocking_scan, blocking_index,
    /// breaks_running_app, recreates; or all
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        value_parser = allowed(),
        hide_possible_values = true,
        value_name = "KIND"
    )]
    pub(crate) allow: Vec<Allowed>,
}

impl Common {
    /// Returns what a session is opened with.
    pub(crate) fn session(&self, read_only: bool) -> SessionOptions {
        SessionOptions {
            lock_timeout: self.lock_timeout,
            statement_timeout: self.statement_timeout,
            retries: self.retries,
            wait: self.wait,
            create_database: false,
            read_only,
            stop: Stop::default(),
        }
    }

    /// Returns how long a statement of a script waits and runs.
    pub(crate) fn timeouts(&self) -> Timeouts {
        Timeouts {
            lock: self.lock_timeout,
            statement: self.statement_timeout,
        }
    }

    /// Returns what is looked at.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            namespaces: None,
            only: self.only.clone(),
            ignore: self.ignore.clone(),
        }
    }

    /// Returns what is compared, and how.
    pub(crate) fn options(&self, prune: bool) -> Options {
        Options {
            prune,
            scope: self.scope(),
            plan: PlanOptions {
                small_rows: self.small_table.rows,
                small_bytes: self.small_table.bytes,
                ..PlanOptions::default()
            },
        }
    }

    /// Returns the hazards that are accepted.
    pub(crate) fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        for allowed in &self.allow {
            match allowed {
                Allowed::All => return Policy::all(),
                Allowed::Kind(kind) => {
                    policy.allow.insert(*kind);
                }
            }
        }
        policy
    }
}

/// Options of the main job.
#[derive(Args)]
pub(crate) struct SyncArgs {
    /// Show what would be done (the default)
    #[arg(long, conflicts_with = "apply")]
    pub(crate) dry_run: bool,
    /// Make the database what the models say
    #[arg(long)]
    pub(crate) apply: bool,
    /// What to make the database look like: models, a database URL, or a snapshot file
    #[arg(
        long,
        default_value = "models",
        hide_default_value = true,
        value_name = "SOURCE"
    )]
    pub(crate) desired: SourceArg,
    /// Also drop what no model names, in the schemas that models use
    #[arg(long)]
    pub(crate) prune: bool,
    /// Create the database when it is missing
    #[arg(long)]
    pub(crate) create_database: bool,
    #[command(flatten)]
    pub(crate) output: Output,
    /// Save the plan, to be reviewed and applied with --plan
    #[arg(long, conflicts_with_all = ["apply", "plan", "record"], value_name = "FILE")]
    pub(crate) save_plan: Option<PathBuf>,
    /// Apply exactly this plan, or refuse because the database or the models have changed
    #[arg(long, requires = "apply", conflicts_with_all = ["dry_run", "exit_code", "sql"], value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// Exit with 2 when changes are pending, with 3 when apply would refuse the plan
    #[arg(long, conflicts_with = "apply")]
    pub(crate) exit_code: bool,
    /// Keep what was run as a dated .sql file (never read back)
    #[arg(long, requires = "apply", conflicts_with_all = ["dry_run", "exit_code", "sql"], value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// Do not ask
    #[arg(short = 'y', long)]
    pub(crate) yes: bool,
}

impl Cli {
    /// Reads the arguments. No other command swallows an option of the main job.
    ///
    /// # Errors
    ///
    /// What is wrong with them, or the help that was asked for.
    pub(crate) fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let matches = match command.try_get_matches_from_mut(arguments) {
            Ok(matches) => matches,
            Err(error) => return Err(as_option(&mut command, error)),
        };
        if let Some(name) = matches.subcommand_name() {
            let of_the_job = SyncArgs::augment_args(clap::Command::new("sync"));
            let given = of_the_job.get_arguments().find(|argument| {
                matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
            });
            if let Some(option) = given.and_then(Arg::get_long) {
                let message = format!(
                    "--{option} before `{name}` is an option of the main job: leave `{name}` out, \
                     or see `sync {name} --help`"
                );
                return Err(command.error(ErrorKind::ArgumentConflict, message));
            }
        }
        Self::from_arg_matches(&matches)
    }
}

/// Says of a command that there is none, `apply`, that there is an option of this name.
fn as_option(command: &mut clap::Command, error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let is_option = |it: &Arg| it.get_long() == Some(word.as_str());
    if !command.get_arguments().any(is_option) {
        return error;
    }
    let message = format!("`{word}` is no command; write it as an option: --{word}");
    command.error(ErrorKind::InvalidSubcommand, message)
}

/// What is printed, and where.
#[derive(Args)]
pub(crate) struct Output {
    /// Print the plan as an SQL script that can be run twice
    #[arg(long, conflicts_with_all = ["format", "apply"])]
    pub(crate) sql: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Print to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// A format of reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    #[default]
    Text,
    /// For programs; versioned
    Json,
    /// For a pull-request comment
    Markdown,
    /// For the log of a GitHub workflow, which shows its lines at the models
    Github,
}

/// A format of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocsFormat {
    /// One file that a forge shows, with a Mermaid diagram
    Markdown,
    /// One page that needs nothing else, with a search
    Html,
}

/// Sizes below which a table blocks nobody for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SmallTable {
    rows: u64,
    bytes: u64,
}

fn small_table(text: &str) -> Result<SmallTable, String> {
    let expected = || "expected rows, or rows and a size: 10000, 10000,16MB, 0".to_owned();
    let (rows, size) = match text.split_once(',') {
        Some((rows, size)) => (rows, Some(size.trim())),
        None => (text, None),
    };
    let rows: u64 = rows.trim().parse().map_err(|_| expected())?;
    let default = PlanOptions::default();
    let bytes = match size {
        None => rows.saturating_mul(default.small_bytes) / default.small_rows,
        Some(size) => {
            let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let number: u64 = digits.trim().parse().map_err(|_| expected())?;
            let unit: u64 = match size[digits.len()..].to_ascii_lowercase().as_str() {
                "" | "b" => 1,
                "k" | "kb" | "kib" => 1 << 10,
                "m" | "mb" | "mib" => 1 << 20,
                "g" | "gb" | "gib" => 1 << 30,
                _ => return Err(expected()),
            };
            number.saturating_mul(unit)
        }
    };
    Ok(SmallTable { rows, bytes })
}

/// One word of `--allow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Every hazard.
    All,
    /// One kind.
    Kind(HazardKind),
}

/// The words are known to completions.
fn allowed() -> impl TypedValueParser<Value = Allowed> {
    let words = HazardKind::ALL.into_iter().map(HazardKind::word);
    PossibleValuesParser::new(words.chain(["all"])).map(|word| {
        let kind = HazardKind::ALL.into_iter().find(|it| it.word() == word);
        kind.map_or(Allowed::All, Allowed::Kind)
    })
}

/// The other jobs.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Say whether the database is what the models say: exit code 0 or 2
    Verify(VerifyArgs),
    /// Show the plan that turns one schema into another
    Diff(DiffArgs),
    /// Write a schema as a snapshot, or as a script that creates it
    Dump(DumpArgs),
    /// Write Rust models from an existing database
    Introspect(IntrospectArgs),
    /// Write the schema as Markdown or HTML with an entity-relationship diagram
    Docs(DocsArgs),
    /// Say whether everything is set up
    Doctor,
    /// Write completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a manual page for each command
    Man {
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// Options of `verify`.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// What the database should look like
    #[arg(
        long,
        default_value = "models",
        hide_default_value = true,
        value_name = "SOURCE"
    )]
    pub(crate) desired: SourceArg,
    #[command(flatten)]
    pub(crate) output: VerifyOutput,
}

/// What `verify` prints, and where.
#[derive(Args)]
pub(crate) struct VerifyOutput {
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Print to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Options of `diff`.
#[derive(Args)]
pub(crate) struct DiffArgs {
    /// Models, a database URL, or a snapshot file
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: SourceArg,
    /// Models, a database URL, or a snapshot file
    #[arg(long, value_name = "SOURCE")]
    pub(crate) to: SourceArg,
    /// Also drop what only the first has
    #[arg(long)]
    pub(crate) prune: bool,
    /// Print the plan as an SQL script that can be run twice
    #[arg(long, conflicts_with = "format")]
    pub(crate) sql: bool,
    /// Exit with 2 when they differ
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) output: VerifyOutput,
}

/// Options of `dump`.
#[derive(Args)]
pub(crate) struct DumpArgs {
    /// Models, a database URL, or a snapshot file; if left out, the database of --database-url,
    /// DATABASE_URL, .env, or dev.db
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Option<SourceArg>,
    /// A script that creates it
    #[arg(long)]
    pub(crate) sql: bool,
    /// Print to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Options of `introspect`.
#[derive(Args)]
pub(crate) struct IntrospectArgs {
    /// The folder to write to; without it the models are printed. With --single-file, the file
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite files that somebody else wrote, and generated parts that were changed by hand
    #[arg(long)]
    pub(crate) force: bool,
    /// All models in one file
    #[arg(long)]
    pub(crate) single_file: bool,
    /// Name structs in the singular: table `orders`, struct `Order`
    #[arg(long)]
    pub(crate) singular: bool,
}

/// Options of `docs`.
#[derive(Args)]
pub(crate) struct DocsArgs {
    /// Models, a database URL, or a snapshot file; if left out, the database of --database-url,
    /// else models
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Option<SourceArg>,
    /// Print to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// How to write it; without it html for a file that ends so, else markdown
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<DocsFormat>,
    /// Put the list of tables between the two markers of a file
    #[arg(long, value_name = "FILE")]
    pub(crate) inject: Option<PathBuf>,
    /// Write nothing, and exit with 2 when a file is stale; docs/schema.md, or .html, without --out
    #[arg(long)]
    pub(crate) check: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_table_has_rows_and_bytes() {
        const MB: u64 = 1 << 20;
        for (text, rows, bytes) in [
            ("10000", 10_000, 16 * MB),
            ("20000", 20_000, 32 * MB),
            ("10000,1GB", 10_000, 1024 * MB),
            ("5, 64 kb", 5, 64 << 10),
            ("0", 0, 0),
        ] {
            assert_eq!(small_table(text), Ok(SmallTable { rows, bytes }), "{text}");
        }
        for wrong in ["", "x", "1,x", "1,5XB", "16MB", "-1"] {
            assert!(small_table(wrong).is_err(), "{wrong}");
        }
    }
}
