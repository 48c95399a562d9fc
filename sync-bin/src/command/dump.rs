//! Writes a schema as a snapshot, or as a script that creates it.

use std::collections::BTreeSet;

use schema_core::db;
use schema_core::dialect;
use schema_core::export::snapshot;
use schema_core::facts::Facts;
use schema_core::plan::{Plan, plan};
use schema_core::schema::{Family, Other, Schema};

use crate::args::{Common, DumpArgs};
use crate::source::{self, Bench, SourceArg};
use crate::{Exit, Failure, database, out};

pub(super) async fn run(common: &Common, args: &DumpArgs) -> Result<Exit, Failure> {
    let (family, schema) = read(common, args.source.as_ref()).await?;
    let told = if args.sql {
        match script(common, args, family, schema).await? {
            Some(script) => script,
            None => return Ok(Exit::Refused),
        }
    } else {
        snapshot::write(family, &schema)
    };
    out::print_to(args.out.as_deref(), &told)?;
    Ok(Exit::Good)
}

/// Reads a source; the database without one. Models are of the family of the database.
pub(super) async fn read(
    common: &Common,
    from: Option<&SourceArg>,
) -> Result<(Family, Schema), Failure> {
    let scope = common.scope();
    let find = || database::find(common.database_url.as_deref(), false);
    let (family, schema) = match from {
        Some(SourceArg::Models) => {
            let family = find()?.family();
            (family, source::models(family)?)
        }
        Some(SourceArg::File(path)) => source::read_snapshot(path)?,
        Some(SourceArg::Url(url)) => return read_database(common, url).await,
        None => {
            let url = database::find_to_read(common.database_url.as_deref())?.url;
            return read_database(common, &url).await;
        }
    };
    db::all_match(&scope, schema.tables.keys())?;
    Ok((family, db::narrowed(schema, &scope)))
}

/// Reads the schema of a database.
async fn read_database(common: &Common, url: &str) -> Result<(Family, Schema), Failure> {
    let scope = common.scope();
    let mut session = database::open(url, &common.session(true)).await?;
    let (schema, facts) = db::dump(&mut session, &scope).await?;
    db::all_match(&scope, schema.tables.keys().chain(&facts.out_of_scope))?;
    Ok((session.family(), schema))
}

/// Writes the plan that makes the schema out of nothing; `None` when it is refused, which is told.
async fn script(
    common: &Common,
    args: &DumpArgs,
    family: Family,
    schema: Schema,
) -> Result<Option<String>, Failure> {
    let schema = match &args.source {
        Some(SourceArg::Url(_)) | None => schema,
        Some(SourceArg::Models | SourceArg::File(_)) => {
            let named = database::find(common.database_url.as_deref(), false)?;
            // SQLite spells without a file.
            let url = (family == Family::Postgres).then_some(named.url.as_str());
            let schema = Bench::open(family, url).await?.normalize(schema)?;
            dialect::for_a_script(family, schema)
        }
    };
    let options = common.options(false).plan;
    let plan = plan(
        family,
        &Schema::default(),
        &schema,
        &Facts::default(),
        &options,
    );
    let script = super::script(&plan, common);
    Ok(script.map(|script| format!("{}{script}", left_out(&schema.others, &plan))))
}

/// Says, as comments of a script, what no model says and the script does not make. A name may have a
/// line break in it.
fn left_out(others: &[Other], plan: &Plan) -> String {
    let others: Vec<&Other> = others.iter().filter(|it| !plan.makes(it)).collect();
    if others.is_empty() {
        return String::new();
    }
    let told = others.into_iter().map(|other| {
        let title = other.title();
        let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("--   {title}\n")
    });
    let told: BTreeSet<String> = told.collect();
    format!(
        "-- Not made by this script: no model says it. Functions that a table calls have to be there\n\
         -- before, the rest comes after it (pg_dump --schema-only has the statements):\n{}",
        told.into_iter().collect::<String>()
    )
}
