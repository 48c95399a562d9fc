//! Extensions that the server does not have.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;

use super::absent::absent;
use crate::db::DbError;
use crate::diff::Refusal;
use crate::schema::{Ident, Schema, quote_literal};

/// Returns the extensions that are to come and that the server does not have, each with its cure.
pub(super) async fn unknown_extensions(
    connection: &mut PgConnection,
    desired: &Schema,
    live: &Schema,
) -> Result<Vec<Refusal>, DbError> {
    let new: BTreeMap<&Ident, Vec<String>> = (desired.extensions.keys())
        .filter(|name| !live.extensions.contains_key(*name))
        .map(|name| (name, vec![format!("extension {name}")]))
        .collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let values: Vec<String> = (new.keys())
        .map(|name| format!("({})", quote_literal(name.as_str())))
        .collect();
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_available_extensions a WHERE a.name = v.name) \
         FROM (VALUES {}) AS v (name)",
        values.join(", ")
    );
    absent(
        connection,
        new,
        sql,
        |_| "the server does not have it".into(),
        "correct its name, or install its package on the server; pg_available_extensions lists \
         what there is",
    )
    .await
}
