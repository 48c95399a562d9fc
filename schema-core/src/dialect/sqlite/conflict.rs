//! What becomes of a row that is in the way of a new one: `ON CONFLICT` of a key.
//!
//! No word of a model says it. A key that has it keeps it, and `sync introspect` carries it.

use std::collections::BTreeMap;

use crate::diff::{live_name, renamed_columns};
use crate::schema::{Constraint, ConstraintKind, Ident, Key, Name, Schema};

/// Gives keys of which nothing is said what they have in the database.
pub(super) fn adopt(desired: &mut Schema, live: &Schema) {
    let before: BTreeMap<Name, Name> = (desired.tables.keys())
        .filter_map(|name| Some((name.clone(), live_name(live, desired, name)?)))
        .collect();
    let hints = &desired.hints;
    for (name, table) in &mut desired.tables {
        let there = before.get(name).and_then(|name| live.tables.get(name));
        let Some(there) = there.filter(|it| it.constraints.iter().any(|it| action(it).is_some()))
        else {
            continue;
        };
        let renames = renamed_columns(there, table, hints);
        let old_name = |column: &Ident| {
            let old = renames.iter().find(|(_, new)| new == column);
            old.map_or(column, |(old, _)| old).clone()
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
