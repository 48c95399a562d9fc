//! Collations that the server does not have.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;

use super::absent::absent;
use crate::db::DbError;
use crate::diff::Refusal;
use crate::schema::{Name, Quoted, Schema, UserType, quote_literal};

/// Returns what has a collation that the server does not have, each with its cure.
pub(super) async fn unknown_collations(
    connection: &mut PgConnection,
    desired: &Schema,
    live: &Schema,
) -> Result<Vec<Refusal>, DbError> {
    let known = used(live);
    let mut new = used(desired);
    new.retain(|collation, _| !known.contains_key(collation));
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let values: Vec<String> = new
        .keys()
        .map(|collation| {
            let schema = collation
                .schema
                .as_ref()
                .map_or("pg_catalog", |it| it.as_str());
            let name = quote_literal(collation.name.as_str());
            format!("({}, {name})", quote_literal(schema))
        })
        .collect();
    // One of another encoding is not there for this database.
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_collation c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace \
         WHERE n.nspname = v.schema AND c.collname = v.name AND c.collencoding IN (-1, \
         pg_catalog.pg_char_to_encoding(pg_catalog.getdatabaseencoding()))) \
         FROM (VALUES {}) AS v (schema, name)",
        values.join(", ")
    );
    absent(
        connection,
        new,
        sql,
        |collation| format!("collation {} does not exist", Quoted(collation)),
        "correct its name, or make it by hand first: CREATE COLLATION",
    )
    .await
}

/// Collations with what has them.
fn used(schema: &Schema) -> BTreeMap<Name, Vec<String>> {
    let mut used: BTreeMap<Name, Vec<String>> = BTreeMap::new();
    let mut add = |collation: &Option<Name>, user: &dyn Fn() -> String| {
        if let Some(collation) = collation {
            used.entry(collation.clone()).or_default().push(user());
        }
    };
    for (name, table) in &schema.tables {
        for column in &table.columns {
            add(&column.collation, &|| {
                let place = (name.clone(), column.name.clone());
                let field = schema.hints.fields.get(&place);
                let field = field.map(|field| format!(" ({field})")).unwrap_or_default();
                format!("column {name}.{}{field}", column.name)
            });
        }
        for index in &table.indexes {
            let own = index.name.clone().unwrap_or_default();
            for part in &index.parts {
                add(&part.collation, &|| format!("index {own} of {name}"));
            }
        }
    }
    for (name, ty) in &schema.types {
        match ty {
            UserType::Domain(domain) => add(&domain.collation, &|| format!("domain {name}")),
            UserType::Composite(ty) => {
                for field in &ty.fields {
                    add(&field.collation, &|| format!("field {name}.{}", field.name));
                }
            }
            UserType::Enum(_) | UserType::Range(_) => {}
        }
    }
    used
}
