//! Reads a live database's catalogue: a fixed number of queries, in one read-only transaction.

mod build;
mod catalogue;
mod constraint;
mod row;
mod table;

use sqlx::PgConnection;

use super::session::db_error;
use crate::{db::DbError, facts::Facts, schema::Schema, scope::Scope};

/// Reads everything that is in scope, and what a plan needs to know besides, from a server of a
/// version as it says it itself: 160004.
pub async fn introspect(
    connection: &mut PgConnection,
    version: u32,
    scope: &Scope,
) -> Result<(Schema, Facts), DbError> {
    execute(
        connection,
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    )
    .await?;
    let read = catalogue::read(connection, version, scope).await;
    // A failed transaction too ends here; the first error is the one that matters.
    let ended = execute(connection, "ROLLBACK").await;
    let catalogue = read?;
    ended?;
    catalogue.build(scope)
}

async fn execute(connection: &mut PgConnection, sql: &'static str) -> Result<(), DbError> {
    sqlx::raw_sql(sql)
        .execute(connection)
        .await
        .map(drop)
        .map_err(db_error)
}
