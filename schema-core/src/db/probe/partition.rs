//! Partitions that are made, attached or dropped: which rows are on the wrong side of a bound.

use std::collections::BTreeMap;

use super::Question;
use super::before::Before;
use super::stored::Stored;
use crate::change::{Change, lineage};
use crate::dialect::postgres::bound;
use crate::plan::Plan;
use crate::schema::{ConstraintKind, Ident, Name, PartitionOf, Quoted, quote_literal};
use crate::wording::some_of;

/// Rows of an attached table that are not within its bound.
pub(super) fn out_of_bound(
    before: &Before<'_>,
    stored: &BTreeMap<Name, Stored>,
    change: &Change,
) -> Option<Question> {
    let Change::AttachPartition { table, partition } = change else {
        return None;
    };
    let parent = before.after.tables.get(&partition.parent)?;
    let condition = bound::condition(&before.after, parent, partition)?;
    let rows = stored.get(table)?.rows(&condition)?;
    Some(Question {
        object: table.to_string(),
        rows: format!("FROM {} WHERE NOT ({condition})", rows.from()),
        show: "*".into(),
        message: format!(
            "cannot be attached to {} {}: {{n}} out of that bound",
            partition.parent, partition.bound
        ),
        cures: vec!["move those rows, or correct the bound".into()],
    })
}

/// Rows of the DEFAULT partition that belong into a new one.
pub(super) fn in_default(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
    change: &Change,
) -> Option<Question> {
    let (table, partition) = coming(change)?;
    let parent = &partition.parent;
    let above = before.table(parent)?;
    let default = bound::default_of(before.live, &above)?;
    // It may become another one in this plan.
    let moves = |change: &Change| {
        if let Change::AttachPartition { table, partition } = change {
            before.table(table).as_ref() == Some(&default) && partition.bound != "DEFAULT"
        } else {
            false
        }
    };
    if plan.changes.iter().any(moves) {
        return None;
    }
    let by = before.after.tables.get(parent)?.partition_by.as_ref()?;
    let condition = bound::own_condition(by, partition)?;
    let mut there = stored.iter();
    let (_, rows) = there.find(|(name, _)| before.table(name).as_ref() == Some(&default))?;
    Some(Question {
        object: table.to_string(),
        rows: format!("FROM {} WHERE {condition}", rows.rows(&condition)?.from()),
        show: "*".into(),
        message: format!("cannot be a partition: {{n}} of its own in {default}"),
        cures: vec![format!(
            "in one transaction: detach {default}, make the partition, move those rows into it, attach {default} again"
        )],
    })
}

/// Rows of a partition that is dropped, within bounds that others of its table get: nothing moves
/// them there.
pub(super) fn left_behind(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    let Change::DropTable { table: gone } = change else {
        return None;
    };
    let was = before.live.tables.get(&gone.name)?.partition_of.as_ref()?;
    let (mut names, mut conditions) = (Vec::new(), Vec::new());
    for (name, partition) in plan.changes.iter().filter_map(coming) {
        if *name == gone.name {
            return None;
        }
        let parent = &partition.parent;
        if before.table(parent).as_ref() != Some(&was.parent) || before.renames_columns(parent) {
            continue;
        }
        let by = before.after.tables.get(parent)?.partition_by.as_ref()?;
        if let Some(condition) = bound::own_condition(by, partition) {
            names.push(format!("{name} {}", partition.bound));
            conditions.push(format!("({condition})"));
        }
    }
    (!names.is_empty()).then(|| Question {
        object: gone.name.to_string(),
        rows: format!("FROM {} WHERE {}", Quoted(&gone.name), conditions.join(" OR ")),
        show: "*".into(),
        message: format!(
            "is dropped with {{n}} that would belong to {}: nothing moves them there",
            some_of(names.into_iter())
        ),
        cures: vec![format!(
            "in one transaction: detach {0}, give the other partition its bound, INSERT INTO {1} SELECT * FROM {0}, drop {0}; or delete those rows first",
            gone.name, was.parent
        )],
    })
}

/// Rows that refer to those of a partition that leaves.
pub(super) fn referred(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    let (table, parent) = leaving(plan, change)?;
    let (old, parent) = (before.table(table)?, before.table(parent)?);
    let above: Vec<&Name> = lineage(before.live, &parent).collect();
    let mut uses = Vec::new();
    for other in before.live.tables.values() {
        let goes = |change: &Change| matches!(change, Change::DropTable { table: gone } if gone.name == other.name);
        if plan.changes.iter().any(goes) {
            continue;
        }
        for constraint in &other.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let goes = |change: &Change| {
                matches!(change, Change::DropConstraint { table: owner, constraint: gone }
                    if before.table(owner).as_ref() == Some(&other.name) && gone.name == constraint.name)
            };
            let asked = !constraint.inherited && !constraint.not_enforced;
            if !asked || !above.contains(&&key.table) || plan.changes.iter().any(goes) {
                continue;
            }
            let equal: Vec<String> = (key.columns.iter().zip(&key.references))
                .map(|(from, to)| format!("p.{} = c.{}", Quoted(to), Quoted(from)))
                .collect();
            uses.push(format!(
                "SELECT {}::text AS place, {} FROM {} c JOIN {} p ON {}",
                quote_literal(&other.name.to_string()),
                keys(&key.columns),
                Quoted(&other.name),
                Quoted(&old),
                equal.join(" AND ")
            ));
        }
    }
    if uses.is_empty() {
        return None;
    }
    Some(Question {
        object: table.to_string(),
        rows: format!("FROM ({}) d", uses.join(" UNION ALL ")),
        show: "*".into(),
        message: format!("cannot leave {parent}: {{n}} of other tables that refer to its rows"),
        cures: vec!["delete or correct the rows that refer to it".into()],
    })
}

/// Returns the values of a key as one text.
fn keys(columns: &[Ident]) -> String {
    let values: Vec<String> = (columns.iter())
        .map(|column| format!("c.{}", Quoted(column)))
        .collect();
    format!("ROW({})::text AS key", values.join(", "))
}

/// Returns a partition that comes, and where.
fn coming(change: &Change) -> Option<(&Name, &PartitionOf)> {
    if let Change::AttachPartition { table, partition } = change {
        Some((table, partition))
    } else if let Change::CreateTable { table } = change {
        Some((&table.name, table.partition_of.as_ref()?))
    } else {
        None
    }
}

/// Returns a partition that leaves, and the table above it.
fn leaving<'a>(plan: &Plan, change: &'a Change) -> Option<(&'a Name, &'a Name)> {
    if let Change::DetachPartition { table, partition } = change {
        return Some((table, &partition.parent));
    }
    let Change::DropTable { table } = change else {
        return None;
    };
    let asked = |other: &Change| matches!(other, Change::DetachPartition { table: gone, .. } if *gone == table.name);
    let partition = table.partition_of.as_ref()?;
    (!plan.changes.iter().any(asked)).then_some((&table.name, &partition.parent))
}
