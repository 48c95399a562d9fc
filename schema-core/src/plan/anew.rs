//! Partitioned tables that are made anew: from the first partition that leaves one to the last that
//! comes there is nothing else, and that is one transaction.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use super::order::Aside;
use crate::change::{Change, ColumnChange, calls, children, descendants, lineage};
use crate::diff::{Diff, same_index};
use crate::schema::{ConstraintKind, Index, Name, Table};
use crate::step::Step;

/// The tables that are made anew, all that is below them, and what is above: its columns change when
/// those have left it.
pub(super) struct Anew {
    tables: BTreeSet<Name>,
    /// Tables that those reference, and whose keys or columns change: they are referenced until then.
    referenced: BTreeSet<Name>,
    /// Indexes that all partitions have already.
    indexes: BTreeSet<Name>,
    /// The sequences of identities that go with those: others of their names come then.
    numbers: BTreeSet<Name>,
    /// Types are replaced that functions are about.
    late: bool,
}

impl Anew {
    pub(super) fn new(diff: &Diff, changes: &[Change], aside: &Aside) -> Self {
        let mut tables = diff.anew.clone();
        for change in changes {
            if let Change::DetachPartition { table, partition }
            | Change::AttachPartition { table, partition } = change
                && diff.anew.contains(&partition.parent)
            {
                tables.insert(table.clone());
            }
        }
        for name in tables.clone() {
            tables.extend(descendants(&diff.live, &name));
            tables.extend(descendants(&diff.desired, &name));
        }
        for name in &diff.anew {
            for schema in [&diff.live, &diff.desired] {
                tables.extend(lineage(schema, name).cloned());
            }
        }
        // One that is made anew elsewhere has left by then.
        for change in changes {
            if let Change::DetachPartition { table, partition } = change
                && diff.anew.contains(table)
            {
                tables.extend(lineage(&diff.live, &partition.parent).cloned());
            }
        }
        let referenced = referenced(diff, changes);
        tables.extend(referenced.iter().cloned());
        let gone = changes.iter().filter_map(|change| {
            if let Change::DropTable { table } = change {
                diff.anew.contains(&table.name).then_some(table)
            } else {
                None
            }
        });
        let numbers = gone.flat_map(Table::identities).collect();
        let replaces = |it: &Change| aside.has(it) || matches!(it, Change::ReplaceEnum { .. });
        let mut indexes = BTreeSet::new();
        for change in changes {
            if let Change::CreateIndex { table, index } = change
                && diff.anew.contains(table)
                && !index.invalid
                && has_everywhere(diff, changes, table, index)
                && !waits_for_a_function(changes, index)
                && let Some(name) = &index.name
            {
                indexes.insert(table.sibling(name.clone()));
            }
        }
        Self {
            tables,
            referenced,
            indexes,
            numbers,
            late: aside.late && changes.iter().any(replaces),
        }
    }

    /// Returns the place of a change, by the one that it has by itself.
    pub(super) fn together(&self, rank: (u32, i64), change: &Change) -> (u32, i64) {
        // Between what is renamed, and what waits until the partitions are there. What calls
        // functions lets go of them before a type steps aside.
        let phases: RangeInclusive<u32> = if self.late { 38..=65 } else { 29..=65 };
        // What was begun is brought to its end in a transaction of its own.
        if matches!(change, Change::DetachPartition { partition, .. } if partition.detach_pending) {
            return rank;
        }
        let of = if let Change::AlterSequence { from, to, .. } = change {
            let owner = from.owned_by.as_ref().or(to.owned_by.as_ref());
            owner.map(|(table, _)| table)
        } else if let Change::DropStatistics { statistics, .. } = change {
            Some(&statistics.table)
        } else {
            change.table()
        };
        // Beyond the depth of any table.
        let place = |rank: (u32, i64)| (64, 1000 + i64::from(rank.0) * 1_000_000 + rank.1);
        if let Change::CreateIndex { table, index } = change
            && (index.name.iter()).any(|name| self.indexes.contains(&table.sibling(name.clone())))
        {
            place((51, rank.1))
        } else if matches!(change, Change::CreateSequence { name, .. } if self.numbers.contains(name))
        {
            // Between the table that goes and the one that comes.
            place((47, 0))
        } else if drops_key(change) && of.is_some_and(|name| self.referenced.contains(name)) {
            // After all that is made anew has gone, and before what is renamed.
            place((35, 500_000 + rank.1))
        } else if of.is_some_and(|name| self.tables.contains(name)) && phases.contains(&rank.0) {
            place(rank)
        } else {
            rank
        }
    }
}

/// The tables that others which are made anew reference, if what is referenced goes or changes its
/// type, and all above and below them.
fn referenced(diff: &Diff, changes: &[Change]) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for change in changes {
        let Change::DropTable { table } = change else {
            continue;
        };
        if !diff.anew.contains(&table.name) {
            continue;
        }
        for constraint in &table.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let mut tables: BTreeSet<Name> = lineage(&diff.live, &key.table).cloned().collect();
            tables.extend(descendants(&diff.live, &key.table));
            let touches = |change: &Change| {
                let retypes = matches!(change, Change::AlterColumn { column, change: ColumnChange::Type { .. }, .. }
                    if key.references.contains(&column.name));
                change.table().is_some_and(|it| tables.contains(it))
                    && (retypes || drops_key(change))
            };
            if changes.iter().any(touches) {
                found.extend(tables);
            }
        }
    }
    found
}

/// Tells whether a change drops what a foreign key may reference.
fn drops_key(change: &Change) -> bool {
    if let Change::DropConstraint { constraint, .. } = change {
        matches!(
            constraint.kind,
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_)
        )
    } else {
        matches!(change, Change::DropIndex { index, .. } if index.unique)
    }
}

/// Tells whether an index of a table takes one that is there for its part of each partition.
fn has_everywhere(diff: &Diff, changes: &[Change], table: &Name, index: &Index) -> bool {
    children(&diff.desired, table).iter().all(|child| {
        let Some(live) = diff.live.tables.get(child) else {
            // It has no rows yet, or its partitions have them.
            return has_everywhere(diff, changes, child, index);
        };
        let goes = |index: &Index| {
            changes.iter().any(|change| {
                matches!(change, Change::DropIndex { table, index: gone }
                    if table == child && gone.name == index.name)
            })
        };
        let mut there = live.indexes.iter();
        there.any(|other| !other.invalid && same_index(other, index) && !goes(other))
    })
}

/// Tells whether an index calls a function that is made again.
fn waits_for_a_function(changes: &[Change], index: &Index) -> bool {
    changes.iter().any(|change| {
        matches!(change, Change::CreateOther { other }
            if index.exprs().any(|expr| calls(expr, &other.name)))
    })
}

/// Tells whether a change makes a table anew, or moves a partition of it.
pub(super) fn is_around(change: &Change, anew: &BTreeSet<Name>) -> bool {
    if let Change::DropTable { table } | Change::CreateTable { table } = change {
        anew.contains(&table.name)
    } else if let Change::DetachPartition { partition, .. }
    | Change::AttachPartition { partition, .. } = change
    {
        anew.contains(&partition.parent) && !partition.detach_pending
    } else {
        false
    }
}

/// Returns the steps that commit with the one before.
pub(super) fn joined(steps: &[Step], anew: &BTreeSet<Name>) -> Range<usize> {
    let around = |step: &Step| step.changes.iter().any(|change| is_around(change, anew));
    let first = steps.iter().position(around);
    match first.zip(steps.iter().rposition(around)) {
        Some((first, last)) => first + 1..last + 1,
        None => 0..0,
    }
}
