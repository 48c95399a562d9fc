//! Says whether everything is set up, and what to do where it is not.

mod release;

use std::path::Path;
use std::time::Duration;

use schema_core::db::{self, Checkup, Source};
use schema_core::export::docs;
use schema_core::plan::Refusal;
use schema_core::report::server_line;
use schema_core::report::text::{Paint, ascii, wrap};
use schema_core::schema::Family;
use schema_core::wording::plural;

use self::release::Release;
use crate::args::Common;
use crate::database::{self, Origin};
use crate::{Exit, Failure, files, out, source};

/// What a skewed clock makes wrong is the date of a record, and what is read from logs.
const CLOCK: Duration = Duration::from_secs(60);

/// Counts what is wrong.
struct Doctor {
    ill: bool,
}

impl Doctor {
    fn good(&self, what: &str, text: &str) {
        line(Paint::Good, "✓", what, text);
    }

    fn remark(&self, what: &str, text: &str) {
        line(Paint::Info, "ℹ", what, text);
    }

    fn bad(&mut self, what: &str, text: &str) {
        self.ill = true;
        line(Paint::Warn, "⚠", what, &database::redact(text));
    }

    /// What is wrong, and what to do.
    fn ill(&mut self, what: &str, text: &str, cure: &str) {
        self.bad(what, &format!("{text}\ncure: {cure}"));
    }
}

/// Where the text of a line begins.
const INDENT: usize = 19;

fn line(paint: Paint, sign: &str, what: &str, text: &str) {
    let indent = " ".repeat(INDENT);
    let whole = format!(
        "  {sign} {what:<14} {}",
        text.replace('\n', &format!("\n{indent}"))
    );
    let lines = whole.lines().map(|line| wrap(line, out::width(), INDENT));
    let told = lines.collect::<Vec<_>>().join("\n");
    // Painted last: colours have no width.
    let told = told.replacen(sign, &out::paint(paint, sign), 1);
    let told = if out::is_ascii() { ascii(&told) } else { told };
    out::print(&format!("{told}\n"));
}

pub(super) async fn run(common: &Common) -> Result<Exit, Failure> {
    let mut doctor = Doctor { ill: false };
    let family = match database::find(common.database_url.as_deref(), false) {
        Ok(named) => {
            let text = match named.origin {
                Origin::Option => "from --database-url",
                Origin::Environment => "from the environment, DATABASE_URL",
                Origin::File => "from .env, DATABASE_URL",
                Origin::Default => "dev.db, the embedded default: no DATABASE_URL is set",
            };
            match (named.origin, database::deployed()) {
                (Origin::Default, Some(variable)) => {
                    let text = format!("none, and {variable} is set, so an apply needs one");
                    let cure = "set DATABASE_URL, or give --database-url";
                    doctor.ill("database URL", &text, cure);
                }
                (Origin::Default, None) => doctor.remark("database URL", text),
                (Origin::Option | Origin::Environment | Origin::File, _) => {
                    doctor.good("database URL", text);
                }
            }
            models(&mut doctor, named.family());
            connection(&mut doctor, common, &named.url).await;
            named.family()
        }
        Err(failure) => {
            doctor.bad("database URL", &failure.to_string());
            models(&mut doctor, Family::Postgres);
            Family::Postgres
        }
    };
    documentation(&mut doctor, family);
    deployment(&mut doctor, &release::read(Path::new("."), &program()));
    Ok(if doctor.ill { Exit::Error } else { Exit::Good })
}

fn models(doctor: &mut Doctor, family: Family) {
    match source::models(family) {
        Ok(_) => doctor.good("models", &source::models_line()),
        Err(failure) => doctor.bad("models", &failure.to_string()),
    }
}

async fn connection(doctor: &mut Doctor, common: &Common, url: &str) {
    let mut session = match database::open(url, &common.session(true)).await {
        Ok(session) => session,
        Err(error) => return doctor.bad("connection", &error.to_string()),
    };
    let server_line = server_line(session.info());
    if session.is_missing() {
        let text = format!("{server_line}, which does not exist: an apply makes it");
        doctor.remark("connection", &text);
    } else {
        doctor.good("connection", &server_line);
    }
    let checkup = session.checkup().await;
    let plan = db::plan_for(&mut session, Source::Models, &common.options(false)).await;
    match checkup {
        Ok(checkup) => {
            server(doctor, &checkup, session.family());
            let changes = plan.as_ref().map_or(&[][..], |plan| &plan.changes);
            let user = session.info().user.clone();
            if session.family() == Family::Postgres {
                let models = source::models(Family::Postgres).unwrap_or_default();
                // What cannot be on this server is told below.
                let models = session.normalize(models).unwrap_or_default();
                let user = user.unwrap_or_default();
                rights(doctor, &db::lacks(&checkup, &user, &models, changes));
            }
        }
        Err(error) => doctor.bad("rights", &error.to_string()),
    }
    match plan {
        Ok(plan) if plan.is_empty() => doctor.good("schema", "in sync with the models"),
        Ok(plan) if plan.refusals.is_empty() => {
            let n = plan.changes.len();
            let verb = if n == 1 { "is" } else { "are" };
            let text = format!(
                "{} {verb} pending: sync --dry-run",
                plural(n, "change", "changes")
            );
            doctor.remark("schema", &text);
        }
        Ok(plan) => {
            let n = plural(plan.refusals.len(), "refusal", "refusals");
            doctor.bad("schema", &format!("{n}: sync --dry-run"));
        }
        Err(error) => doctor.bad("schema", &error.to_string()),
    }
}

fn server(doctor: &mut Doctor, checkup: &Checkup, family: Family) {
    if let Some(refusal) = &checkup.read_only {
        let (what, text) = match family {
            Family::Postgres => ("server", refusal.message.clone()),
            Family::Sqlite => ("file", format!("{} {}", refusal.object, refusal.message)),
        };
        doctor.ill(what, &text, &refusal.cures.join(", or "));
    }
    if family == Family::Sqlite {
        return;
    }
    if checkup.pooled {
        doctor.ill(
            "pooler",
            "the URL leads through a pooler that gives each transaction another session of the server: locks and settings of a run do not hold",
            "give sync the URL of the server itself, or of a pooler by sessions (pool_mode = session)",
        );
    } else {
        doctor.good("pooler", "none, or one that keeps the session");
    }
    let seconds = checkup.clock.as_secs();
    if checkup.clock > CLOCK {
        doctor.ill(
            "clock",
            &format!("the server's is {seconds} s from the one here"),
            "let both be set by NTP",
        );
    } else {
        doctor.good(
            "clock",
            &format!("the server's is within {} s of the one here", seconds + 1),
        );
    }
}

/// What an apply would be refused for, now or with a change to come.
fn rights(doctor: &mut Doctor, lacks: &[Refusal]) {
    if lacks.is_empty() {
        doctor.good("rights", "the user may do what a run needs");
    }
    for Refusal {
        object,
        message,
        cures,
        ..
    } in lacks
    {
        let text = format!("{object}: {message}");
        doctor.ill("rights", &text, &cures.join(", or "));
    }
}

/// Where a list of tables may be kept up to date.
const GUIDE: &str = "docs/deployment/SCHEMA_SYNC_GUIDE.md";

fn documentation(doctor: &mut Doctor, family: Family) {
    let Ok(schema) = source::models(family) else {
        return;
    };
    let mut found = false;
    if let Ok(written) = files::read(Path::new(super::docs::FILE)) {
        found = true;
        let fresh = super::docs::same(&written, &docs::markdown(&schema));
        freshness(doctor, super::docs::FILE, "--out", fresh);
    }
    if let Ok(written) = files::read(Path::new(GUIDE))
        && let Ok(text) = docs::inject(&written, &docs::table_list(&schema))
    {
        found = true;
        freshness(
            doctor,
            GUIDE,
            "--inject",
            super::docs::same(&written, &text),
        );
    }
    if !found {
        doctor.remark(
            "documentation",
            "none; write it: sync docs --out docs/schema.md",
        );
    }
}

fn freshness(doctor: &mut Doctor, file: &str, how: &str, fresh: bool) {
    if fresh {
        doctor.good("documentation", &format!("{file} is fresh"));
    } else {
        let cure = format!("sync docs {how} {file}");
        doctor.ill("documentation", &format!("{file} is stale"), &cure);
    }
}

/// The name of this program: a project's own binary may have any.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn deployment(doctor: &mut Doctor, release: &Release) {
    for place in &release.runs {
        doctor.good("release", &format!("{place} runs sync --apply"));
    }
    for (place, cure) in &release.starts {
        let text = format!(
            "{place} runs sync --apply with every start of the application; once a release is enough: {cure}"
        );
        doctor.remark("release", &text);
    }
    if release.runs.is_empty() && release.starts.is_empty() {
        for (file, cure) in &release.without {
            let text = format!("{file} does not run sync --apply");
            doctor.ill("release", &text, cure);
        }
        if release.without.is_empty() {
            doctor.remark(
                "release",
                "no file of a deployment runs sync --apply; let its release command do so",
            );
        }
    }
    for place in &release.allows_all {
        doctor.ill(
            "hazards",
            &format!("{place} allows every hazard, in every release to come"),
            "leave --allow all out; allow a kind for the one release that needs it",
        );
    }
    for (place, command) in &release.others {
        doctor.ill(
            "other tool",
            &format!("{place} runs `{command}`: two tools would change one schema"),
            "take it out, and keep its files as documentation in docs/migrations/",
        );
    }
    for (place, call) in &release.calls {
        doctor.ill(
            "other tool",
            &format!("{place} calls `{call}`: two tools would change one schema"),
            "take it out, or call schema_core::sync(&pool) there",
        );
    }
    if release.others.is_empty() && release.calls.is_empty() {
        doctor.good("other tool", "none changes the schema");
    }
}
