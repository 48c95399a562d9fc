//! How many relations a transaction locks: a server has room for so many locks in all.

use std::collections::BTreeSet;

use crate::change::{Change, ColumnChange, descendants};
use crate::facts::Facts;
use crate::schema::{ConstraintKind, Name, Schema, Table};
use crate::step::Step;

/// What a server has room for that was never told otherwise: 64 for each of 100 connections.
const ROOM: usize = 6_400;

/// What to say of a plan that would be one transaction on a larger server.
pub(super) const DIVIDED: &str = "in several transactions, for one has no room for so many locks \
    (max_locks_per_transaction): those that are committed stand when a later one fails";

/// The relations that the transaction at hand has locked, by estimate.
pub(super) struct Locks<'a> {
    live: &'a Schema,
    /// What a transaction may take and leave as much for the others.
    room: usize,
    /// Tables that it has locked already.
    tables: BTreeSet<Name>,
    held: usize,
}

impl<'a> Locks<'a> {
    pub(super) fn new(live: &'a Schema, facts: &Facts) -> Self {
        Self {
            live,
            room: facts.locks.unwrap_or(ROOM) / 2,
            tables: BTreeSet::new(),
            held: 0,
        }
    }

    /// Begins with the next transaction.
    pub(super) fn let_go(&mut self) {
        self.tables.clear();
        self.held = 0;
    }

    /// Adds what a step locks. Tells whether there is room for it: else it begins another transaction,
    /// unless it is `within` what commits together.
    pub(super) fn take(&mut self, step: &Step, within: bool) -> bool {
        let (mut needed, mut tables) = self.needed(step);
        // It may be about tables alone that are locked anyway.
        let over = self.held > 0 && !tables.is_empty() && self.held + needed > self.room;
        let fits = within || !over;
        if !fits {
            self.let_go();
            (needed, tables) = self.needed(step);
        }
        self.held += needed;
        self.tables.extend(tables);
        fits
    }

    /// How many locks a step takes that are not held already, and on which tables.
    fn needed(&self, step: &Step) -> (usize, BTreeSet<Name>) {
        let (mut needed, mut tables) = (step.changes.len(), BTreeSet::new());
        for change in &step.changes {
            if let Change::CreateTable { table } = change {
                needed += relations(table);
                tables.insert(table.name.clone());
            } else if let Change::AddConstraint { constraint, .. } = change
                && let ConstraintKind::ForeignKey(key) = &constraint.kind
            {
                needed += self.whole(&key.table, false, &mut tables);
            }
            if let Some(table) = change.table() {
                needed += self.whole(table, takes_indexes(change), &mut tables);
            }
        }
        (needed, tables)
    }

    /// A table that is there with those below it, unless they are locked already.
    fn whole(&self, name: &Name, indexes: bool, tables: &mut BTreeSet<Name>) -> usize {
        if self.tables.contains(name) {
            // With those below it.
            return 0;
        }
        let mut needed = 0;
        for name in [vec![name.clone()], descendants(self.live, name)].concat() {
            if !self.tables.contains(&name) && tables.insert(name.clone()) {
                // Itself and one index, where it is not about all.
                let table = self.live.tables.get(&name).filter(|_| indexes);
                needed += table.map_or(2, |table| relations(table));
            }
        }
        needed
    }
}

/// Tells whether a change takes the indexes of its table too.
fn takes_indexes(change: &Change) -> bool {
    let retypes = matches!(
        change,
        Change::AlterColumn {
            change: ColumnChange::Type { .. },
            ..
        }
    );
    retypes || matches!(change, Change::DropTable { .. })
}

/// A table, what it keeps long values in, its indexes and sequences.
fn relations(table: &Table) -> usize {
    3 + table.relations(true).len() + table.identities().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{PlanOptions, plan};
    use crate::schema::Family;

    fn planned(locks: Option<usize>, from: &Schema, to: &Schema) -> (Vec<usize>, bool) {
        let facts = Facts {
            locks,
            ..Facts::default()
        };
        let plan = plan(Family::Postgres, from, to, &facts, &PlanOptions::default());
        assert!(plan.refusals.is_empty(), "{:?}", plan.refusals);
        let groups = plan.groups.iter().map(|group| group.steps.len());
        let told = plan.notes.iter().any(|note| note == DIVIDED);
        (groups.collect(), told)
    }

    #[test]
    fn what_one_transaction_has_no_room_for_is_several() {
        let mut ten = Schema::default();
        ten.namespaces.insert("public".into(), Default::default());
        let none = ten.clone();
        for n in 0..10 {
            let name = Name::new("public", format!("t{n}"));
            let table = Table {
                name: name.clone(),
                ..Table::default()
            };
            ten.tables.insert(name, table.into());
        }
        assert_eq!(planned(None, &none, &ten), (vec![10], false));
        assert_eq!(planned(Some(6_400), &none, &ten), (vec![10], false));
        // Four locks for each of the tables, and half of the room.
        assert_eq!(planned(Some(32), &none, &ten), (vec![4, 4, 2], true));
        // One that is too large is not divided.
        assert_eq!(planned(Some(2), &none, &ten), (vec![1; 10], true));
    }
}
