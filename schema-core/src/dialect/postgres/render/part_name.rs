//! The names of the parts of partitions: indexes and constraints that come from the table above.

use std::collections::{BTreeMap, BTreeSet};

use super::Writer;
use crate::change::Change;
use crate::dialect::postgres::form::Form;
use crate::diff::{same_constraint, same_index};
use crate::schema::{Ident, Name, Quoted, Table};
use crate::step::Statement;

impl Writer<'_> {
    /// Tells whether this plan drops an index or a constraint of this name.
    pub(super) fn drops(&self, table: &Name, name: Option<&Ident>) -> bool {
        self.changes_of(table)
            .any(|(_, change)| change.drops_part(table, name))
    }

    /// Returns the name that a part has by now.
    pub(super) fn name_now(&self, table: &Name, name: Option<&Ident>) -> Option<Ident> {
        let renamed = self.changes_of(table).find_map(|(_, change)| {
            if let Change::RenameIndex { from, to, .. }
            | Change::RenameConstraint { from, to, .. } = change
            {
                (Some(from) == name).then(|| to.clone())
            } else {
                None
            }
        });
        renamed.or_else(|| name.cloned())
    }

    /// Tells whether an index or a constraint of a live table goes before what is made now, by itself
    /// or with that of a table above; not so one that is yet to give its place to a new one.
    pub(super) fn has_gone(&self, table: &Table, part: &Ident) -> bool {
        let now = self.called_now(table.name.clone());
        // All that it had has gone with it.
        if self.is_anew(&now) {
            return true;
        }
        let mut changes = self.changes_of(&now);
        let dropped = |(at, change): (usize, &Change)| {
            let waits = self.led.contains(&at) && !self.carried_out.borrow().contains(&at);
            change.drops_part(&now, Some(part)) && !waits
        };
        if changes.any(dropped) {
            return true;
        }
        let parent = table.partition_of.as_ref().map(|it| &it.parent);
        let above = parent.and_then(|parent| self.live.tables.get(parent));
        above.is_some_and(|above| {
            part_above(above, table, part).is_some_and(|up| self.has_gone(above, up))
        })
    }

    /// Gives a name to a part of a partition: the desired one where it is free.
    pub(super) fn name_part(
        &self,
        table: &Name,
        wanted: Option<Ident>,
        choose: &dyn Fn(&BTreeSet<Ident>) -> Ident,
    ) -> Ident {
        let name = match wanted.filter(|name| !self.is_taken_beside(table, name)) {
            Some(name) => name,
            None => {
                let mut taken = self.taken_beside(table);
                for other in self.desired.tables.values() {
                    if other.name.schema == table.schema {
                        taken.insert(other.name.name.clone());
                        taken.extend(parts(other).cloned());
                    }
                }
                choose(&taken)
            }
        };
        let mut given = self.given.borrow_mut();
        given.insert(table.sibling(name.clone()));
        name
    }

    /// The names that tables, and what they have, take by now in the schema of one.
    fn taken_beside(&self, table: &Name) -> BTreeSet<Ident> {
        let given = self.given.borrow();
        let beside = given.iter().filter(|name| name.schema == table.schema);
        let mut taken: BTreeSet<Ident> = beside.map(|name| name.name.clone()).collect();
        self.keep_names(table);
        let kept = self.kept_names.borrow();
        taken.extend(kept.1.get(&table.schema).into_iter().flatten().cloned());
        taken
    }

    /// Tells whether a name is one of those.
    fn is_taken_beside(&self, table: &Name, name: &Ident) -> bool {
        self.keep_names(table);
        let kept = self.kept_names.borrow();
        let is_kept = (kept.1.get(&table.schema)).is_some_and(|names| names.contains(name));
        is_kept || self.given.borrow().contains(&table.sibling(name.clone()))
    }

    /// Finds the names that what is there has by now in the schema of a table: the same ones until
    /// something else has been carried out.
    fn keep_names(&self, table: &Name) {
        let carried_out = self.carried_out.borrow().len();
        let mut kept_names = self.kept_names.borrow_mut();
        if kept_names.0 == carried_out && kept_names.1.contains_key(&table.schema) {
            return;
        }
        if kept_names.0 != carried_out {
            *kept_names = (carried_out, BTreeMap::new());
        }
        let names = kept_names.1.entry(table.schema.clone()).or_default();
        let tables = self.live.tables.values();
        for other in tables.filter(|other| other.name.schema == table.schema) {
            names.insert(other.name.name.clone());
            let kept = parts(other)
                .filter(|part| !self.drops(&other.name, Some(part)) && !self.has_gone(other, part));
            let now = self.called_now(other.name.clone());
            names.extend(kept.filter_map(|part| self.name_now(&now, Some(part))));
        }
    }

    /// Remembers that a part has another name than it is to have.
    pub(super) fn named_later(&self, table: &Name, now: &Ident, wanted: Option<&Ident>) {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != now) {
            let mut later = self.later.borrow_mut();
            later.push((table.sibling(now.clone()), wanted.clone()));
        }
    }

    /// Gives parts their names that have become free.
    pub(super) fn late_names(&self) -> Vec<Statement> {
        let mut out = Vec::new();
        self.later.borrow_mut().retain(|(now, wanted)| {
            let waits = self.is_taken_beside(now, wanted);
            if !waits {
                self.given.borrow_mut().insert(now.sibling(wanted.clone()));
                let sql = format!(
                    "ALTER INDEX IF EXISTS {} RENAME TO {}",
                    Quoted(now),
                    Quoted(wanted)
                );
                out.push(Form::RenameIndex.sql(sql));
            }
            waits
        });
        out
    }
}

/// Returns the part of a table of which this one of its partition comes.
fn part_above<'a>(above: &'a Table, table: &Table, part: &Ident) -> Option<&'a Ident> {
    let index = table.indexes.iter();
    let index = index.filter(|it| it.inherited && it.name.as_ref() == Some(part));
    let constraint = table.constraints.iter();
    let constraint = constraint.filter(|it| it.inherited && it.name.as_ref() == Some(part));
    let is_of = |up: [&Option<Ident>; 2], part_of: &Option<Ident>| {
        part_of.is_none() || up.contains(&part_of)
    };
    let of_index = index.flat_map(|it| {
        let above = above.indexes.iter();
        above.filter(|up| same_index(up, it) && is_of([&up.name, &up.part_of], &it.part_of))
    });
    let of_constraint = constraint.flat_map(|it| {
        let above = above.constraints.iter();
        above.filter(|up| same_constraint(up, it) && is_of([&up.name, &up.part_of], &it.part_of))
    });
    let names = of_index.map(|it| it.name.as_ref());
    names
        .chain(of_constraint.map(|it| it.name.as_ref()))
        .find_map(|name| name)
}

/// The names of a table's indexes and constraints.
fn parts(table: &Table) -> impl Iterator<Item = &Ident> {
    let indexes = table.indexes.iter().filter_map(|part| part.name.as_ref());
    let constraints = table.constraints.iter();
    indexes.chain(constraints.filter_map(|part| part.name.as_ref()))
}

/// A table of this name, for rules that go by the name alone.
pub(super) fn bare(name: &Name) -> Table {
    Table {
        name: name.clone(),
        ..Table::default()
    }
}
