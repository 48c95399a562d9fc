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

use schema_core::db::{self, ServerInfo, Session};
use schema_core::plan::Plan;
use schema_core::report::text::TextOptions;
use schema_core::report::{Header, github, json, markdown, text};

use crate::args::{Cli, Command, Common, Format};
use crate::database::{Database, Origin};
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

/// Prints a plan of which nothing was done, and returns how the run ends: [`Exit::Refused`] where
/// a script was asked for that there cannot be.
fn print_plan(
    plan: &Plan,
    header: &Header<'_>,
    common: &Common,
    style: &Style<'_>,
) -> Result<Exit, Failure> {
    let text = if style.sql {
        match script(plan, common) {
            Some(script) => script,
            None => return Ok(Exit::Refused),
        }
    } else {
        match style.format {
            Format::Text => plan_text(plan, header, common, style.out),
            Format::Json => json::Report::new(plan, header.server, planned(plan)).write(),
            Format::Markdown => markdown::markdown(plan, header),
            Format::Github => github::github(plan, header),
        }
    };
    out::print_to(style.out, &text)?;
    Ok(Exit::Good)
}

/// Writes a plan as a script, or tells why there is none.
fn script(plan: &Plan, common: &Common) -> Option<String> {
    if plan.refusals.is_empty() {
        return Some(db::script(plan, &common.timeouts()));
    }
    let told = text::refusals(&plan.refusals, None, &text::plain);
    out::error(&format!("there is no script\n{told}"));
    None
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

/// Says that a file is not there which somebody named: it may be misspelled.
fn missing(session: &Session, database: &Database) -> Option<String> {
    let named = database.origin != Origin::Default;
    (named && session.is_missing()).then(|| {
        let path = &session.info().database;
        format!("`{path}` does not exist: an apply makes it; if it should be there, check the path")
    })
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
