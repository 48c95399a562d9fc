//! Shows the plan that turns one schema into another.

use schema_core::db::{self, ServerInfo, Session};
use schema_core::facts::Facts;
use schema_core::plan::{Extra, Plan, PlanOptions, plan};
use schema_core::schema::{Family, Schema};

use super::{Style, header, print_plan};
use crate::args::{Common, DiffArgs};
use crate::source::{self, SourceArg};
use crate::{Exit, Failure, database};

pub(super) async fn run(common: &Common, args: &DiffArgs) -> Result<Exit, Failure> {
    let (plan, info) = match &args.from {
        SourceArg::Url(url) => {
            let desired = args.to.source(database::family(url))?;
            let mut session = Session::open(url, &common.session(true)).await?;
            let options = common.options(args.prune);
            let plan = db::plan_for(&mut session, &desired, &options).await?;
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
    print_plan(&plan, &header, common, &style)?;
    Ok(if args.exit_code && !plan.is_empty() {
        Exit::Differs
    } else {
        Exit::Good
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
    let mut session = source::workbench(family, url.map(String::as_str)).await?;
    let live = schema(&args.from, common, &mut session).await?;
    let desired = schema(&args.to, common, &mut session).await?;
    let options = PlanOptions {
        extra: if args.prune {
            Extra::Prune
        } else {
            Extra::Keep
        },
        ..common.options(args.prune).plan
    };
    let plan = plan(family, &live, &desired, &Facts::default(), &options);
    let info = ServerInfo {
        database: "no live database".into(),
        host: None,
        user: None,
        ..session.info().clone()
    };
    Ok((plan, info))
}

/// Reads a source, spelled as the database of the session does.
async fn schema(
    from: &SourceArg,
    common: &Common,
    session: &mut Session,
) -> Result<Schema, Failure> {
    let scope = common.scope();
    let mut schema = match from {
        SourceArg::Models => source::models(session.family())?,
        SourceArg::File(path) => source::read_snapshot(path)?.1,
        SourceArg::Url(_) => db::dump(session, &scope).await?,
    };
    schema.tables.retain(|name, _| scope.has(name));
    source::normalize(session, schema)
}
