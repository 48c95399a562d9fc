//! Columns that a plan renames away or gives another type: what names them was an expression of the
//! table that is there, and may be none of the one that is to be.

use crate::change::{constraint_uses, index_uses, mentions};
use crate::diff::renamed_columns;
use crate::schema::{Constraint, Expr, Ident, Index, Schema, Table};

/// Returns the names of columns that stand for nothing, or for values of another type, in the end.
pub(super) fn columns(desired: &Schema, table: &Table, before: &Table) -> Vec<Ident> {
    let renames = renamed_columns(before, table, &desired.hints);
    let renamed = |old: &Ident| renames.iter().any(|(from, _)| from == old);
    let moved = before
        .columns
        .iter()
        .filter(|old| match table.column(&old.name) {
            Some(new) => new.ty != old.ty,
            None => renamed(&old.name),
        });
    moved.map(|column| column.name.clone()).collect()
}

/// Tells whether an expression names one of them.
pub(super) fn mentioned(expr: &Expr, moved: &[Ident]) -> bool {
    moved.iter().any(|column| mentions(expr, column))
}

/// Tells whether a table's own constraint is about one of them.
pub(super) fn constrained(constraint: &Constraint, moved: &[Ident]) -> bool {
    !constraint.inherited
        && moved
            .iter()
            .any(|column| constraint_uses(constraint, column))
}

/// Tells whether a table's own index is about one of them.
pub(super) fn indexed(index: &Index, moved: &[Ident]) -> bool {
    !index.inherited && moved.iter().any(|column| index_uses(index, column))
}
