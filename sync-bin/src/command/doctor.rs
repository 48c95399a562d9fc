//! Says whether everything is set up, and what to do where it is not.

use std::path::Path;

use schema_core::db::{self, Session, Source};
use schema_core::export::docs;
use schema_core::report::server_line;
use schema_core::report::text::Paint;
use schema_core::schema::Family;

use crate::args::Common;
use crate::database::{self, Origin};
use crate::{Exit, Failure, out, source};

/// Files that say how a deployment starts.
const RELEASE: [&str; 8] = [
    "Procfile",
    "railway.json",
    "railway.toml",
    "fly.toml",
    "render.yaml",
    "app.json",
    "Dockerfile",
    "compose.yaml",
];

/// Counts what is wrong.
struct Doctor {
    ascii: bool,
    ill: bool,
}

impl Doctor {
    fn good(&self, what: &str, text: &str) {
        let sign = if self.ascii { "ok" } else { "✓" };
        let sign = out::paint(Paint::Good, sign);
        out::print(&format!("  {sign} {what:<14} {text}\n"));
    }

    fn remark(&self, what: &str, text: &str) {
        let sign = if self.ascii { "i" } else { "ℹ" };
        let sign = out::paint(Paint::Info, sign);
        out::print(&format!("  {sign} {what:<14} {text}\n"));
    }

    fn bad(&mut self, what: &str, text: &str) {
        self.ill = true;
        let sign = if self.ascii { "!" } else { "⚠" };
        let sign = out::paint(Paint::Warn, sign);
        let text = database::redact(text).replace('\n', "\n                   ");
        out::print(&format!("  {sign} {what:<14} {text}\n"));
    }
}

pub(super) async fn run(common: &Common) -> Result<Exit, Failure> {
    let mut doctor = Doctor {
        ascii: common.ascii,
        ill: false,
    };
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
                    let text = format!("{variable} is set, so apply needs one: set DATABASE_URL");
                    doctor.bad("database URL", &text);
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
    release(&doctor);
    Ok(if doctor.ill { Exit::Error } else { Exit::Good })
}

fn models(doctor: &mut Doctor, family: Family) {
    match source::models(family) {
        Ok(_) => doctor.good("models", &source::models_line()),
        Err(failure) => doctor.bad("models", &failure.to_string()),
    }
}

async fn connection(doctor: &mut Doctor, common: &Common, url: &str) {
    let mut session = match Session::open(url, &common.session(true)).await {
        Ok(session) => session,
        Err(error) => return doctor.bad("connection", &error.to_string()),
    };
    doctor.good("connection", &server_line(session.info()));
    if session.family() == Family::Postgres {
        rights(doctor, &mut session).await;
    }
    match db::plan_for(&mut session, &Source::Models, &common.options(false)).await {
        Ok(plan) if plan.is_empty() => doctor.good("schema", "in sync with the models"),
        Ok(plan) if plan.refusals.is_empty() => {
            let text = format!("{} changes are pending: sync --dry-run", plan.changes.len());
            doctor.remark("schema", &text);
        }
        Ok(plan) => {
            let text = format!("{} refusals: sync --dry-run", plan.refusals.len());
            doctor.bad("schema", &text);
        }
        Err(error) => doctor.bad("schema", &error.to_string()),
    }
}

async fn rights(doctor: &mut Doctor, session: &mut Session) {
    match session.may_create().await {
        Ok(false) => doctor.bad(
            "rights",
            "the user may create nothing: grant create on schema public to it",
        ),
        Ok(true) => doctor.good("rights", "the user may create tables"),
        Err(error) => doctor.bad("rights", &error.to_string()),
    }
}

fn documentation(doctor: &mut Doctor, family: Family) {
    let file = Path::new(super::docs::FILE);
    let (Ok(written), Ok(schema)) = (out::read_file(file), source::models(family)) else {
        return doctor.remark(
            "documentation",
            "none; write it: sync docs --out docs/schema.md",
        );
    };
    if super::docs::same(&written, &docs::markdown(&schema)) {
        doctor.good("documentation", "docs/schema.md is fresh");
    } else {
        let text = "docs/schema.md is stale; write it: sync docs --out docs/schema.md";
        doctor.bad("documentation", text);
    }
}

fn release(doctor: &Doctor) {
    let runs = |file: &&str| {
        std::fs::read_to_string(file)
            .is_ok_and(|text| text.contains("sync") && text.contains("--apply"))
    };
    match RELEASE.into_iter().find(runs) {
        Some(file) => doctor.good("release", &format!("{file} runs sync --apply")),
        None => doctor.remark(
            "release",
            "no file of a deployment runs sync --apply; let its release command do so",
        ),
    }
}
