//! Makes tables and their columns of rows.

use super::row::Row;
use crate::{
    db::DbError,
    dialect::postgres::normalize::partition::printed_key,
    schema::{
        Column, Generated, GeneratedKind, Ident, Identity, Name, PartitionBy, PartitionOf,
        ReplicaIdentity, Table, TableOptions,
    },
};

pub(super) fn table(row: &Row, name: Name) -> Result<Table, DbError> {
    let mut with = row.options("options")?;
    for (key, value) in row.options("toast_options")? {
        with.insert(format!("toast.{key}"), value);
    }
    let parents: Vec<(String, String)> = row.json("parents")?;
    let mut parents = parents
        .into_iter()
        .map(|(schema, name)| Name::new(schema, name));
    let partition_of = match row.string("partition_bound") {
        Some(bound) => parents.next().map(|parent| PartitionOf {
            parent,
            bound,
            detach_pending: row.flag("detach_pending"),
            condition: None,
        }),
        None => None,
    };
    let columns = row.json("partition_columns")?;
    let partition_by = row.text("partition_key").and_then(|printed| {
        let (strategy, key) = printed_key(printed)?;
        Some(PartitionBy {
            strategy,
            key,
            columns,
        })
    });
    Ok(Table {
        name,
        comment: row.string("comment"),
        options: TableOptions {
            unlogged: row.text("persistence") == Some("u"),
            with,
            replica_identity: match row.text("replica_identity") {
                Some("f") => ReplicaIdentity::Full,
                Some("n") => ReplicaIdentity::Nothing,
                // Its name comes with the indexes.
                Some("i") => ReplicaIdentity::Index(Ident::default()),
                Some(_) | None => ReplicaIdentity::Default,
            },
            row_security: row.flag("row_security"),
            row_security_forced: row.flag("row_security_forced"),
            tablespace: row.ident("tablespace"),
            access_method: row.ident("access_method"),
            ..TableOptions::default()
        },
        partition_by,
        partition_of,
        inherits: parents.collect(),
        of_type: row.name_in("type_schema", "type_name"),
        ..Table::default()
    })
}

pub(super) fn column(row: &Row, name: Ident) -> Result<Column, DbError> {
    let kind = match row.text("generated") {
        Some("s") => Some(GeneratedKind::Stored),
        Some("v") => Some(GeneratedKind::Virtual),
        Some(_) | None => None,
    };
    let expr = row.expr("default");
    let (default, generated) = match (kind, expr) {
        (Some(kind), Some(expr)) => (None, Some(Box::new(Generated { expr, kind }))),
        (_, expr) => (expr, None),
    };
    let always = match row.text("identity") {
        Some("a") => Some(true),
        Some("d") => Some(false),
        Some(_) | None => None,
    };
    let mut options = row.options("options")?;
    // PostgreSQL 15.20 keeps a number of its own among the options; it is no option.
    options.remove("pg_attver");
    Ok(Column {
        name,
        ty: row.ty("type")?,
        nullable: !row.flag("not_null"),
        default,
        identity: always.map(|always| {
            Box::new(Identity {
                always,
                ..Identity::default()
            })
        }),
        generated,
        collation: row.name_in("collation_schema", "collation"),
        storage: row.text("storage").map(|letter| {
            match letter {
                "p" => "plain",
                "e" => "external",
                "m" => "main",
                _ => "extended",
            }
            .to_owned()
        }),
        compression: row.text("compression").map(|letter| {
            match letter {
                "l" => "lz4",
                _ => "pglz",
            }
            .to_owned()
        }),
        statistics: row.number("statistics"),
        options,
        comment: row.string("comment"),
        inherited: row.flag("inherited"),
        ..Column::default()
    })
}
