//! Partitioned tables that are made anew: their partitions leave them and come to the new ones in one
//! transaction.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::{Draft, Writer};
use crate::change::{Change, children, descendants};
use crate::schema::{Name, Schema, Table};
use crate::step::HazardKind;

/// The tables that a plan makes anew.
#[derive(Default)]
pub(super) struct Anew {
    /// They are dropped, and made again.
    pub(super) tables: BTreeSet<Name>,
    /// They, and all that are below them before or after.
    pub(super) around: BTreeSet<Name>,
    /// What is written comes in their transaction, and not after it.
    pub(super) together: Cell<bool>,
}

impl Anew {
    pub(super) fn new(changes: &[Change], live: &Schema) -> Self {
        let mut dropped = BTreeSet::new();
        let mut anew = Self::default();
        for change in changes {
            if let Change::DropTable { table } = change
                && table.partition_by.is_some()
            {
                dropped.insert(&table.name);
            } else if let Change::CreateTable { table } = change
                && dropped.contains(&table.name)
            {
                anew.tables.insert(table.name.clone());
            }
        }
        for name in &anew.tables {
            anew.around.insert(name.clone());
            anew.around.extend(descendants(live, name));
        }
        for change in changes {
            if let Change::AttachPartition { table, partition } = change
                && anew.around.contains(&partition.parent)
            {
                anew.around.insert(table.clone());
            }
        }
        anew
    }

    /// Returns how many of the changes there are up to the last partition that comes to one.
    pub(super) fn until_come(&self, changes: &[Change]) -> usize {
        let comes = |change: &Change| {
            if let Change::AttachPartition { table, .. }
            | Change::CreateTable {
                table: Table { name: table, .. },
            } = change
            {
                self.around.contains(table)
            } else {
                false
            }
        };
        changes.iter().rposition(comes).map_or(0, |at| at + 1)
    }
}

impl Writer<'_> {
    /// Tells whether a partitioned table is dropped, and comes again.
    pub(super) fn is_anew(&self, name: &Name) -> bool {
        self.anew.tables.contains(name)
    }

    /// What it costs that a partitioned table is made anew.
    pub(super) fn anew_hazards(&self, out: &mut Draft, table: &Name) {
        out.note = "its partitions have left it, and hold the rows".into();
        out.hazard(
            HazardKind::Recreates,
            format!(
                "table {table} is dropped and made again, and its partitions come to the new one"
            ),
        );
        if self.is_large(table) {
            out.hazard(
                HazardKind::BlockingScan,
                format!(
                    "table {table}: its partitions ({}) are read, and written anew where a type changes, under ACCESS EXCLUSIVE in one transaction",
                    self.figures(table)
                ),
            );
        }
    }

    /// Gives a table that is made anew to those who had it.
    pub(super) fn give_back_table(&self, out: &mut Draft, table: &Table) {
        self.give_back(out, &table.name, None);
        for column in &table.columns {
            self.give_back(out, &table.name, Some(&column.name));
        }
    }

    /// Names the tables that cannot be made anew: a partition that is out of sight would go with one.
    pub(super) fn unseen_partitions(&self) -> Vec<String> {
        let unseen = |table: &&Name| {
            let seen = children(self.live, table).len();
            let all = self.facts.partitions.get(*table);
            all.is_some_and(|all| *all != seen)
        };
        let refused = |table: &Name| {
            format!(
                "table {table}: is made anew where its partition key changes, and has partitions that are out of sight: let the run see them (--only, --ignore)"
            )
        };
        self.anew
            .tables
            .iter()
            .filter(unseen)
            .map(refused)
            .collect()
    }
}
