//! Keys of partitions that are their parts of plain unique indexes above: the server drops neither of
//! them, but takes a partition off that has such a key.

use std::collections::BTreeSet;

use super::Touched;
use super::parts::{again, again_index, constraint_after, index_after};
use crate::change::{Change, index_uses, lent_keys, lineage};
use crate::diff::{Diff, Refusal, same_index};
use crate::schema::{Constraint, ConstraintKind, Ident, Index, Name, PartitionOf};

/// Takes partitions off for a moment where such a key or the index above it goes, and makes the index
/// above anew where another key is to be its part.
pub(super) fn lent(diff: &mut Diff, touched: &Touched) {
    let mut off: BTreeSet<Name> = BTreeSet::new();
    for pair in pairs(diff) {
        let mut added = Vec::new();
        let Pair {
            partition,
            above,
            index,
            lent,
            wanted,
        } = &pair;
        let retyped = lineage(&diff.live, partition).any(|table| {
            let columns = touched.retyped.iter().chain(&touched.relabelled);
            let mut columns = columns.filter(|(of, _)| of == table);
            columns.any(|(_, column)| index_uses(index, column))
        });
        let index_goes = drops(diff, above, index.name.as_ref());
        let stays = lent.iter().any(|key| wanted.contains(&key.name));
        if lent.is_empty() && !index_goes || stays && retyped && !index_goes {
            let after = index_after(diff, &diff.desired.tables[above], index);
            again_index(diff, &mut added, above, index, after);
        }
        if !lent.is_empty() && !stays && !index_goes && !retyped {
            for key in lent {
                let after = constraint_after(diff, &diff.desired.tables[partition], key);
                again(diff, &mut added, partition, key, after);
            }
        }
        let goes = retyped
            || index_goes
            || lent
                .iter()
                .any(|key| drops(diff, partition, key.name.as_ref()));
        if !lent.is_empty() && (goes || !stays) {
            off.insert(partition.clone());
        }
        diff.changes.extend(added);
    }
    for partition in off {
        step_out(diff, &partition);
    }
}

/// Tells whether a partition has an index for one above where a key of its own is to be that, or the
/// other way round.
pub(in crate::plan) fn differs(diff: &Diff) -> bool {
    pairs(diff).iter().any(|pair| {
        let mut lent = pair.lent.iter();
        !lent.any(|key| pair.wanted.contains(&key.name))
    })
}

/// A partition that stays where it is, and a unique index above.
struct Pair {
    partition: Name,
    above: Name,
    index: Index,
    /// The keys of which one is the partition's part of it.
    lent: Vec<Constraint>,
    /// The names of those of which one is to be it, as they are before.
    wanted: Vec<Option<Ident>>,
}

fn pairs(diff: &Diff) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (name, live) in &diff.live.tables {
        let Some(desired) = diff.desired.tables.get(name) else {
            continue;
        };
        let parent = |of: &Option<PartitionOf>| of.as_ref().map(|it| it.parent.clone());
        if live.partition_of.is_none()
            || parent(&live.partition_of) != parent(&desired.partition_of)
        {
            continue;
        }
        let above = lineage(&diff.live, name).skip(1);
        for table in above.filter_map(|above| diff.live.tables.get(above)) {
            let Some(table_after) = diff.desired.tables.get(&table.name) else {
                continue;
            };
            let unique = table.indexes.iter().filter(|index| index.unique);
            for index in unique.filter(|index| !index.inherited && !index.invalid) {
                let lent: Vec<Constraint> = lent_keys(live, index).into_iter().cloned().collect();
                let after = index_after(diff, table_after, index);
                let after = after.filter(|after| same_index(after, index));
                let wanted = after.map(|after| lent_keys(desired, after));
                let wanted = wanted.into_iter().flatten();
                let wanted: Vec<_> = wanted.map(|key| called_now(diff, name, key)).collect();
                if !lent.is_empty() || !wanted.is_empty() {
                    pairs.push(Pair {
                        partition: name.clone(),
                        above: table.name.clone(),
                        index: index.clone(),
                        lent,
                        wanted,
                    });
                }
            }
        }
    }
    pairs
}

/// Returns the name that a key of a table has before it is renamed.
fn called_now(diff: &Diff, table: &Name, key: &Constraint) -> Option<Ident> {
    let before = diff.changes.iter().find_map(|change| {
        if let Change::RenameConstraint {
            table: on,
            from,
            to,
        } = change
        {
            (on == table && key.name.as_ref() == Some(to)).then(|| from.clone())
        } else {
            None
        }
    });
    before.or_else(|| key.name.clone())
}

fn drops(diff: &Diff, table: &Name, part: Option<&Ident>) -> bool {
    let mut changes = diff.changes.iter();
    changes.any(|change| change.drops_part(table, part))
}

/// Takes a partition off, and puts it back where it was, unless it moves anyway.
fn step_out(diff: &mut Diff, table: &Name) {
    let place = (diff.live.tables.get(table)).and_then(|table| table.partition_of.clone());
    let Some(partition) = place else { return };
    let moves = |change: &Change| matches!(change, Change::DetachPartition { table: other, .. } if other == table);
    if diff.changes.iter().any(moves) {
        diff.refusals.push(Refusal::new(
            format!("table {table}"),
            "has a key that is its part of a unique index above, which changes together with its bound",
            "change one of them first",
        ));
        return;
    }
    if let Some(by) = referenced_by(diff, table) {
        diff.refusals.push(Refusal::new(
            format!("table {table}"),
            format!("has a key that is its part of a unique index above, and has to leave for a moment; `{by}` references the table above"),
            "drop that foreign key by hand first, and make it again afterwards",
        ));
        return;
    }
    diff.changes.push(Change::DetachPartition {
        table: table.clone(),
        partition: partition.clone(),
    });
    diff.changes.push(Change::AttachPartition {
        table: table.clone(),
        partition,
    });
}

/// Returns the table whose foreign key stays and looks into a table above.
fn referenced_by(diff: &Diff, partition: &Name) -> Option<Name> {
    let above: BTreeSet<&Name> = lineage(&diff.live, partition).skip(1).collect();
    let looks_into = |table: &Name, constraint: &Constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => {
            above.contains(&key.table) && !drops(diff, table, constraint.name.as_ref())
        }
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclude(_) => false,
    };
    let mut tables = diff.live.tables.iter();
    tables
        .find(|(name, table)| table.constraints.iter().any(|it| looks_into(name, it)))
        .map(|(name, _)| name.clone())
}
