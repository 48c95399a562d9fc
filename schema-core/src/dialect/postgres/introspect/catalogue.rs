//! Asks the catalogue: one query a kind of object.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, PgConnection};

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
    scope: &Scope,
) -> Result<Catalogue, DbError> {
    execute(connection, include_str!("../catalog/settings.sql")).await?;
    let version = rows(
        connection,
        "SELECT current_setting('server_version_num') AS version".into(),
    )
    .await?;
    let version = version
        .first()
        .and_then(|row| row.text("version")?.parse().ok())
        .ok_or_else(|| broken("the server does not tell its version"))?;
    let condition = condition(scope);
    let sql = for_version(include_str!("../catalog/columns.sql"), version);
    let columns = columns(connection, sql.replace("{namespaces}", &condition)).await?;
    let mut query = async |text: &str| {
        let sql = for_version(text, version).replace("{namespaces}", &condition);
        rows(connection, sql).await
    };
    Ok(Catalogue {
        version,
        namespaces: query(include_str!("../catalog/namespaces.sql")).await?,
        extensions: query(include_str!("../catalog/extensions.sql")).await?,
        types: query(include_str!("../catalog/types.sql")).await?,
        sequences: query(include_str!("../catalog/sequences.sql")).await?,
        tables: query(include_str!("../catalog/tables.sql")).await?,
        columns,
        constraints: query(include_str!("../catalog/constraints.sql")).await?,
        indexes: query(include_str!("../catalog/indexes.sql")).await?,
        index_parts: query(include_str!("../catalog/index_parts.sql")).await?,
        statistics: query(include_str!("../catalog/statistics.sql")).await?,
        others: query(include_str!("../catalog/others.sql")).await?,
        dependencies: query(include_str!("../catalog/dependencies.sql")).await?,
        privileges: query(include_str!("../catalog/privileges.sql")).await?,
    })
}

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

async fn columns(connection: &mut PgConnection, sql: String) -> Result<Columns, DbError> {
    let mut columns = Columns::new();
    let mut rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(connection);
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let row = Row(row);
        let number = row.number("attnum").unwrap_or_default();
        let column = column(&row, row.required("name")?.into())?;
        let relation = columns.entry(row.oid("relation")).or_default();
        relation.push((number, column));
    }
    Ok(columns)
}

async fn rows(connection: &mut PgConnection, sql: String) -> Result<Vec<Row>, DbError> {
    // The text is a file of this crate; names of schemas in it are quoted literals.
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(connection)
        .await
        .map_err(db_error)?;
    Ok(rows.into_iter().map(Row).collect())
}
