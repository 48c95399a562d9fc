//! What becomes of a row that is in the way of a new one: `ON CONFLICT` of a key.
//!
//! No word of a model says it. A key that has it keeps it, and `sync introspect` carries it.

use crate::schema::{Constraint, ConstraintKind, Ident, Key, Schema};

/// Gives keys of which nothing is said what they have in the database.
pub(super) fn adopt(desired: &mut Schema, live: &Schema) {
    let hints = &desired.hints;
    for (name, table) in &mut desired.tables {
        let before = hints.renamed_tables.get(name);
        let before = before.map(|old| name.sibling(old.clone()));
        let there = live.tables.get(name);
        let there = there.or_else(|| live.tables.get(&before?));
        let Some(there) = there.filter(|it| it.constraints.iter().any(|it| action(it).is_some()))
        else {
            continue;
        };
        let old_name = |column: &Ident| match there.column(column) {
            Some(_) => column.clone(),
            None => {
                let old = hints.renamed_columns.get(&(name.clone(), column.clone()));
                old.unwrap_or(column).clone()
            }
        };
        for constraint in &mut table.constraints {
            let primary = matches!(constraint.kind, ConstraintKind::PrimaryKey(_));
            let Some(key) = key_mut(constraint) else {
                continue;
            };
            let columns: Vec<Ident> = key.columns.iter().map(old_name).collect();
            let same = there.constraints.iter().find_map(|other| {
                let alike = matches!(other.kind, ConstraintKind::PrimaryKey(_)) == primary;
                self::key(other).filter(|it| alike && it.columns == columns)
            });
            if let Some(same) = same
                && key.on_conflict.is_none()
            {
                key.on_conflict.clone_from(&same.on_conflict);
            }
        }
    }
}

/// Returns what becomes of a row that is in the way of a new one, where a key says it.
pub(in crate::dialect::sqlite) fn action(constraint: &Constraint) -> Option<&str> {
    key(constraint)?.on_conflict.as_deref()
}

fn key(constraint: &Constraint) -> Option<&Key> {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => Some(key),
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => None,
    }
}

fn key_mut(constraint: &mut Constraint) -> Option<&mut Key> {
    match &mut constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => Some(key),
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => None,
    }
}
