//! What a plan will make, made within the scratch transaction; and types that nobody makes.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

use super::brought::added;
use super::{attempt, is_denied, run};
use crate::change::calls;
use crate::db::DbError;
use crate::dialect::postgres::render::create_type_sql;
use crate::dialect::postgres::session::db_error;
use crate::diff::Refusal;
use crate::plan::called::called;
use crate::schema::{Expr, Name, Other, Quoted, Schema, quote_literal};

/// What became of what expressions may name and that was not there.
#[derive(Default)]
pub(super) struct Missing {
    /// The user may not make all of it.
    pub(super) denied: bool,
    /// Functions that the server did not take, each with its words.
    pub(super) functions: Vec<(Other, DbError)>,
}

impl Missing {
    fn judge(&mut self, outcome: Result<(), DbError>) {
        self.denied |= outcome.as_ref().is_err_and(is_denied);
    }

    /// Tells whether an expression calls a function that could not be made here.
    pub(super) fn has_called(&self, expr: &Expr) -> bool {
        let mut functions = self.functions.iter();
        functions.any(|(function, _)| calls(expr, &function.name))
    }
}

/// Makes what expressions may name and that is not there yet: schemas, extensions, types, functions,
/// sequences.
pub(super) async fn missing_objects(
    connection: &mut PgConnection,
    desired: &Schema,
    live: &Schema,
) -> Result<Missing, DbError> {
    let mut missing = Missing::default();
    for name in desired.namespaces.keys() {
        if !live.namespaces.contains_key(name) {
            let sql = format!("CREATE SCHEMA IF NOT EXISTS {}", Quoted(name));
            missing.judge(attempt(connection, &sql).await?);
        }
    }
    // Where an extension goes that names no schema: as in the plan.
    run(connection, "SET LOCAL search_path = public").await?;
    for (name, extension) in &desired.extensions {
        if !live.extensions.contains_key(name) {
            let schema = extension.schema.as_ref();
            let within = schema.map(|schema| format!(" SCHEMA {}", Quoted(schema)));
            let sql = format!(
                "CREATE EXTENSION IF NOT EXISTS {}{}",
                Quoted(name),
                within.unwrap_or_default()
            );
            missing.judge(attempt(connection, &sql).await?);
        }
    }
    let types = desired.types.iter();
    let types = types.filter(|(name, _)| !live.types.contains_key(*name));
    let types = types.map(|(name, ty)| (create_type_sql(name, ty), None));
    let functions = called(desired, live).into_iter();
    let functions = functions.map(|it| (it.create.join(";\n"), Some(it)));
    let mut waiting: Vec<(String, Option<Other>)> = types.chain(functions).collect();
    // One may be made of others: what fails is tried again as long as another one is made.
    loop {
        let before = waiting.len();
        let mut failed = Vec::new();
        missing.functions.clear();
        for (sql, function) in waiting {
            if let Err(error) = attempt(connection, &sql).await? {
                missing.denied |= is_denied(&error);
                let refused = function.clone().map(|function| (function, error));
                missing.functions.extend(refused);
                failed.push((sql, function));
            }
        }
        if failed.is_empty() || failed.len() == before {
            break;
        }
        waiting = failed;
    }
    for name in desired.sequences.keys() {
        if !live.sequences.contains_key(name) {
            let sql = format!("CREATE SEQUENCE {}", Quoted(name));
            missing.judge(attempt(connection, &sql).await?);
        }
    }
    Ok(missing)
}

/// Returns the columns whose types neither the server nor the plan has, each with its cure.
pub(super) async fn unknown_types(
    connection: &mut PgConnection,
    desired: &Schema,
    live: &Schema,
) -> Result<Vec<Refusal>, DbError> {
    let mut columns: Vec<(String, Name)> = Vec::new();
    for (name, table) in &desired.tables {
        let before = live.tables.get(name);
        for column in &table.columns {
            let known = before.and_then(|before| before.column(&column.name));
            let Some(ty) = column.ty.user() else { continue };
            let has = |schema: &Schema| schema.types.contains_key(schema.ranged(&ty));
            // A row of a table is a value too.
            let ours = has(desired) || has(live) || desired.tables.contains_key(&ty);
            let made = extension_of(ty.name.as_str())
                .is_some_and(|extension| desired.extensions.contains_key(&extension.into()));
            if !ours && !made && known.is_none_or(|known| known.ty != column.ty) {
                let place = (name.clone(), column.name.clone());
                let field = desired.hints.fields.get(&place);
                let field = field.map(|field| format!(" ({field})")).unwrap_or_default();
                columns.push((format!("column {name}.{}{field}", column.name), ty));
            }
        }
    }
    // An extension that is still to come may bring types under any name.
    let to_come = |name| !live.extensions.contains_key(name);
    if columns.is_empty() || desired.extensions.keys().any(to_come) {
        return Ok(Vec::new());
    }
    let values: Vec<String> = columns
        .iter()
        .map(|(_, ty)| {
            let bare = quote_literal(ty.name.as_str());
            let full = quote_literal(&Quoted(ty).to_string());
            let extension = extension_of(ty.name.as_str()).unwrap_or_default();
            format!("({full}, {bare}, {})", quote_literal(extension))
        })
        .collect();
    let sql = format!(
        "SELECT pg_catalog.to_regtype(v.name) IS NOT NULL, (SELECT e.name::pg_catalog.text \
         FROM pg_catalog.pg_available_extensions e WHERE e.name IN (v.bare, v.extension) LIMIT 1) \
         FROM (VALUES {}) AS v (name, bare, extension)",
        values.join(", ")
    );
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(&mut *connection)
        .await
        .map_err(db_error)?;
    let by_models = !desired.hints.sources.is_empty();
    let mut refusals = Vec::new();
    for (row, (place, ty)) in rows.iter().zip(columns) {
        if row.try_get::<bool, _>(0).map_err(db_error)? {
            continue;
        }
        let available = row.try_get::<Option<String>, _>(1).map_err(db_error)?;
        let known = extension_of(ty.name.as_str());
        let (has, cure) = match (available, known) {
            (Some(extension), _) => (
                format!("; extension `{extension}` has it"),
                added(&extension, by_models),
            ),
            (None, Some(extension)) => (
                format!("; extension `{extension}` has it, which this server does not offer"),
                format!("install {extension} on the server first"),
            ),
            (None, None) => {
                let cure = match by_models {
                    true => "correct #[sync(type = \"...\")], or make the type by hand first",
                    false => "make the type by hand first",
                };
                (String::new(), cure.into())
            }
        };
        let message = format!("type `{ty}` does not exist{has}");
        refusals.push(Refusal::new(place, message, &cure));
    }
    Ok(refusals)
}

/// Returns the extension that has a type, of those that are well known.
fn extension_of(ty: &str) -> Option<&'static str> {
    Some(match ty {
        "citext" => "citext",
        "hstore" => "hstore",
        "ltree" | "lquery" | "ltxtquery" => "ltree",
        "cube" => "cube",
        "seg" => "seg",
        "query_int" => "intarray",
        "ean13" | "isbn" | "isbn13" | "ismn" | "ismn13" | "issn" | "issn13" | "upc" => "isn",
        "geometry" | "geography" | "box2d" | "box3d" => "postgis",
        "raster" => "postgis_raster",
        "vector" | "halfvec" | "sparsevec" => "vector",
        "roaringbitmap" => "roaringbitmap",
        "semver" => "semver",
        _ => return None,
    })
}
