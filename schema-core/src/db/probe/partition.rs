//! Partitions that are made, attached or dropped: which rows are on the wrong side of a bound.

use super::{Before, Question};
use crate::change::Change;
use crate::dialect::postgres::bound;
use crate::plan::Plan;
use crate::schema::Quoted;
use crate::wording::some_of;

/// Rows of an attached table that are not within its bound.
pub(super) fn out_of_bound(before: &Before<'_>, change: &Change) -> Option<Question> {
    let Change::AttachPartition { table, partition } = change else {
        return None;
    };
    if before.renames_columns(table) || before.renames_columns(&partition.parent) {
        return None;
    }
    let old = before.table(table)?;
    let parent = before.parent(&partition.parent)?;
    let condition = bound::condition(&before.parted, parent, partition)?;
    Some(Question {
        object: table.to_string(),
        rows: format!("FROM {} WHERE NOT ({condition})", Quoted(&old)),
        show: "*".into(),
        message: format!(
            "cannot be attached to {} {}: {{n}} out of that bound",
            partition.parent, partition.bound
        ),
        cures: vec!["move those rows, or correct the bound".into()],
    })
}

/// Rows of the DEFAULT partition that belong into a new one.
pub(super) fn in_default(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    let (table, partition) = if let Change::AttachPartition { table, partition } = change {
        (table, partition)
    } else if let Change::CreateTable { table } = change {
        (&table.name, table.partition_of.as_ref()?)
    } else {
        return None;
    };
    let parent = &partition.parent;
    if before.renames_columns(parent) {
        return None;
    }
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
    let by = before.parent(parent)?.partition_by.as_ref()?;
    let condition = bound::own_condition(by, partition)?;
    Some(Question {
        object: table.to_string(),
        rows: format!("FROM {} WHERE {condition}", Quoted(&default)),
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
    for other in &plan.changes {
        let (name, partition) = if let Change::AttachPartition { table, partition } = other {
            (table, partition)
        } else if let Change::CreateTable { table } = other
            && let Some(partition) = &table.partition_of
        {
            (&table.name, partition)
        } else {
            continue;
        };
        if *name == gone.name {
            return None;
        }
        let parent = &partition.parent;
        if before.table(parent).as_ref() != Some(&was.parent) || before.renames_columns(parent) {
            continue;
        }
        let by = before.parent(parent)?.partition_by.as_ref()?;
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
