//! Partitions that are made or attached: which rows are on the wrong side of a bound.

use super::{Before, Question};
use crate::change::Change;
use crate::dialect::postgres::bound;
use crate::plan::Plan;
use crate::schema::Quoted;

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
