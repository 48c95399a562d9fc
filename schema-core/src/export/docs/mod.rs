//! A schema as documentation: one Markdown file, a list of tables within another file, or one page.

#[cfg(feature = "html")]
mod html;
mod inject;
#[cfg(feature = "html")]
mod layout;
mod markdown;
mod mermaid;
#[cfg(feature = "html")]
mod svg;
mod words;

use std::collections::BTreeMap;

#[cfg(feature = "html")]
pub use html::html;
pub use inject::{BEGIN, END, InjectError, inject};
pub use markdown::{markdown, table_list};

use crate::schema::{Constraint, ConstraintKind, ForeignKey, Name, Schema, Table};

/// A foreign key as the table that it references sees it.
struct Incoming<'a> {
    table: &'a Table,
    key: &'a ForeignKey,
}

/// Returns the foreign keys of a table, in its order.
fn foreign_keys(table: &Table) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
    let constraints = table.constraints.iter();
    constraints.filter_map(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some((constraint, key)),
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclude(_) => None,
    })
}

/// Returns the references to each table.
fn incoming(schema: &Schema) -> BTreeMap<&Name, Vec<Incoming<'_>>> {
    let mut all: BTreeMap<&Name, Vec<Incoming<'_>>> = BTreeMap::new();
    for table in schema.tables.values() {
        for (_, key) in foreign_keys(table) {
            let to = all.entry(&key.table).or_default();
            to.push(Incoming { table, key });
        }
    }
    all
}

/// Tells whether a row may reference nothing.
fn optional(table: &Table, key: &ForeignKey) -> bool {
    let mut columns = key.columns.iter();
    columns.any(|name| table.column(name).is_some_and(|column| column.nullable))
}

/// Tells whether at most one row references another: the key's columns are unique.
fn single(table: &Table, key: &ForeignKey) -> bool {
    let same = |columns: &[crate::schema::Ident]| {
        columns.len() == key.columns.len() && columns.iter().all(|it| key.columns.contains(it))
    };
    let by_constraint = table.constraints.iter().any(|it| match &it.kind {
        ConstraintKind::PrimaryKey(other) | ConstraintKind::Unique(other) => same(&other.columns),
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => false,
    });
    by_constraint
        || table.indexes.iter().any(|index| {
            let columns: Option<Vec<_>> = index.parts.iter().map(column_of).collect();
            index.unique && index.predicate.is_none() && columns.is_some_and(|it| same(&it))
        })
}

fn column_of(part: &crate::schema::IndexPart) -> Option<crate::schema::Ident> {
    match &part.key {
        crate::schema::IndexKey::Column(name) => Some(name.clone()),
        crate::schema::IndexKey::Expr(_) => None,
    }
}
