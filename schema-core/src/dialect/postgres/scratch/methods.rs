//! Access methods that the server does not have: of indexes, exclusion constraints and tables.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;

use super::absent::absent;
use crate::db::DbError;
use crate::diff::Refusal;
use crate::schema::{ConstraintKind, Ident, Schema, quote_literal};

/// Returns what has an access method that the server does not have. An extension that the plan
/// installs may bring one: nothing is said then.
pub(super) async fn unknown_methods(
    connection: &mut PgConnection,
    desired: &Schema,
    live: &Schema,
) -> Result<Vec<Refusal>, DbError> {
    let known = used(live);
    let mut new = used(desired);
    new.retain(|method, _| !known.contains_key(method));
    let mut extensions = desired.extensions.keys();
    if new.is_empty() || extensions.any(|name| !live.extensions.contains_key(name)) {
        return Ok(Vec::new());
    }
    let values: Vec<String> = (new.keys())
        .map(|method| format!("({})", quote_literal(method.as_str())))
        .collect();
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_am WHERE amname = v.name) \
         FROM (VALUES {}) AS v (name)",
        values.join(", ")
    );
    absent(
        connection,
        new,
        sql,
        |method| format!("access method {method} does not exist"),
        "correct its name, ask for the extension that has it, or make it by hand first: \
         CREATE ACCESS METHOD",
    )
    .await
}

/// Access methods with what has them.
fn used(schema: &Schema) -> BTreeMap<Ident, Vec<String>> {
    let mut used: BTreeMap<Ident, Vec<String>> = BTreeMap::new();
    for (name, table) in &schema.tables {
        let mut add = |method: Ident, user: String| used.entry(method).or_default().push(user);
        if let Some(method) = &table.options.access_method {
            add(method.clone(), format!("table {name}"));
        }
        for index in table.indexes.iter().filter(|index| !index.inherited) {
            let own = index.name.as_ref();
            let own = own.map_or_else(|| "an index".to_owned(), |own| format!("index {own}"));
            add(Ident::new(&index.method), format!("{own} of {name}"));
        }
        for constraint in &table.constraints {
            if let ConstraintKind::Exclude(exclude) = &constraint.kind {
                let own = constraint.name.clone().unwrap_or_default();
                add(Ident::new(&exclude.method), format!("{name}.{own}"));
            }
        }
    }
    used
}
