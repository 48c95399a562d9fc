//! Partitioned tables that are made anew: no server alters how a table is partitioned, nor the type
//! of a column that says so. The table has no rows of its own: its partitions leave it, and come to
//! the new one.

use std::collections::BTreeSet;

use super::replace::replaced_by;
use super::table::keep_parts;
use super::types::unowned;
use super::{Diff, Extra, Refusal, dotted};
use crate::change::{
    Change, ColumnChange, children, descendants, lineage, mentions, replay, says_type,
};
use crate::schema::{Column, Constraint, ConstraintKind, Ident, Name, Schema, Table};
use crate::wording::nowhere;

/// Returns the tables whose partition key has a column that changes its type, there or above, or says
/// a type that is replaced.
pub(super) fn retyped(diff: &Diff) -> BTreeSet<Name> {
    let mut retyped: Vec<(&Name, &Ident)> = Vec::new();
    for change in &diff.changes {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Type { .. },
        } = change
        {
            retyped.push((table, &column.name));
        } else if let Change::ReplaceEnum { columns, .. } = change {
            retyped.extend(columns.iter().map(|(table, column)| (table, &column.name)));
        }
    }
    let is_key = |table: &Name, column: &Ident| {
        let by = diff.live.tables.get(table);
        let by = by.and_then(|table| table.partition_by.as_ref());
        by.is_some_and(|by| by.columns.contains(column) || mentions(&by.key, column))
    };
    let with_those_below = |(table, column): (&Name, &Ident)| {
        // Those that leave it do so before.
        let mut tables = descendants(&diff.live, table);
        tables.retain(|below| lineage(&diff.desired, below).any(|above| above == table));
        tables.push(table.clone());
        tables.retain(|table| is_key(table, column));
        tables
    };
    let types = replaced_by(&diff.changes);
    let saying = diff.live.tables.values().filter(|table| {
        let key = table.partition_by.as_ref();
        diff.desired.tables.contains_key(&table.name)
            && key.is_some_and(|by| says_type(&by.key, &types))
    });
    let saying = saying.map(|table| table.name.clone());
    (retyped.into_iter().flat_map(with_those_below))
        .chain(saying)
        .collect()
}

/// Tells why a table cannot be made anew: it has what no model says, and that would be lost.
pub(super) fn stopped(name: &Name, extra: Extra, diff: &Diff) -> Option<Refusal> {
    let live = diff.live.tables.get(name)?;
    let columns = live.columns.iter().map(|it| &it.name);
    let constraints = live.constraints.iter().filter_map(|it| it.name.as_ref());
    let indexes = live.indexes.iter().filter_map(|it| it.name.as_ref());
    let parts = columns.chain(constraints).chain(indexes);
    let left = |object: &String| diff.leftovers.iter().any(|it| it.object == *object);
    let mut unsaid: Vec<String> = parts.map(|part| dotted(name, part)).filter(left).collect();
    if extra == Extra::Keep {
        let below = children(&diff.live, name).into_iter();
        let below = below.filter(|child| !diff.desired.tables.contains_key(child));
        unsaid.extend(below.map(|child| child.to_string()));
    }
    (!unsaid.is_empty()).then(|| {
        Refusal::new(
            format!("table {name}"),
            format!(
                "is made anew where its partition key changes, and these are {}: `{}`",
                nowhere(&diff.desired.hints.sources),
                unsaid.join("`, `")
            ),
            match diff.desired.hints.sources.is_empty() {
                true => "put it into the desired schema, or end it with --prune",
                false => {
                    "say it in a model or a carried file (`sync introspect` writes it), or end it with --prune"
                }
            },
        )
    })
}

/// Takes tables off the live schema that are made anew, with what holds on to them.
pub(super) fn take_off(tables: &BTreeSet<Name>, live: &mut Schema, out: &mut Diff) {
    let mut changes = Vec::new();
    let mut left = Vec::new();
    for (name, table) in &live.tables {
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && tables.contains(&key.table)
                && !constraint.inherited
            {
                changes.push(Change::DropConstraint {
                    table: name.clone(),
                    constraint: constraint.clone(),
                });
            }
        }
        if let Some(partition) = &table.partition_of
            && (tables.contains(&partition.parent) || tables.contains(name))
        {
            left.push(name.clone());
            changes.push(Change::DetachPartition {
                table: name.clone(),
                partition: partition.clone(),
            });
        }
    }
    for (name, sequence) in &live.sequences {
        let owner = sequence.owned_by.as_ref();
        if owner.is_some_and(|(owner, _)| tables.contains(owner)) {
            changes.push(Change::AlterSequence {
                name: name.clone(),
                from: sequence.clone(),
                to: unowned(sequence),
            });
        }
    }
    for (name, statistics) in &live.statistics {
        if tables.contains(&statistics.table) {
            changes.push(Change::DropStatistics {
                name: name.clone(),
                statistics: statistics.clone(),
            });
        }
    }
    for name in tables {
        if let Some(table) = live.tables.get(name) {
            let mut table = Table::clone(table);
            table.partition_of = None;
            changes.push(Change::DropTable { table });
        }
    }
    match replay(live.clone(), &changes) {
        Ok(after) => *live = after,
        Err(error) => out.refusals.push(Refusal::new(
            format!("plan, change {}", error.index + 1),
            error.message,
            "this is a bug: please report it with the output of `sync dump`",
        )),
    }
    for name in &left {
        if let Some(table) = live.tables.get_mut(name) {
            keep_parts(table);
        }
    }
    // Constraints that tables below have from one that lets go go with it.
    for table in live.tables.values_mut() {
        let gone = |part: &Constraint| matches!(&part.kind, ConstraintKind::ForeignKey(key) if tables.contains(&key.table));
        if table.constraints.iter().any(gone) {
            table.constraints.retain(|part| !gone(part));
        }
    }
    out.changes.extend(changes);
}

/// A table that is made anew numbers rows when its partitions have come to it, after their numbers.
pub(super) fn number_later(out: &mut Diff) {
    let mut later = Vec::new();
    for change in &mut out.changes {
        let Change::CreateTable { table } = change else {
            continue;
        };
        if !out.anew.contains(&table.name) {
            continue;
        }
        for column in &mut table.columns {
            if let Some(identity) = column.identity.take() {
                let numbers = Column {
                    identity: Some(identity.clone()),
                    ..column.clone()
                };
                later.push(Change::AlterColumn {
                    table: table.name.clone(),
                    column: numbers,
                    change: ColumnChange::Identity {
                        from: None,
                        to: Some(identity),
                    },
                });
            }
        }
    }
    out.changes.extend(later);
}
