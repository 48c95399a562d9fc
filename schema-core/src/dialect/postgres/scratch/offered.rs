//! The versions of extensions that another database has, where this server can have them.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

use super::db_error;
use crate::db::DbError;
use crate::schema::{Schema, quote_literal};

/// Leaves extensions at what this server has, where there is no way to the desired version; returns
/// what to say of them.
pub(crate) async fn keep_versions(
    connection: &mut PgConnection,
    desired: &mut Schema,
    live: &Schema,
) -> Result<Vec<String>, DbError> {
    let mut notes = Vec::new();
    for (name, extension) in &mut desired.extensions {
        let before = live.extensions.get(name);
        let there = before.and_then(|before| before.version.clone());
        let Some(version) = extension.version.clone() else {
            continue;
        };
        if there.as_ref() == Some(&version) {
            continue;
        }
        let (ext, to) = (quote_literal(name.as_str()), quote_literal(&version));
        let way = match &there {
            Some(from) => format!(
                "SELECT path IS NOT NULL FROM pg_catalog.pg_extension_update_paths({ext}) \
                 WHERE source = {} AND target = {to}",
                quote_literal(from)
            ),
            None => "SELECT true".into(),
        };
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = {ext}), \
             EXISTS (SELECT 1 FROM pg_catalog.pg_available_extension_versions \
             WHERE name = {ext} AND version = {to}) AND coalesce(({way}), false)"
        );
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        let row = sql.fetch_one(&mut *connection).await.map_err(db_error)?;
        let known: bool = row.try_get(0).map_err(db_error)?;
        let offered: bool = row.try_get(1).map_err(db_error)?;
        // What the server has not at all is said elsewhere.
        if offered || !known {
            continue;
        }
        let stays = match &there {
            Some(there) => format!("stays at {there}"),
            None => "is made in the version that this server has".into(),
        };
        notes.push(format!(
            "extension {name}: {stays}; from here there is no way to {version}, which the desired database has"
        ));
        extension.version = there;
    }
    Ok(notes)
}
