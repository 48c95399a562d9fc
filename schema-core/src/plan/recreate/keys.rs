//! Foreign keys whose columns change type, or whose referenced key goes.

use std::collections::BTreeSet;

use super::parts::{again, constraint_after};
use super::{Touched, base_changes};
use crate::change::{Change, lineage};
use crate::diff::{Diff, comes_above};
use crate::schema::{ConstraintKind, Family, Ident, Index, IndexKey, Name, Schema};

/// Foreign keys whose columns change type, or whose referenced key goes.
pub(super) fn foreign_keys(family: Family, diff: &mut Diff, touched: &Touched) {
    // To SQLite a reference is names: it compares values of whatever type when rows are written.
    let by_type = family == Family::Postgres;
    let mut keys: Vec<(Name, BTreeSet<Ident>)> = Vec::new();
    for change in &diff.changes {
        if let Change::DropConstraint { table, constraint } = change {
            if let ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) = &constraint.kind
            {
                keys.push((table.clone(), key.columns.iter().cloned().collect()));
            }
        } else if let Change::DropIndex { table, index } = change
            && index.unique
        {
            keys.push((table.clone(), index_columns(index).collect()));
        }
    }
    let relogged = relogged(&diff.changes);
    let mut added = Vec::new();
    for (name, table) in &diff.live.tables {
        let Some(desired) = diff.desired.tables.get(name) else {
            continue;
        };
        for constraint in &table.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let references: BTreeSet<Ident> = key.references.iter().cloned().collect();
            let carried = carried(diff, &key.table, &references);
            let carries_retyped = carried.into_iter().any(|column| {
                lineage(&diff.live, &key.table).any(|table| {
                    let at = (table.clone(), column.clone());
                    touched.retyped.contains(&at) || touched.relabelled.contains(&at)
                })
            });
            let goes = |table: &Name| {
                let mut keys = keys.iter();
                keys.any(|(owner, columns)| owner == table && *columns == references)
            };
            let key_goes = lineage(&diff.live, &key.table).any(goes);
            let at = |table: &Name, columns: &[Ident]| {
                lineage(&diff.live, table).any(|table| {
                    columns.iter().any(|column| {
                        let at = (table.clone(), column.clone());
                        touched.relabelled.contains(&at)
                            || touched.retyped.contains(&at) && base_changes(diff, table, column)
                    })
                })
            };
            let retyped =
                carries_retyped || at(name, &key.columns) || at(&key.table, &key.references);
            let in_circle = relogged.contains(name)
                && relogged.contains(&key.table)
                && *name != key.table
                && leads_to(&diff.live, &key.table, name, &relogged);
            if key_goes || in_circle || (by_type && retyped) {
                let after = constraint_after(diff, desired, constraint);
                again(diff, &mut added, name, constraint, after);
            }
        }
    }
    // What tables below have from one above comes with that.
    let comes = |change: &Change| {
        matches!(change, Change::AddConstraint { table, constraint } if constraint.inherited
            && comes_above(&diff.desired, diff.changes.iter().chain(&added), table, constraint))
    };
    let added: Vec<Change> = (added.iter()).filter(|it| !comes(it)).cloned().collect();
    diff.changes.extend(added);
}

/// Tables that become unlogged, or logged.
fn relogged(changes: &[Change]) -> BTreeSet<Name> {
    let tables = changes.iter().filter_map(|change| {
        if let Change::AlterTable { table, from, to } = change {
            (from.unlogged != to.unlogged).then(|| table.clone())
        } else {
            None
        }
    });
    tables.collect()
}

/// Tells whether foreign keys lead from one of some tables to another: where they go in a circle,
/// none of the tables can be the first that a logged one does not reference.
fn leads_to(live: &Schema, from: &Name, to: &Name, among: &BTreeSet<Name>) -> bool {
    let mut seen = BTreeSet::from([from.clone()]);
    let mut open = vec![from.clone()];
    while let Some(table) = open.pop().and_then(|name| live.tables.get(&name)) {
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && among.contains(&key.table)
                && seen.insert(key.table.clone())
            {
                open.push(key.table.clone());
            }
        }
    }
    seen.contains(to)
}

/// The columns that keys and unique indexes over some columns carry besides (INCLUDE): the server
/// makes such an index anew with the type of each, and does not look at who refers to it.
fn carried(diff: &Diff, table: &Name, columns: &BTreeSet<Ident>) -> Vec<Ident> {
    let Some(table) = diff.live.tables.get(table) else {
        return Vec::new();
    };
    let of_keys = table.constraints.iter().filter_map(|constraint| {
        let (ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) = &constraint.kind
        else {
            return None;
        };
        let same = key.columns.iter().collect::<BTreeSet<_>>() == columns.iter().collect();
        same.then_some(&key.include)
    });
    let of_indexes = table.indexes.iter().filter(|index| index.unique);
    let of_indexes = of_indexes.filter_map(|index| {
        let over: BTreeSet<Ident> = index_columns(index).collect();
        (over == *columns).then_some(&index.include)
    });
    of_keys.chain(of_indexes).flatten().cloned().collect()
}

fn index_columns(index: &Index) -> impl Iterator<Item = Ident> {
    index.parts.iter().filter_map(|part| match &part.key {
        IndexKey::Column(column) => Some(column.clone()),
        IndexKey::Expr(_) => None,
    })
}
