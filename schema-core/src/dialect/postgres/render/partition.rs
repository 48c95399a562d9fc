//! Partitions: attached, detached, and what they have of their own.

use super::column::set_default;
use super::object::literal;
use super::{Draft, Writer};
use crate::dialect::postgres::form::Form;
use crate::schema::{Name, PartitionOf, Quoted, Table};
use crate::step::HazardKind;

impl Writer<'_> {
    /// Where a partition's columns differ from its parent's.
    pub(super) fn partition_columns(&self, out: &mut Draft, table: &Table, parent: &Name) {
        let Some(parent) = self.desired.tables.get(parent) else {
            return;
        };
        for column in &table.columns {
            let Some(above) = parent.column(&column.name) else {
                continue;
            };
            if column.default != above.default && column.generated.is_none() {
                out.push(set_default(&table.name, column, column.default.as_ref()));
            }
            if !column.nullable && above.nullable {
                out.push(Form::SetNotNull.sql(format!(
                    "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                    Quoted(&table.name),
                    Quoted(&column.name)
                )));
            }
        }
    }

    pub(super) fn attach_partition(&self, out: &mut Draft, table: &Name, partition: &PartitionOf) {
        let guard = format!(
            "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({}))",
            literal(table)
        );
        let parent = self.live.tables.get(&partition.parent);
        let default = self.live.tables.values().any(|other| {
            other.partition_of.as_ref().is_some_and(|sibling| {
                sibling.parent == partition.parent && sibling.bound == "DEFAULT"
            })
        });
        let form = if parent.is_some() && default {
            Form::AttachBesideDefault
        } else {
            Form::AttachPartition
        };
        out.push(
            form.sql(format!(
                "ALTER TABLE {} ATTACH PARTITION {} {}",
                Quoted(&partition.parent),
                Quoted(table),
                partition.bound
            ))
            .guard(guard),
        );
        if self.busy(table) {
            out.note = format!(
                "reads the table to check the bound ({})",
                self.figures(table)
            );
            out.hazard(
                HazardKind::BlockingScan,
                format!(
                    "table {table}: is read in full ({}) under ACCESS EXCLUSIVE",
                    self.figures(table)
                ),
            );
        }
    }
}

pub(super) fn detach_partition(out: &mut Draft, table: &Name, partition: &PartitionOf) {
    let guard = format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({}))",
        literal(table)
    );
    out.push(
        Form::DetachPartition
            .sql(format!(
                "ALTER TABLE {} DETACH PARTITION {}",
                Quoted(&partition.parent),
                Quoted(table)
            ))
            .guard(guard),
    );
}
