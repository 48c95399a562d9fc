//! Indexes, keys and foreign keys of large partitioned tables: made on each partition while writers
//! go on, and then taken over by the table above, which reads nothing.
//!
//! A run that was cut off leaves parts of partitions, and an index or a key above that is not valid.
//! The next run finds them by what they are, makes what is missing, and goes on. Each index is
//! attached in a transaction of its own: two at once would wait for readers in one order while
//! these wait in another.

use super::condition::has_constraint;
use std::collections::BTreeSet;

use super::alike::{constraint_is, index_is};
use super::constraint::{
    add_constraint_sql, deferral, drop_constraint_sql, key_index, key_sql, key_word, validate,
};
use super::index::{How, index_sql};
use super::object::literal;
use super::part_name::bare;
use super::partition::lock;
use super::{Draft, Writer};
use crate::change::{Change, children, descendants, lent_keys};
use crate::dialect::postgres::form::Form;
use crate::diff::{constraint_name, index_name, same_constraint, same_index, sorts_otherwise};
use crate::schema::{
    Constraint, ConstraintKind, Ident, Index, Key, Name, Parameters, Quoted, Table,
};
use crate::step::{Statement, Txn};

/// What is done once the partitions have their parts.
#[derive(Default)]
struct Above {
    /// The name of the index or the key at the top, and of those further down that become a part of
    /// it with what is below them.
    tops: BTreeSet<Ident>,
    /// Makes the part of each table above.
    make: Vec<Statement>,
    /// `(above, below)`: the indexes that are attached, from the bottom up.
    attach: Vec<(Name, Name)>,
    /// What gives parts of partitions the place of those that they replace.
    place: Vec<Statement>,
    /// The condition that the parts of the partitions are built, and have not taken their places.
    ready: Option<String>,
}

impl Above {
    fn of(top: Option<&Ident>) -> Self {
        Self {
            tops: top.into_iter().cloned().collect(),
            ..Self::default()
        }
    }

    /// Tells whether a part of a partition is one of what is made, and not of another like it.
    fn is_of(&self, part_of: Option<&Ident>) -> bool {
        part_of.is_none_or(|part_of| self.tops.contains(part_of))
    }

    fn finish(self, out: &mut Draft) {
        let attach = self.attach.iter().map(attach);
        for statement in self.make.into_iter().chain(attach) {
            out.push(statement.txn(Txn::Own));
        }
    }

    /// As `finish`, in place of what `drop` drops. That takes every lock already: all at once.
    fn replace(self, out: &mut Draft, drop: Statement) {
        let Some(ready) = self.ready else {
            out.push(drop);
            return self.finish(out);
        };
        out.push(drop.guard(ready));
        let attach = self.attach.iter().map(attach);
        for statement in self.place.into_iter().chain(self.make).chain(attach) {
            out.push(statement);
        }
    }

    /// Attaches a part once more where nothing is left to attach: the one that was missing has gone
    /// with its partition, and the server looks at what is above only then (not before 14, and since
    /// 14.23, 15.18, 16.14, 17.10 and 18.4).
    fn look_again(&mut self, name: &Name, there: Option<Name>) {
        if !self.attach.iter().any(|(above, _)| above == name) {
            self.attach.extend(there.map(|there| (name.clone(), there)));
        }
    }

    /// Says how the script tells that an index `part` is built, and has yet to become `last`.
    fn expect(&mut self, part: &Name, last: &Name) {
        let there = format!("to_regclass({}) IS NOT NULL", literal(part));
        self.ready.get_or_insert(if part == last {
            format!("{there} AND NOT {}", is_attached(last, None))
        } else {
            there
        });
    }
}

pub(super) fn attach((above, below): &(Name, Name)) -> Statement {
    Form::AttachIndex
        .sql(format!(
            "ALTER INDEX {} ATTACH PARTITION {}",
            Quoted(above),
            Quoted(below)
        ))
        .guard(format!(
            "(NOT {} OR EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({}) AND NOT indisvalid))",
            is_attached(below, Some(above)),
            literal(above)
        ))
}

/// The condition that an index is part of one above, or of this one.
fn is_attached(below: &Name, above: Option<&Name>) -> String {
    let above = above.map_or(String::new(), |above| {
        format!(" AND inhparent = to_regclass({})", literal(above))
    });
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({}){above})",
        literal(below)
    )
}

impl Writer<'_> {
    /// Tells whether what is made on a table is made on each of its partitions first.
    pub(super) fn by_partition(&self, table: &Name) -> bool {
        self.busy(table) && self.sees_all(table)
    }

    /// Tells whether partitions have keys that are to be their parts of an index: the server finds
    /// them when it makes that at once.
    pub(super) fn takes_keys(&self, table: &Name, index: &Index) -> bool {
        let below = descendants(self.desired, table).into_iter();
        let mut tables = below.filter_map(|name| self.desired.tables.get(&name));
        index.unique && tables.any(|table| !lent_keys(table, index).is_empty())
    }

    /// Tells whether it is a partitioned table with no partition that is out of sight.
    pub(super) fn sees_all(&self, table: &Name) -> bool {
        let old = self.was.get(table).unwrap_or(table);
        let below = children(self.live, old);
        self.facts.partitions.get(old) == Some(&below.len())
            && (below.iter()).all(|child| {
                let partitioned = self.facts.partitions.contains_key(child);
                !partitioned || self.sees_all(child)
            })
    }

    /// Builds an index on each partition, in place of the one that `others` drops, if any.
    pub(super) fn index_partitions(
        &self,
        out: &mut Draft,
        table: &Name,
        index: &Index,
        others: &[&Change],
    ) {
        let mut above = Above::of(index.name.as_ref());
        above.tops.extend(index.part_of.clone());
        let replaced = others.iter().find_map(|change| {
            if let Change::DropIndex { index: old, .. } = change {
                (!old.invalid || !same_index(old, index)).then_some(old)
            } else {
                None
            }
        });
        self.index_below(out, table, index, replaced, &mut above);
        if replaced.is_some() {
            let name = table.sibling(index.name.clone().unwrap_or_default());
            let drop = Form::DropIndex.sql(format!("DROP INDEX IF EXISTS {}", Quoted(&name)));
            above.replace(out, drop);
        } else {
            above.finish(out);
        }
        self.by_partition_note(out, table);
        self.index_details(out, table, index);
    }

    fn by_partition_note(&self, out: &mut Draft, table: &Name) {
        out.note = format!("built concurrently by partition, {}", self.to_read(table));
    }

    fn index_below(
        &self,
        out: &mut Draft,
        table: &Name,
        index: &Index,
        replaced: Option<&Index>,
        above: &mut Above,
    ) {
        let name = table.sibling(index.name.clone().unwrap_or_default());
        let begun = self.live_table(table).and_then(|live| {
            let mut indexes = live.indexes.iter();
            let twin = indexes.find(|it| {
                self.name_now(table, it.name.as_ref()) == index.name
                    && same_index(it, index)
                    && above.is_of(it.part_of.as_ref())
            })?;
            let gone = (index.name.iter()).any(|name| self.has_gone(live, name));
            (!gone).then_some(twin)
        });
        // It has other parameters.
        let begun = begun.filter(|_| replaced.is_none_or(|old| !same_index(old, index)));
        above.tops.extend(begun.and_then(|it| it.name.clone()));
        let incomplete = begun.is_some_and(|it| it.invalid);
        let begun = begun.is_some();
        let mut there = None;
        if !begun {
            let make = index_sql(table, index, How::Only);
            above.make.push(Form::CreateIndexOnly.sql(make));
        }
        let anew = self.is_anew(table);
        for child in self.below(table) {
            let made_here = self.live_table(&child).is_none();
            // The server gives a new partition what the table above has by then.
            let given = replaced
                .filter(|_| made_here)
                .map(|old| index_name(&bare(&child), old, &BTreeSet::new()));
            if made_here && begun {
                continue;
            }
            if let Some(given) = &given {
                let mut names = self.given.borrow_mut();
                names.insert(child.sibling(given.clone()));
            }
            let indexes = self.live_table(&child).map(|table| &table.indexes);
            let lent = |it: &Index| {
                let name = it.name.clone().map(|name| child.sibling(name));
                name.is_some_and(|name| self.lent.borrow().contains(&name))
            };
            let part = self.desired.tables.get(&child).and_then(|table| {
                let parts = (table.indexes.iter())
                    .filter(|it| it.inherited && above.is_of(it.part_of.as_ref()));
                // One that is there may sort otherwise.
                let mut others = parts.clone().filter(|it| it.part_of.is_some());
                (parts.clone().find(|it| same_index(it, index)))
                    .or_else(|| others.find(|it| sorts_otherwise(it, index)))
            });
            let index = &Index {
                parts: part.map_or(&index.parts, |it| &it.parts).clone(),
                ..index.clone()
            };
            let twin = indexes.into_iter().flatten().find(|other| {
                same_index(other, index)
                    && (other.inherited || !lent(other))
                    && (!other.invalid || self.partitioned_now(&child))
                    && (!other.inherited || anew || begun && above.is_of(other.part_of.as_ref()))
                    && !self.drops(&child, other.name.as_ref())
            });
            if let Some(twin) = twin.filter(|twin| twin.inherited && !twin.invalid && !anew) {
                let name = self.name_now(&child, twin.name.as_ref());
                there = there.or(name.map(|name| child.sibling(name)));
                continue;
            }
            if let Some(name) = twin.and_then(|it| it.name.clone()) {
                self.lent.borrow_mut().insert(child.sibling(name));
            }
            let wanted = part.and_then(|it| it.name.clone());
            let known = twin.and_then(|twin| self.name_now(&child, twin.name.as_ref()));
            let part = known.unwrap_or_else(|| {
                let choose = |taken: &BTreeSet<Ident>| index_name(&bare(&child), index, taken);
                self.name_part(&child, wanted.clone(), &choose)
            });
            let mut own = Index {
                name: Some(part.clone()),
                comment: None,
                statistics: Default::default(),
                ..index.clone()
            };
            // The name of the one that goes is free then.
            let last = wanted.clone().filter(|wanted| {
                let mut indexes = self
                    .live_table(&child)
                    .into_iter()
                    .flat_map(|it| &it.indexes);
                let part = |old: &Index, replaced: &Index| {
                    old.inherited && old.name.as_ref() == Some(wanted) && same_index(old, replaced)
                };
                replaced.is_some_and(|replaced| indexes.any(|old| part(old, replaced)))
                    || given.as_ref() == Some(wanted)
            });
            let last = last.unwrap_or_else(|| part.clone());
            self.named_later(&child, &last, wanted.as_ref());
            if self.partitioned_now(&child) {
                own.name = Some(last.clone());
                self.index_below(out, &child, &own, replaced, above);
            } else {
                if twin.is_none() {
                    self.concurrently(out, &child, &own);
                }
                let (now, then) = (child.sibling(part), child.sibling(last.clone()));
                above.expect(&now, &then);
                if now != then {
                    let done = Index {
                        name: Some(last.clone()),
                        with: self.parameters_of_part(&child, &last).unwrap_or_default(),
                        ..own
                    };
                    if let (None, Some(build)) = (twin, out.statements.last_mut()) {
                        build.guard = index_is(&child, &done).map(|done| format!("NOT {done}"));
                    }
                    above.place.push(
                        Form::RenameIndex
                            .sql(format!(
                                "ALTER INDEX {} RENAME TO {}",
                                Quoted(&now),
                                Quoted(&last)
                            ))
                            .guard(format!("to_regclass({}) IS NOT NULL", literal(&now))),
                    );
                }
            }
            above.attach.push((name.clone(), child.sibling(last)));
        }
        if incomplete {
            above.look_again(&name, there);
        }
    }

    /// Returns the storage parameters that an index, or that of a key, has in the end.
    fn parameters_of_part(&self, table: &Name, name: &Ident) -> Option<Parameters> {
        let after = self.desired.tables.get(table)?;
        let index = after
            .indexes
            .iter()
            .find(|it| it.name.as_ref() == Some(name));
        let constraint = || {
            let mut constraints = after.constraints.iter();
            let constraint = constraints.find(|it| it.name.as_ref() == Some(name))?;
            constraint.kind.parameters()
        };
        index.map(|it| &it.with).or_else(constraint).cloned()
    }

    /// Tells whether an index of a partition is to be one without a key.
    fn stays_an_index(&self, partition: &Name, index: &Index) -> bool {
        let name = self.name_now(partition, index.name.as_ref());
        let wanted = self.desired.tables.get(partition);
        wanted.is_some_and(|it| it.indexes.iter().any(|it| it.name == name))
    }

    /// Tells whether a partition has the index of which a key is made: a run has begun it, and the
    /// server would make another.
    pub(super) fn key_is_begun(&self, table: &Name, constraint: &Constraint, key: &Key) -> bool {
        self.sees_all(table)
            && self.leaves(table).iter().any(|leaf| {
                let Some(live) = self.live_table(leaf) else {
                    return false;
                };
                let wanted = self.desired.tables.get(leaf).and_then(|table| {
                    let mut constraints = table.constraints.iter();
                    let twin = constraints.find(|other| same_constraint(other, constraint))?;
                    twin.name.clone()
                });
                let wanted =
                    wanted.unwrap_or_else(|| constraint_name(live, constraint, &BTreeSet::new()));
                live.has_index_for(&wanted, key)
                    && !live
                        .constraints
                        .iter()
                        .any(|it| can_be_part(it, constraint))
                    && !self.drops(leaf, Some(&wanted))
            })
    }

    /// Tells whether the server would take a unique constraint of a partition, which is to stay the
    /// partition's own, for its part of a primary key.
    pub(super) fn would_take_a_unique(&self, table: &Name, constraint: &Constraint) -> bool {
        let ConstraintKind::PrimaryKey(key) = &constraint.kind else {
            return false;
        };
        let own = |table: Option<&Table>| -> Vec<Option<Ident>> {
            let like = |it: &&Constraint| {
                !it.inherited && matches!(&it.kind, ConstraintKind::Unique(unique) if unique == key)
            };
            let constraints = table.into_iter().flat_map(|it| &it.constraints);
            constraints.filter(like).map(|it| it.name.clone()).collect()
        };
        self.sees_all(table)
            && self.leaves(table).iter().any(|leaf| {
                let stays = own(self.desired.tables.get(leaf).map(|it| &**it));
                let there = own(self.live_table(leaf));
                (there.iter()).any(|name| stays.contains(&self.name_now(leaf, name.as_ref())))
            })
    }

    /// Makes a key of each partition by a unique index, or finishes what a run has begun; in place of
    /// the key `replaced`, if any.
    pub(super) fn key_of_partitions(
        &self,
        out: &mut Draft,
        table: &Name,
        constraint: &Constraint,
        key: &Key,
        replaced: Option<&Constraint>,
    ) {
        let mut above = Above::of(constraint.name.as_ref());
        self.key_below(out, table, constraint, key, replaced, &mut above);
        self.by_partition_note(out, table);
        if let Some(old) = replaced {
            let gone = old.name.clone().unwrap_or_default();
            above.replace(out, drop_constraint_sql(table, old, &gone));
            out.note = format!("{}; then takes the old one's place", out.note);
        } else {
            above.finish(out);
        }
    }

    fn key_below(
        &self,
        out: &mut Draft,
        table: &Name,
        constraint: &Constraint,
        key: &Key,
        replaced: Option<&Constraint>,
        above: &mut Above,
    ) {
        let name = constraint.name.clone().unwrap_or_default();
        let twin = self.twin_constraint(table, constraint);
        let twin = twin.filter(|it| above.is_of(it.part_of.as_ref()));
        above.tops.extend(twin.and_then(|it| it.name.clone()));
        let (begun, incomplete) = (twin.is_some(), twin.is_some_and(|it| it.not_valid));
        let mut there = None;
        if !begun {
            let only = Form::AddKeyOnly.sql(format!(
                "ALTER TABLE ONLY {} ADD CONSTRAINT {} {}{}",
                Quoted(table),
                Quoted(&name),
                key_sql(key_word(constraint), key),
                deferral(constraint)
            ));
            let missing = format!("NOT {}", has_constraint(table, &name));
            above.make.push(only.guard(missing));
        }
        for child in self.below(table) {
            let twin = self.twin_constraint(&child, constraint);
            let twin = twin.filter(|it| !it.inherited || above.is_of(it.part_of.as_ref()));
            let made_here = self.live_table(&child).is_none();
            // The server gives a new partition what the table above has by then.
            let given = replaced
                .filter(|_| made_here)
                .map(|old| constraint_name(&bare(&child), old, &BTreeSet::new()));
            if let Some(given) = &given {
                let mut names = self.given.borrow_mut();
                names.insert(child.sibling(given.clone()));
            }
            if made_here && begun {
                continue;
            }
            if let Some(twin) = twin.filter(|twin| twin.inherited && !twin.not_valid) {
                let name = self.name_now(&child, twin.name.as_ref());
                there = there.or(name.map(|name| child.sibling(name)));
                continue;
            }
            let indexes = self.live_table(&child).map(|table| &table.indexes);
            let index = indexes.into_iter().flatten().find(|index| {
                index.can_be_key(key)
                    && !index.inherited
                    && !self.drops(&child, index.name.as_ref())
                    && !self.stays_an_index(&child, index)
            });
            let wanted = self.desired.tables.get(&child).and_then(|table| {
                let mut constraints = table.constraints.iter();
                let twin = constraints.find(|other| {
                    other.inherited
                        && same_constraint(other, constraint)
                        && above.is_of(other.part_of.as_ref())
                })?;
                twin.name.clone()
            });
            let known = twin
                .map(|twin| twin.name.as_ref())
                .or_else(|| index.map(|index| index.name.as_ref()))
                .and_then(|name| self.name_now(&child, name));
            let part = known.unwrap_or_else(|| {
                let choose =
                    |taken: &BTreeSet<Ident>| constraint_name(&bare(&child), constraint, taken);
                self.name_part(&child, wanted.clone(), &choose)
            });
            // The name of the one that goes is free then.
            let last = wanted.clone().filter(|wanted| {
                let live = self.live_table(&child);
                let mut constraints = live.into_iter().flat_map(|it| &it.constraints);
                let part = |old: &Constraint, replaced: &Constraint| {
                    old.inherited
                        && old.name.as_ref() == Some(wanted)
                        && same_constraint(old, replaced)
                };
                replaced.is_some_and(|replaced| constraints.any(|old| part(old, replaced)))
                    || given.as_ref() == Some(wanted)
            });
            let last = last.unwrap_or_else(|| part.clone());
            self.named_later(&child, &last, wanted.as_ref());
            let own = Constraint {
                name: Some(last.clone()),
                comment: None,
                ..constraint.clone()
            };
            if self.partitioned_now(&child) {
                self.key_below(out, &child, &own, key, replaced, above);
            } else if replaced.is_some() {
                above.expect(&child.sibling(part.clone()), &child.sibling(last.clone()));
                if twin.is_none() {
                    self.key_beside(out, &child, &own, key, part, above);
                }
            } else if twin.is_none() {
                self.key_using_index(out, &child, &own, key);
            }
            above
                .attach
                .push((table.sibling(name.clone()), child.sibling(last)));
        }
        if incomplete {
            above.look_again(&table.sibling(name), there);
        }
    }

    /// Builds the unique index `part`, of which a key is made once the old one has gone.
    fn key_beside(
        &self,
        out: &mut Draft,
        table: &Name,
        constraint: &Constraint,
        key: &Key,
        part: Ident,
        above: &mut Above,
    ) {
        let last = constraint.name.clone().unwrap_or_default();
        self.concurrently(out, table, &key_index(key, part.clone()));
        if let (true, Some(build)) = (part != last, out.statements.last_mut()) {
            let mut done = constraint.clone();
            if let Some(with) = done.kind.parameters_mut() {
                *with = self.parameters_of_part(table, &last).unwrap_or_default();
            }
            let done = constraint_is(table, &done);
            build.guard = done.map(|done| format!("NOT {done}"));
        }
        above.place.push(key_using(table, constraint, &part));
    }

    /// Builds a unique index, and makes a key of it.
    pub(super) fn key_using_index(
        &self,
        out: &mut Draft,
        table: &Name,
        constraint: &Constraint,
        key: &Key,
    ) {
        let name = constraint.name.clone().unwrap_or_default();
        self.concurrently(out, table, &key_index(key, name.clone()));
        out.push(key_using(table, constraint, &name));
    }

    /// Adds a foreign key to each partition and proves it there: before PostgreSQL 18 that of a
    /// partitioned table knows no NOT VALID.
    pub(super) fn foreign_key_of_partitions(
        &self,
        out: &mut Draft,
        table: &Name,
        constraint: &Constraint,
    ) {
        let mut open = Vec::new();
        for leaf in self.leaves(table) {
            let twin = self.twin_constraint(&leaf, constraint);
            let known = twin.and_then(|twin| self.name_now(&leaf, twin.name.as_ref()));
            let name = known.unwrap_or_else(|| {
                let live = self.live_table(&leaf).map(|table| &table.constraints);
                let taken = live.into_iter().flatten();
                let taken: BTreeSet<Ident> = taken.filter_map(|it| it.name.clone()).collect();
                let own = constraint.name.clone().unwrap_or_default();
                if taken.contains(&own) {
                    constraint_name(&bare(&leaf), constraint, &taken)
                } else {
                    own
                }
            });
            if twin.is_none() {
                let own = Constraint {
                    name: Some(name.clone()),
                    comment: None,
                    ..constraint.clone()
                };
                out.push(add_constraint_sql(&leaf, &own, " NOT VALID").txn(Txn::Own));
            }
            if twin.is_none_or(|twin| twin.not_valid) {
                open.push((leaf, name));
            }
        }
        for (leaf, name) in open {
            out.push(validate(&leaf, &name));
        }
        if let ConstraintKind::ForeignKey(key) = &constraint.kind
            && self.busy(&key.table)
        {
            // The server takes it in two steps: somebody who has read it and comes to write in between
            // would end in a deadlock.
            out.push(lock(&key.table));
        }
        let adopt = add_constraint_sql(table, constraint, "");
        out.push(Statement {
            guard: adopt.guard,
            ..Form::AdoptForeignKey.sql(adopt.sql)
        });
        out.note = format!("validated while writers go on ({})", self.figures(table));
    }

    fn twin_constraint(&self, table: &Name, constraint: &Constraint) -> Option<&Constraint> {
        let live = self.live_table(table)?;
        let goes_above = |other: &Constraint| {
            let name = other.name.as_ref().filter(|_| other.inherited);
            name.is_some_and(|name| self.has_gone(live, name))
        };
        live.constraints.iter().find(|other| {
            can_be_part(other, constraint)
                && !self.drops(table, other.name.as_ref())
                && !goes_above(other)
        })
    }

    /// Partitions with rows of their own.
    fn leaves(&self, table: &Name) -> Vec<Name> {
        let mut leaves = Vec::new();
        for child in self.below(table) {
            if self.partitioned_now(&child) {
                leaves.extend(self.leaves(&child));
            } else {
                leaves.push(child);
            }
        }
        leaves
    }

    /// The partitions of a table when its indexes and constraints are made: those that go, go later.
    fn below(&self, table: &Name) -> Vec<Name> {
        let old = self.was.get(table).unwrap_or(table);
        let mut below: BTreeSet<Name> = children(self.desired, table).into_iter().collect();
        for child in children(self.live, old) {
            let child = self.called_now(child);
            if !self.is_detached(&child) {
                below.insert(child);
            }
        }
        below.into_iter().collect()
    }

    /// As `partitioned`, also of a table that no model has.
    pub(super) fn partitioned_now(&self, table: &Name) -> bool {
        let live = self.live_table(table);
        self.partitioned(table) || live.is_some_and(|table| table.partition_by.is_some())
    }

    pub(super) fn live_table(&self, table: &Name) -> Option<&Table> {
        self.table_before(table).filter(|_| !self.is_anew(table))
    }

    /// The table before the plan, also where it is made anew.
    pub(super) fn table_before(&self, table: &Name) -> Option<&Table> {
        let old = self.was.get(table).unwrap_or(table);
        self.live.tables.get(old).map(|table| &**table)
    }
}

/// Tells whether a constraint of a partition can be its part of another one above. A part of that
/// which goes for it may be, where its index has the parameters that come from there.
fn can_be_part(constraint: &Constraint, above: &Constraint) -> bool {
    same_constraint(constraint, above)
        && (!constraint.inherited || constraint.kind.parameters() == above.kind.parameters())
}

/// Makes a key of a unique index, which takes its name.
fn key_using(table: &Name, constraint: &Constraint, index: &Ident) -> Statement {
    let name = constraint.name.clone().unwrap_or_default();
    let add = Form::AddKeyUsingIndex.sql(format!(
        "ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}{}",
        Quoted(table),
        Quoted(&name),
        key_word(constraint),
        Quoted(index),
        deferral(constraint)
    ));
    add.guard(format!("NOT {}", has_constraint(table, &name)))
}
