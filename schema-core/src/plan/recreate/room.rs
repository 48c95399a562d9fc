//! Tables that go leave the ones above before those change: their rows go last.

use std::collections::BTreeSet;

use crate::change::{Change, ColumnChange, descendants, lineage};
use crate::diff::Diff;
use crate::schema::{ConstraintKind, Name};

/// A partition that goes leaves its place at once where its parent gets others, where a foreign key
/// refers to its parent, or where what changes above would change it too; its rows go last. So does
/// a table that inherits.
pub(super) fn make_room(diff: &mut Diff) {
    let gone: BTreeSet<Name> = (diff.changes.iter())
        .filter_map(|change| {
            if let Change::DropTable { table } = change {
                Some(table.name.clone())
            } else {
                None
            }
        })
        .collect();
    if gone.is_empty() {
        return;
    }
    let below = changing_below(diff);
    let leaves = |table: &Name, parent: &Name| below.contains(table) && !gone.contains(parent);
    // The server drops no partition that a foreign key looks into.
    let mut looked_into: BTreeSet<Name> = BTreeSet::new();
    for (name, table) in &diff.live.tables {
        for constraint in &table.constraints {
            let gone = |change: &Change| {
                matches!(change, Change::DropConstraint { table, constraint: gone }
                    if table == name && gone.name == constraint.name)
            };
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && !diff.changes.iter().any(gone)
            {
                looked_into.insert(key.table.clone());
            }
        }
    }
    let gets = |parent: &Name| {
        let made = |change: &Change| {
            matches!(change, Change::CreateTable { table }
                if table.partition_of.as_ref().is_some_and(|other| other.parent == *parent))
        };
        let attached = |change: &Change| {
            matches!(change, Change::AttachPartition { partition, .. }
                if partition.parent == *parent)
        };
        let above = |table: &Name| lineage(&diff.live, parent).any(|name| name == table);
        // A key of a partitioned table asks all that is below it for its columns.
        let keyed = |change: &Change| {
            if let Change::AddConstraint { table, .. } = change {
                above(table)
            } else if let Change::CreateIndex { table, index } = change {
                index.unique && above(table)
            } else {
                false
            }
        };
        looked_into.iter().any(above)
            || (diff.changes.iter()).any(|change| made(change) || attached(change) || keyed(change))
    };
    let mut left = Vec::new();
    for change in &diff.changes {
        let Change::DropTable { table } = change else {
            continue;
        };
        let name = &table.name;
        if let Some(partition) = &table.partition_of
            && (gets(&partition.parent) || leaves(name, &partition.parent))
        {
            left.push(Change::DetachPartition {
                table: name.clone(),
                partition: partition.clone(),
            });
        }
        let parents = table.inherits.iter();
        let left_ones = parents.filter(|parent| leaves(name, parent));
        left.extend(left_ones.map(|parent| Change::DropParent {
            table: name.clone(),
            parent: parent.clone(),
        }));
    }
    for change in &mut diff.changes {
        let Change::DropTable { table } = change else {
            continue;
        };
        for other in &left {
            if let Change::DetachPartition { table: gone, .. } = other
                && *gone == table.name
            {
                table.partition_of = None;
            } else if let Change::DropParent {
                table: gone,
                parent,
            } = other
                && *gone == table.name
            {
                table.inherits.retain(|name| name != parent);
            }
        }
    }
    diff.changes.extend(left);
}

/// Returns the tables below others that stay and change in a way that concerns all below.
fn changing_below(diff: &Diff) -> BTreeSet<Name> {
    let recurses = |change: &Change| {
        if let Change::AlterColumn { change, .. } = change {
            matches!(
                change,
                ColumnChange::Type { .. } | ColumnChange::SetNotNull { .. }
            )
        } else if let Change::AddConstraint { constraint, .. } = change {
            matches!(constraint.kind, ConstraintKind::Check { .. })
        } else {
            matches!(change, Change::AddColumn { .. })
        }
    };
    let changing = diff.changes.iter().filter(|change| recurses(change));
    let mut tables: BTreeSet<&Name> = changing.filter_map(Change::table).collect();
    for change in &diff.changes {
        if let Change::ReplaceEnum { columns, .. } = change {
            tables.extend(columns.iter().map(|(table, _)| table));
        }
    }
    let below = tables
        .into_iter()
        .flat_map(|table| descendants(&diff.live, table));
    below.collect()
}
