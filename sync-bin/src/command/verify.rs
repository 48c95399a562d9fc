//! Says whether the database is what the models say.

use schema_core::db;

use super::{Style, header, print_plan};
use crate::args::{Common, VerifyArgs};
use crate::source::{SourceArg, models_line};
use crate::{Exit, Failure, database};

pub(super) async fn run(common: &Common, args: &VerifyArgs) -> Result<Exit, Failure> {
    let database = database::find(common.database_url.as_deref(), false)?;
    let desired = args.desired.source(database.family())?;
    let models = (args.desired == SourceArg::Models).then(models_line);
    let mut session = database.open(&common.session(true)).await?;
    let mut plan = db::plan_for(&mut session, desired, &common.options(false)).await?;
    plan.notes.extend(super::missing(&session, &database));
    let header = header(
        "verify",
        session.info(),
        database.remark(),
        models.as_deref(),
    );
    let style = Style {
        format: args.output.format,
        sql: false,
        out: args.output.out.as_deref(),
    };
    let printed = print_plan(&plan, &header, common, &style)?;
    Ok(if plan.is_empty() {
        printed
    } else {
        Exit::Differs
    })
}
