//! Normalizes what a column is, but for the expressions in it.

use super::{collation, no_empty, resolve::Types, sequence::identity_parts};
use crate::{
    dialect::postgres::types::is_builtin,
    schema::{Column, DataType, Name},
};

pub(super) fn column_type(
    table: &Name,
    column: &mut Column,
    types: &Types<'_>,
    errors: &mut Vec<String>,
) {
    let place = format!("column `{table}.{}`", column.name);
    types.resolve(&mut column.ty, table, &place, errors);
    collation(&mut column.collation);
    if let Some(storage) = &mut column.storage {
        *storage = storage.to_lowercase();
    }
    let own = storage_of(&column.ty);
    column.storage = column
        .storage
        .take()
        .filter(|storage| Some(storage.as_str()) != own && storage != "default");
    if let Some(compression) = &mut column.compression {
        *compression = compression.to_lowercase();
    }
    column.compression = column.compression.take().filter(|name| name != "default");
    column.statistics = column.statistics.filter(|target| *target != -1);
    column.options.remove("pg_attver");
    no_empty(&mut column.comment);
    if let Some(identity) = &mut column.identity {
        column.nullable = false;
        identity_parts(table, &column.name, &column.ty, identity);
    }
}

/// Returns how values of a built-in type are stored if nobody says otherwise.
fn storage_of(ty: &DataType) -> Option<&'static str> {
    if !is_builtin(ty) {
        return None;
    }
    if ty.array {
        return Some("extended");
    }
    Some(match ty.name.as_str() {
        "numeric" | "inet" | "cidr" => "main",
        "text" | "character varying" | "character" | "bpchar" | "bytea" | "json" | "jsonb"
        | "xml" | "bit" | "bit varying" | "\"bit\"" | "path" | "polygon" | "tsvector"
        | "jsonpath" => "extended",
        name if name.ends_with("range") => "extended",
        _ => "plain",
    })
}
