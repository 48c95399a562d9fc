//! The main job: show the plan, or carry it out.

use std::path::Path;

use schema_core::Error;
use schema_core::change::display;
use schema_core::db::{self, Done, Outcome, Report, ServerInfo, Session, Source, Stop};
use schema_core::plan::{Plan, Refusal};
use schema_core::report::Header;
use schema_core::report::text::{Paint, ascii};
use schema_core::report::{github, json, markdown, text};
use schema_core::step::HazardKind;
use schema_core::wording::{on_one_line, plural};

use super::record::{self, End};
use super::{Style, header, plan_text, print_plan};
use crate::args::{Common, Format, SyncArgs};
use crate::database::{self, Database};
use crate::progress::Progress;
use crate::source::{SourceArg, models_line};
use crate::{Exit, Failure, files, out};

pub(super) async fn run(common: &Common, args: &SyncArgs) -> Result<Exit, Failure> {
    let database = database::find(common.database_url.as_deref(), args.apply)?;
    // Files are read before a server is asked.
    let desired = args.desired.source(database.family())?;
    let models = (args.desired == SourceArg::Models).then(models_line);
    let models = models.as_deref();
    if args.apply {
        apply(common, args, &database, &desired, models).await
    } else {
        dry_run(common, args, &database, desired, models).await
    }
}

async fn dry_run(
    common: &Common,
    args: &SyncArgs,
    database: &Database,
    desired: Source,
    models: Option<&str>,
) -> Result<Exit, Failure> {
    let mut session = database.open(&common.session(true)).await?;
    let options = common.options(args.prune);
    let mut plan = db::plan_for(&mut session, desired, &options).await?;
    plan.notes.extend(super::missing(&session, database));
    // Who only looks may look: somebody else applies.
    let lacking = db::lacking(&mut session, &plan).await;
    for refusal in lacking.map_err(schema_core::Error::Introspect)? {
        plan.notes.push(format!(
            "apply would be refused: {}: {}; {}",
            refusal.object,
            refusal.message,
            refusal.cures.join(", or ")
        ));
    }
    let header = header("dry run", session.info(), database.remark(), models);
    if let Some(file) = &args.save_plan {
        let report = json::Report::new(&plan, session.info(), super::planned(&plan));
        files::write(file, &report.write())?;
    }
    let style = Style {
        format: args.output.format,
        sql: args.output.sql,
        out: args.output.out.as_deref(),
    };
    let printed = print_plan(&plan, &header, common, &style)?;
    Ok(if !args.exit_code || plan.is_empty() {
        printed
    } else if plan.approve(&common.policy()).is_err() {
        Exit::Refused
    } else {
        Exit::Differs
    })
}

async fn apply(
    common: &Common,
    args: &SyncArgs,
    database: &Database,
    desired: &Source,
    models: Option<&str>,
) -> Result<Exit, Failure> {
    let reviewed = args.plan.as_deref().map(saved).transpose()?;
    // What was applied is told and kept, or nothing is applied.
    if let Some(file) = &args.output.out {
        files::can_write(file)?;
    }
    if let Some(dir) = &args.record {
        files::can_write_in(dir)?;
    }
    let mut opening = common.session(false);
    opening.create_database = args.create_database;
    let mut session = database.open(&opening).await?;
    let info = session.info().clone();
    let header = header("apply", &info, database.remark(), models);
    let exit = apply_on(
        &mut session,
        common,
        args,
        desired,
        reviewed,
        &opening.stop,
        &header,
    )
    .await;
    if !matches!(exit, Ok(Exit::Good)) {
        unmake(session).await;
    }
    exit
}

/// Drops the database that was made for an apply which then made nothing in it.
async fn unmake(session: Session) {
    match session.close_and_unmake().await {
        Ok(None) => {}
        Ok(Some(database)) => out::tell(&format!(
            "database `{database}` was made for this, and is dropped again"
        )),
        Err(error) => out::tell(&format!(
            "note: the database was made for this and stays, with nothing in it: {error}"
        )),
    }
}

/// Carries the plan out on an open database.
async fn apply_on(
    session: &mut Session,
    common: &Common,
    args: &SyncArgs,
    desired: &Source,
    mut reviewed: Option<json::Report>,
    stop: &Stop,
    header: &Header<'_>,
) -> Result<Exit, Failure> {
    let policy = common.policy();
    let options = common.options(args.prune);

    let mut shown = false;
    if !args.yes && !policy.allow.is_empty() && out::can_ask() {
        let plan = db::plan_for(session, desired.clone(), &options).await?;
        let needs = !plan.hazards().is_empty();
        let fits = reviewed
            .as_ref()
            .is_none_or(|it| it.fingerprint == plan.fingerprint);
        if needs && fits && plan.approve(&policy).is_ok() {
            out::tell_verbatim(&plan_text(&plan, header, common, None));
            if !out::ask("This plan has hazards that you allowed. Apply it?") {
                out::tell("not applied: nothing was changed");
                return Ok(Exit::Refused);
            }
            shown = out::is_terminal();
            // What was agreed to, and nothing else.
            reviewed = Some(json::Report::new(
                &plan,
                header.server,
                super::planned(&plan),
            ));
        }
    }

    let progress = Progress::new(common.quiet, common.verbose);
    let mut events = |event| progress.on(event);
    let work = db::sync_expecting(
        session,
        desired,
        &options,
        &policy,
        reviewed.as_ref(),
        &mut events,
    );
    let report = until_done(work, stop, &progress).await;
    progress.finish();
    let Some(report) = report? else {
        out::tell(
            "interrupted: the server was not waited for; the next run looks at what stands, and goes on from there",
        );
        return Ok(Exit::Error);
    };
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            let failure = Failure::from(&error);
            if let Error::Apply(stopped) = &error {
                // The reason is told whatever becomes of the record.
                let end = End::Stopped(&failure.to_string());
                if let Err(second) = recorded(args, &stopped.done, &end, header.server) {
                    out::error(&second);
                }
            }
            return Err(failure);
        }
    };
    let told = if shown && told_by_ending(&report, args) {
        ending_text(&report, common, None)
    } else {
        told(&report, header, common, args)
    };
    let printed = out::print_to(args.output.out.as_deref(), &told);
    recorded(args, &report.done, &End::Finished, header.server)?;
    printed?;
    Ok(match report.outcome {
        Outcome::InSync | Outcome::Applied => Exit::Good,
        Outcome::Refused(_) => Exit::Refused,
        Outcome::Drifted(_) => Exit::Error,
    })
}

/// Keeps what stands, where that was asked for.
fn recorded(
    args: &SyncArgs,
    done: &[Done],
    end: &End<'_>,
    server: &ServerInfo,
) -> Result<(), Failure> {
    let Some(dir) = args.record.as_deref().filter(|_| !done.is_empty()) else {
        return Ok(());
    };
    let file = record::write(dir, done, end, server)
        .map_err(|failure| Failure::new(format!("what was applied is not recorded: {failure}")))?;
    out::tell(&format!("recorded in {}", file.display()));
    Ok(())
}

fn saved(path: &Path) -> Result<json::Report, Failure> {
    let text = files::read(path)?;
    json::Report::read(&text)
        .map_err(|reason| Failure::new(format!("`{}`: {reason}", path.display())))
}

/// Waits for the work. When the reader interrupts it, it is asked to stop, and still waited for;
/// `None` when that takes too long for the reader, who interrupts again.
async fn until_done<T>(
    work: impl Future<Output = T>,
    stop: &Stop,
    progress: &Progress,
) -> Result<Option<T>, Failure> {
    let mut work = std::pin::pin!(work);
    let mut signals = Signals::listen()?;
    tokio::select! {
        done = &mut work => return Ok(Some(done)),
        () = signals.next() => {}
    }
    stop.request();
    progress.line("stopping: the statement in hand is cancelled and rolled back");
    tokio::select! {
        done = &mut work => Ok(Some(done)),
        () = signals.next() => Ok(None),
    }
}

/// Ctrl-C and, on Unix, SIGTERM.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |error| Failure::new(format!("cannot listen to signals: {error}"));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    #[cfg(not(unix))]
    fn listen() -> Result<Self, Failure> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Tells what was done.
fn told(
    report: &Report,
    header: &schema_core::report::Header<'_>,
    common: &Common,
    args: &SyncArgs,
) -> String {
    let plan = &report.plan;
    match args.output.format {
        Format::Json => {
            let json = json::Report::new(plan, header.server, word(&report.outcome));
            match &report.outcome {
                Outcome::Refused(refusals) => json.refused(refusals).write(),
                Outcome::InSync | Outcome::Applied | Outcome::Drifted(_) => json.write(),
            }
        }
        Format::Markdown => {
            let mut out = markdown::markdown(plan, header);
            if !plan.is_empty() {
                out.push_str(&format!("\n{}\n", ending(report, None, &text::plain)));
            }
            out
        }
        Format::Github => {
            let mut out = github::github(plan, header);
            if !plan.is_empty() {
                github::ending(
                    &mut out,
                    &report.outcome,
                    &ending(report, None, &text::plain),
                );
            }
            out
        }
        Format::Text => {
            let file = args.output.out.as_deref();
            let mut told = plan_text(plan, header, common, file);
            if !matches!(report.outcome, Outcome::InSync) {
                told.push_str(&ending_text(report, common, file));
            }
            told
        }
    }
}

/// Tells whether the end is all that a reader wants who has just seen the plan and agreed to it.
fn told_by_ending(report: &Report, args: &SyncArgs) -> bool {
    args.output.format == Format::Text
        && args.output.out.is_none()
        && matches!(report.outcome, Outcome::Applied)
}

/// Writes how it ended as text; a file is not painted.
fn ending_text(report: &Report, common: &Common, file: Option<&Path>) -> String {
    let paint: &dyn Fn(Paint, &str) -> String = match file {
        Some(_) => &text::plain,
        None => &out::paint,
    };
    let width = file.is_none().then(out::width).flatten();
    let end = format!("{}\n", ending(report, width, paint));
    if common.ascii { ascii(&end) } else { end }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::InSync => "in_sync",
        Outcome::Applied => "applied",
        Outcome::Refused(_) => "refused",
        Outcome::Drifted(_) => "drifted",
    }
}

fn ending(report: &Report, width: Option<usize>, paint: &dyn Fn(Paint, &str) -> String) -> String {
    let millis: u64 = report.done.iter().map(|done| done.millis).sum();
    let ran = format!(
        "{} in {}.{:03} s",
        plural(report.done.len(), "statement", "statements"),
        millis / 1_000,
        millis % 1_000
    );
    match &report.outcome {
        Outcome::InSync => "In sync: nothing to do".into(),
        Outcome::Applied => paint(Paint::Good, &format!("Applied: {ran} · now in sync")),
        Outcome::Refused(refusals) => {
            let new = untold(refusals, &report.plan);
            let end = paint(Paint::Warn, "Refused: nothing was changed");
            format!("{}{end}", text::refusals(&new, width, paint))
        }
        Outcome::Drifted(changes) => {
            let mut end = format!("Applied: {ran}, but these differences are still there:\n");
            if changes.is_empty() {
                end.push_str("  see sync --dry-run\n");
            }
            for change in changes {
                let line = display::line(change);
                let table = change
                    .table()
                    .map_or(String::new(), |table| format!("{table} "));
                end.push_str(&format!(
                    "  {}{} {} {}\n",
                    on_one_line(&table),
                    line.sign,
                    line.kind,
                    on_one_line(&line.text)
                ));
            }
            end.push_str("cure: run it again; if they stay, report a bug with `sync dump`");
            paint(Paint::Warn, &end)
        }
    }
}

/// The refusals that the plan does not tell itself.
fn untold(refusals: &[Refusal], plan: &Plan) -> Vec<Refusal> {
    let hazard = |refusal: &Refusal| {
        HazardKind::ALL
            .into_iter()
            .any(|kind| kind.word() == refusal.object)
    };
    refusals
        .iter()
        .filter(|refusal| !plan.refusals.contains(refusal) && !hazard(refusal))
        .cloned()
        .collect()
}
