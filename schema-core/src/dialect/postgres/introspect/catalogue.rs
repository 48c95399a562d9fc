//! Asks the catalogue: one query a kind of object, all of them at once.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Either, PgConnection};

use super::{
    execute,
    row::{Row, broken},
    table::column,
};
use crate::{
    db::DbError,
    dialect::postgres::session::db_error,
    schema::{Column, quote_literal},
    scope::Scope,
};

/// The columns of each relation by its object id, with their numbers.
pub(super) type Columns = BTreeMap<u32, Vec<(i32, Column)>>;

/// What all catalogue queries give: rows, but for the columns, which are by far the most.
pub(super) struct Catalogue {
    pub(super) version: u32,
    pub(super) namespaces: Vec<Row>,
    pub(super) extensions: Vec<Row>,
    pub(super) types: Vec<Row>,
    pub(super) sequences: Vec<Row>,
    pub(super) tables: Vec<Row>,
    pub(super) columns: Columns,
    pub(super) constraints: Vec<Row>,
    pub(super) indexes: Vec<Row>,
    pub(super) index_parts: Vec<Row>,
    pub(super) statistics: Vec<Row>,
    pub(super) others: Vec<Row>,
    pub(super) dependencies: Vec<Row>,
    pub(super) privileges: Vec<Row>,
}

pub(super) async fn read(
    connection: &mut PgConnection,
    version: u32,
    scope: &Scope,
) -> Result<Catalogue, DbError> {
    execute(connection, include_str!("../catalog/settings.sql")).await?;
    let condition = condition(scope);
    let batch: Vec<String> = QUERIES
        .iter()
        .map(|text| text.replace("{given}", include_str!("../catalog/given.sql")))
        .map(|text| for_version(&text, version).replace("{namespaces}", &condition))
        .collect();
    let (columns, sets) = answers(connection, batch.join(";\n")).await?;
    let mut sets = sets.into_iter();
    let mut next = || sets.next().unwrap_or_default();
    // In the order of the queries: fields get their values as they are written.
    Ok(Catalogue {
        version,
        columns,
        namespaces: next(),
        extensions: next(),
        types: next(),
        sequences: next(),
        tables: next(),
        constraints: next(),
        indexes: next(),
        index_parts: next(),
        statistics: next(),
        others: next(),
        dependencies: next(),
        privileges: next(),
    })
}

/// What is asked for at once, so that the server does not wait while rows are read: the columns, then
/// what gives rows that are kept as they are.
const QUERIES: [&str; 13] = [
    include_str!("../catalog/columns.sql"),
    include_str!("../catalog/namespaces.sql"),
    include_str!("../catalog/extensions.sql"),
    include_str!("../catalog/types.sql"),
    include_str!("../catalog/sequences.sql"),
    include_str!("../catalog/tables.sql"),
    include_str!("../catalog/constraints.sql"),
    include_str!("../catalog/indexes.sql"),
    include_str!("../catalog/index_parts.sql"),
    include_str!("../catalog/statistics.sql"),
    include_str!("../catalog/others.sql"),
    include_str!("../catalog/dependencies.sql"),
    include_str!("../catalog/privileges.sql"),
];

/// Returns the condition on the namespace `n` that each query has a place for.
fn condition(scope: &Scope) -> String {
    match &scope.namespaces {
        None => r"(n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')".into(),
        Some(names) if names.is_empty() => "false".into(),
        Some(names) => {
            let names: Vec<_> = names
                .iter()
                .map(|name| quote_literal(name.as_str()))
                .collect();
            format!("n.nspname IN ({})", names.join(", "))
        }
    }
}

/// Leaves out the lines that are not for this major version: `/*>=15*/ ..`, `/*<15*/ ..`.
fn for_version(text: &str, version: u32) -> String {
    let major = version / 10_000;
    let mut sql = String::with_capacity(text.len());
    for line in text.lines() {
        let mark = line.trim_start().strip_prefix("/*");
        let bound = |sign: &str| {
            let (bound, _) = mark?.strip_prefix(sign)?.split_once("*/")?;
            bound.parse::<u32>().ok()
        };
        let wanted = match (bound(">="), bound("<")) {
            (Some(least), _) => major >= least,
            (None, Some(below)) => major < below,
            (None, None) => true,
        };
        if wanted {
            sql.push_str(line);
            sql.push('\n');
        }
    }
    sql
}

/// Reads the answers to [`QUERIES`] as they come.
async fn answers(
    connection: &mut PgConnection,
    sql: String,
) -> Result<(Columns, Vec<Vec<Row>>), DbError> {
    let mut columns = Columns::new();
    let mut sets: Vec<Vec<Row>> = QUERIES[1..].iter().map(|_| Vec::new()).collect();
    let mut at = 0;
    // The text is files of this crate; names of schemas in it are quoted literals.
    let mut answers = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(connection);
    while let Some(answer) = answers.try_next().await.map_err(db_error)? {
        match answer {
            Either::Left(_) => at += 1,
            Either::Right(row) if at == 0 => {
                let row = Row(row);
                let number = row.number("attnum").unwrap_or_default();
                let column = column(&row, row.required("name")?.into())?;
                let relation = columns.entry(row.oid("relation")).or_default();
                relation.push((number, column));
            }
            Either::Right(row) => {
                let set = sets.get_mut(at - 1);
                set.ok_or_else(|| broken("the catalogue answers more than it is asked"))?
                    .push(Row(row));
            }
        }
    }
    Ok((columns, sets))
}
