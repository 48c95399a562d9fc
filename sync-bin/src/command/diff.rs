//! Shows the plan that turns one schema into another.

use std::collections::BTreeSet;

use schema_core::db::{self, ServerInfo, Session};
use schema_core::facts::Facts;
use schema_core::plan::{Extra, Plan, PlanOptions, Refusal, plan};
use schema_core::schema::{Family, Name, Schema};
use schema_core::scope::Scope;

use super::{Style, header, print_plan};
use crate::args::{Common, DiffArgs};
use crate::source::{self, Bench, SourceArg};
use crate::{Exit, Failure, database};

pub(super) async fn run(common: &Common, args: &DiffArgs) -> Result<Exit, Failure> {
    let (plan, info) = match &args.from {
        SourceArg::Url(url) => {
            let desired = args.to.source(database::family(url))?;
            let mut session = database::open(url, &common.session(true)).await?;
            session.must_exist()?;
            let options = common.options(args.prune);
            let plan = db::plan_for(&mut session, desired, &options).await?;
            (plan, session.info().clone())
        }
        SourceArg::Models | SourceArg::File(_) => without_live(common, args).await?,
    };
    let header = header("diff", &info, None, None);
    let style = Style {
        format: args.output.format,
        sql: args.sql,
        out: args.output.out.as_deref(),
    };
    let printed = print_plan(&plan, &header, common, &style)?;
    Ok(if args.exit_code && !plan.is_empty() {
        Exit::Differs
    } else {
        printed
    })
}

/// Compares two schemas of which the first is in no database.
async fn without_live(common: &Common, args: &DiffArgs) -> Result<(Plan, ServerInfo), Failure> {
    let named = database::find(common.database_url.as_deref(), false)?;
    let (from, to) = (args.from.family()?, args.to.family()?);
    let family = from.or(to).unwrap_or_else(|| named.family());
    if let Some(desired) = to
        && desired != family
    {
        return Err(schema_core::Error::Families {
            live: family,
            desired,
        }
        .into());
    }
    let url = match &args.to {
        SourceArg::Url(url) => url,
        SourceArg::Models | SourceArg::File(_) => &named.url,
    };
    let url = (family == Family::Postgres || matches!(args.to, SourceArg::Url(_))).then_some(url);
    let mut bench = Bench::open(family, url.map(String::as_str)).await?;
    let mut names = BTreeSet::new();
    let mut live = schema(&args.from, common, &mut bench, &mut names).await?;
    if family == Family::Postgres && !live.hints.sources.is_empty() {
        // Any database has it.
        live.namespaces.entry("public".into()).or_default();
    }
    let mut desired = schema(&args.to, common, &mut bench, &mut names).await?;
    db::narrow_both(&mut live, &mut desired, &common.scope(), names.iter());
    db::all_match(&common.scope(), &names)?;
    let (live, desired, refusals) = match &mut bench {
        Bench::Session(session) => spelled(session, live, desired, !args.prune).await?,
        Bench::Offline(_) => (live, desired, Vec::new()),
    };
    let options = PlanOptions {
        extra: if args.prune {
            Extra::Prune
        } else {
            Extra::Keep
        },
        ..common.options(args.prune).plan
    };
    let mut plan = plan(family, &live, &desired, &Facts::default(), &options);
    plan.refuse(refusals);
    let info = match &bench {
        Bench::Session(session) => session.info().clone(),
        Bench::Offline(family) => {
            if *family == Family::Postgres && !plan.changes.is_empty() {
                plan.notes.push(OFFLINE.into());
            }
            ServerInfo {
                product: match family {
                    Family::Postgres => "PostgreSQL",
                    Family::Sqlite => "SQLite",
                }
                .into(),
                version: String::new(),
                database: String::new(),
                host: None,
                user: None,
            }
        }
    };
    let info = ServerInfo {
        database: "no live database".into(),
        host: None,
        user: None,
        ..info
    };
    Ok((plan, info))
}

/// Lets a database spell the expressions of both sides. What it refuses of the first one, which is in
/// no database, stays as it was written.
async fn spelled(
    session: &mut Session,
    live: Schema,
    desired: Schema,
    kept: bool,
) -> Result<(Schema, Schema, Vec<Refusal>), Failure> {
    let failed = schema_core::Error::Introspect;
    let (live, _) = (session.canonicalize(live, &desired, kept).await).map_err(failed)?;
    let (desired, refusals) = (session.canonicalize(desired, &live, kept).await).map_err(failed)?;
    Ok((live, desired, refusals))
}

/// What cannot be compared without a server.
const OFFLINE: &str = "no server was asked: of two expressions (defaults, checks, generated columns, indexes) \
    that differ in spelling alone only the common ones are known to be the same; --database-url lets a server spell them";

/// Reads a source, spelled as the database does, and adds the names of all its tables.
async fn schema(
    from: &SourceArg,
    common: &Common,
    bench: &mut Bench,
    names: &mut BTreeSet<Name>,
) -> Result<Schema, Failure> {
    let scope = common.scope();
    let schema = match (from, &mut *bench) {
        (SourceArg::Models, _) => source::models(bench.family())?,
        (SourceArg::File(path), _) => source::read_snapshot(path)?.1,
        (SourceArg::Url(_), Bench::Session(session)) => read(session, &scope, names).await?,
        (SourceArg::Url(url), Bench::Offline(_)) => {
            let mut session = database::open(url, &common.session(true)).await?;
            read(&mut session, &scope, names).await?
        }
    };
    names.extend(schema.tables.keys().cloned());
    bench.normalize(db::narrowed(schema, &scope))
}

/// Reads a database, and adds the names of the tables that are not looked at.
async fn read(
    session: &mut Session,
    scope: &Scope,
    names: &mut BTreeSet<Name>,
) -> Result<Schema, Failure> {
    let (schema, facts) = db::dump(session, scope).await?;
    names.extend(facts.out_of_scope);
    Ok(schema)
}
