//! The jobs, one per file.

mod completions;
mod diff;
mod docs;
mod doctor;
mod dump;
mod introspect;
mod man;
mod record;
mod sync;
mod verify;

use std::path::Path;

use schema_core::db::{self, ServerInfo};
use schema_core::plan::Plan;
use schema_core::report::text::TextOptions;
use schema_core::report::{Header, github, json, markdown, text};

use crate::args::{Cli, Command, Common, Format};
use crate::{Exit, Failure, out};

/// Does the job.
///
/// # Errors
///
/// What went wrong.
pub(crate) async fn run(cli: Cli) -> Result<Exit, Failure> {
    let common = &cli.common;
    match cli.command {
        None => sync::run(common, &cli.sync).await,
        Some(Command::Verify(args)) => verify::run(common, &args).await,
        Some(Command::Diff(args)) => diff::run(common, &args).await,
        Some(Command::Dump(args)) => dump::run(common, &args).await,
        Some(Command::Introspect(args)) => introspect::run(common, &args).await,
        Some(Command::Docs(args)) => docs::run(common, &args).await,
        Some(Command::Doctor) => doctor::run(common).await,
        Some(Command::Completions { shell }) => Ok(completions::run(shell)),
        Some(Command::Man { out }) => man::run(&out),
    }
}

/// How a plan is printed.
struct Style<'a> {
    format: Format,
    sql: bool,
    out: Option<&'a Path>,
}

/// Prints a plan of which nothing was done.
fn print_plan(
    plan: &Plan,
    header: &Header<'_>,
    common: &Common,
    style: &Style<'_>,
) -> Result<(), Failure> {
    let text = if style.sql {
        if !plan.refusals.is_empty() {
            let told = text::refusals(&plan.refusals, None, &text::plain);
            return Err(Failure::new(format!("there is no script\n{told}")));
        }
        db::script(plan, &common.timeouts())
    } else {
        match style.format {
            Format::Text => plan_text(plan, header, common, style.out),
            Format::Json => json::Report::new(plan, header.server, planned(plan)).write(),
            Format::Markdown => markdown::markdown(plan, header),
            Format::Github => github::github(plan, header),
        }
    };
    out::print_to(style.out, &text)
}

fn planned(plan: &Plan) -> &'static str {
    if plan.is_empty() {
        "in_sync"
    } else {
        "planned"
    }
}

/// Writes a plan as text; a file is not painted.
fn plan_text(plan: &Plan, header: &Header<'_>, common: &Common, file: Option<&Path>) -> String {
    let options = TextOptions {
        verbose: common.verbose,
        quiet: common.quiet,
        ascii: common.ascii,
        allow: common.policy().allow,
        width: file.is_none().then(out::width).flatten(),
    };
    if file.is_some() {
        text::text(plan, header, &options, &text::plain)
    } else {
        text::text(plan, header, &options, &out::paint)
    }
}

/// Makes the header of a report.
fn header<'a>(
    mode: &'a str,
    server: &'a ServerInfo,
    remark: Option<&'a str>,
    models_line: Option<&'a str>,
) -> Header<'a> {
    Header {
        mode,
        server,
        remark,
        models_line,
    }
}
