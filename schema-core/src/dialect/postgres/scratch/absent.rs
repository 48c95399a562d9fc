//! Refuses what uses something that the server does not have.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::db::DbError;
use crate::dialect::postgres::session::db_error;
use crate::diff::Refusal;

/// Returns a refusal for each user of what is not there. `sql` tells of each thing in `used`, in its
/// order, whether it is.
pub(super) async fn absent<T: Ord>(
    connection: &mut PgConnection,
    used: BTreeMap<T, Vec<String>>,
    sql: String,
    message: impl Fn(&T) -> String,
    cure: &str,
) -> Result<Vec<Refusal>, DbError> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(&mut *connection)
        .await
        .map_err(db_error)?;
    let mut refusals = Vec::new();
    for (row, (thing, users)) in rows.iter().zip(used) {
        if row.try_get::<bool, _>(0).map_err(db_error)? {
            continue;
        }
        let refuse = |user: String| Refusal::new(user, message(&thing), cure);
        refusals.extend(users.into_iter().map(refuse));
    }
    Ok(refusals)
}
