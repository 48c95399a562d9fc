//! Partitions: attached, detached, and what they have of their own.
//!
//! A large table is attached when it has all that the table above has, and a check that its rows are
//! within the bound; a large DEFAULT partition gets a check that it has none of the rows. A run that
//! was cut off leaves such a check, whose name begins with `_sync_`: the next one drops it and begins
//! again.

use super::condition::has_constraint;
use std::collections::BTreeSet;

use super::constraint::{add_constraint_sql, validate};
use super::object::literal;
use super::part_name::bare;
use super::{Draft, Writer};
use crate::change::{Change, is_left_by_detach, leaving_name, lent_keys, says_leaving, steps_out};
use crate::dialect::postgres::bound;
use crate::dialect::postgres::form::Form;
use crate::diff::{constraint_name, index_name, same_constraint, same_index};
use crate::schema::{
    Constraint, ConstraintKind, Expr, Ident, Index, Name, PartitionOf, Quoted, Table,
    quote_literal, temporary,
};
use crate::step::{HazardKind, Statement, Txn};

impl Writer<'_> {
    /// Makes a table of the shape of the table above, which [`Self::attach_new`] attaches: readers
    /// and writers of the others go on. `own` is what it has besides.
    pub(super) fn create_like(&self, parent: &Name, own: &[String]) -> String {
        let mut like = format!(
            "LIKE {} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING STORAGE",
            Quoted(parent)
        );
        if self.facts.version >= 140_000 {
            like.push_str(" INCLUDING COMPRESSION");
        }
        let parts: Vec<&str> = [like.as_str()]
            .into_iter()
            .chain(own.iter().map(String::as_str))
            .collect();
        format!(" (\n  {}\n)", parts.join(",\n  "))
    }

    /// Attaches a table that has been made just now.
    pub(super) fn attach_new(
        &self,
        out: &mut Draft,
        table: &Name,
        partition: &PartitionOf,
        beside: &Beside,
    ) {
        let form = match beside {
            Beside::Nothing => Form::AttachNew,
            Beside::Small | Beside::Large(_) => Form::AttachBesideDefault,
            Beside::Proven { .. } => Form::AttachProvenBesideDefault,
        };
        out.push(attach(form, table, partition));
        self.leave_default(out, table, beside);
    }

    pub(super) fn attach_partition(&self, out: &mut Draft, table: &Name, partition: &PartitionOf) {
        if steps_out(table, self.changes) && !self.is_anew(&partition.parent) {
            self.put_back(out, table, partition);
            return;
        }
        let beside = self.beside_default(out, table, partition);
        if !self.busy(table) {
            let form = match beside {
                Beside::Nothing => Form::AttachPartition,
                Beside::Small | Beside::Large(_) => Form::AttachBesideDefault,
                Beside::Proven { .. } => Form::AttachProvenBesideDefault,
            };
            self.lock_referenced(out, &partition.parent, Some(table));
            // It reads the table itself in any case.
            out.push(attach(form, table, partition));
            self.leave_default(out, table, &beside);
            return;
        }
        self.parts_from_above(out, table, partition);
        let parent = self.desired.tables.get(&partition.parent);
        let condition = parent.and_then(|parent| bound::condition(self.desired, parent, partition));
        let check = temporary("bound", table.name.as_str());
        let form = match (&condition, &beside) {
            (Some(_), Beside::Nothing) => Form::AttachProven,
            (Some(_), Beside::Proven { .. }) => Form::AttachProvenBesideDefault,
            (None, Beside::Nothing) => Form::AttachPartition,
            (_, Beside::Small | Beside::Large(_)) | (None, Beside::Proven { .. }) => {
                Form::AttachBesideDefault
            }
        };
        match condition {
            Some(condition) => {
                self.prove(out, table, &check, &condition, table);
                self.lock_referenced(out, &partition.parent, None);
                out.push(attach(form, table, partition));
                out.push(drop_checks(table, &[&check]));
                out.note = format!("validated while writers go on ({})", self.figures(table));
            }
            None => {
                self.lock_referenced(out, &partition.parent, None);
                out.push(attach(form, table, partition));
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
        self.leave_default(out, table, &beside);
    }

    /// Puts a partition back where it was, in the transaction that has taken it off.
    fn put_back(&self, out: &mut Draft, table: &Name, partition: &PartitionOf) {
        let old = self.was.get(&partition.parent).unwrap_or(&partition.parent);
        let default = bound::default_of(self.live, old).map(|name| self.called_now(name));
        let default = default.filter(|default| default != table);
        let form = match default {
            Some(_) => Form::AttachBesideDefault,
            None => Form::AttachPartition,
        };
        self.lock_referenced(out, &partition.parent, Some(table));
        out.push(attach(form, table, partition));
        for read in default.iter().chain([table]).filter(|it| self.busy(it)) {
            out.hazard(
                HazardKind::BlockingScan,
                format!(
                    "table {read}: is read in full ({}) under ACCESS EXCLUSIVE",
                    self.figures(read)
                ),
            );
        }
    }

    /// What the table above has, and the server would make or check while it attaches.
    fn parts_from_above(&self, out: &mut Draft, table: &Name, partition: &PartitionOf) {
        let parent = self.live_table(&partition.parent);
        let (Some(parent), Some(live)) = (parent, self.live_table(table)) else {
            return;
        };
        if self.partitioned_now(table) {
            return;
        }
        let desired = self.desired.tables.get(table);
        for index in &parent.indexes {
            let twin = |other: &&Index| same_index(other, index) && !other.invalid;
            if self.drops(&partition.parent, index.name.as_ref())
                || live.indexes.iter().any(|it| twin(&it))
                || index.unique && !lent_keys(live, index).is_empty()
            {
                // It is taken for the part.
                continue;
            }
            let wanted = desired.into_iter().flat_map(|it| &it.indexes).find(twin);
            let choose = |taken: &BTreeSet<Ident>| index_name(&bare(table), index, taken);
            let name = self.name_part(table, wanted.and_then(|it| it.name.clone()), &choose);
            let own = Index {
                name: Some(name),
                comment: None,
                statistics: Default::default(),
                ..index.clone()
            };
            self.concurrently(out, table, &own);
        }
        for constraint in &parent.constraints {
            if self.drops(&partition.parent, constraint.name.as_ref()) {
                continue;
            }
            let twin = live
                .constraints
                .iter()
                .find(|it| same_constraint(it, constraint));
            let wanted = desired
                .into_iter()
                .flat_map(|it| &it.constraints)
                .find(|it| same_constraint(it, constraint))
                .and_then(|it| it.name.clone());
            let choose = |taken: &BTreeSet<Ident>| constraint_name(&bare(table), constraint, taken);
            let own = |name: &Ident| Constraint {
                name: Some(name.clone()),
                comment: None,
                ..constraint.clone()
            };
            match &constraint.kind {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)
                    if twin.is_none() && !key.without_overlaps =>
                {
                    // A run was cut off before the key took its index.
                    let built = live.indexes.iter().find(|index| index.can_be_key(key));
                    let built = built.and_then(|it| self.name_now(table, it.name.as_ref()));
                    let name = built.unwrap_or_else(|| self.name_part(table, wanted, &choose));
                    self.key_using_index(out, table, &own(&name), key);
                }
                ConstraintKind::ForeignKey(_)
                    if !constraint.not_valid && !constraint.not_enforced =>
                {
                    // Names of foreign keys are a table's own.
                    let taken = live.constraints.iter().filter_map(|it| it.name.clone());
                    let known = twin.and_then(|it| self.name_now(table, it.name.as_ref()));
                    let name = known.or(wanted).unwrap_or_else(|| choose(&taken.collect()));
                    if twin.is_none() {
                        let add = add_constraint_sql(table, &own(&name), " NOT VALID");
                        out.push(add.txn(Txn::Own));
                    }
                    if twin.is_none_or(|twin| twin.not_valid) {
                        out.push(validate(table, &name));
                    }
                }
                kind if !kind.becomes_a_part() => {
                    let name = constraint.name.clone().unwrap_or_default();
                    self.built_under_lock(out, table, &name);
                }
                // A check is a change of its own, and there by now.
                ConstraintKind::PrimaryKey(_)
                | ConstraintKind::Unique(_)
                | ConstraintKind::Check { .. }
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Exclude(_) => {}
            }
        }
    }

    /// Sees to the partition for rows of no other one: the server reads it for rows of the new one,
    /// but for a check that says that there are none.
    pub(super) fn beside_default(
        &self,
        out: &mut Draft,
        table: &Name,
        partition: &PartitionOf,
    ) -> Beside {
        let old = self.was.get(&partition.parent).unwrap_or(&partition.parent);
        let Some(default) = bound::default_of(self.live, old) else {
            return Beside::Nothing;
        };
        let default = self.called_now(default);
        if self.is_detached(&default) {
            return Beside::Nothing;
        }
        if !self.busy(&default) {
            return Beside::Small;
        }
        let parent = self.live_table(&partition.parent);
        let by = parent.and_then(|parent| parent.partition_by.as_ref());
        let Some(condition) = by.and_then(|by| bound::own_condition(by, partition)) else {
            out.hazard(
                HazardKind::BlockingScan,
                format!(
                    "table {default}: is read in full ({}) under ACCESS EXCLUSIVE, for rows that belong into {table}",
                    self.figures(&default)
                ),
            );
            return Beside::Large(default);
        };
        let check = temporary("rest", table.name.as_str());
        self.prove(out, &default, &check, &format!("NOT ({condition})"), table);
        Beside::Proven { default, check }
    }

    /// Makes a partition a table of its own.
    pub(super) fn detach_partition(&self, out: &mut Draft, table: &Name, partition: &PartitionOf) {
        let sql = detach(table, partition);
        if partition.detach_pending {
            let finalize = Form::DetachFinalize.sql(format!("{sql} FINALIZE"));
            out.push(finalize.txn(Txn::Own).guard(is_below(table, true)));
            for check in self.left_by_detach(table, &partition.parent) {
                out.push(drop_checks(table, &[check]));
            }
            out.note = "brings a DETACH CONCURRENTLY to its end that was cut off".into();
        } else if self.can_detach_online(table, partition) {
            let choose =
                |taken: &BTreeSet<Ident>| self.bound_check(table, &partition.parent, taken);
            let check = self.name_part(table, None, &choose);
            let mark = leaving_name(&table.name);
            self.mark_leaving(out, table, &mark, &check);
            self.detach_online(out, table, partition);
            out.push(drop_checks(table, &[&check, &mark]));
        } else {
            out.push(Form::DetachPartition.sql(sql).guard(is_below(table, false)));
        }
    }

    /// Says which check the server will leave, by one of ours that is true of every row.
    fn mark_leaving(&self, out: &mut Draft, table: &Name, mark: &Ident, check: &Ident) {
        let add = format!(
            "ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID",
            Quoted(mark),
            quote_literal(check.as_str())
        );
        // One of a run that was cut off before may say another name.
        let live = self.live_table(table).into_iter();
        let there = live.flat_map(|it| &it.constraints).any(says_leaving);
        let drop = match there {
            true => format!("DROP CONSTRAINT IF EXISTS {}, ", Quoted(mark)),
            false => String::new(),
        };
        let sql = format!("ALTER TABLE {} {drop}{add}", Quoted(table));
        let guard = format!(
            "{} AND NOT {}",
            is_below(table, false),
            has_constraint(table, mark)
        );
        out.push(Form::AddCheckNotValid.sql(sql).txn(Txn::Own).guard(guard));
    }

    /// Returns the checks that the server has given to a partition whose DETACH CONCURRENTLY was cut
    /// off: the one that a run of ours said, or all of such a name.
    fn left_by_detach(&self, table: &Name, parent: &Name) -> Vec<&Ident> {
        let plain = self.bound_check(table, parent, &BTreeSet::new());
        let Some(live) = self.live_table(table) else {
            return Vec::new();
        };
        let by_us = live.constraints.iter().any(says_leaving);
        let named = |it: &Constraint| {
            let name = it.name.as_ref();
            let number = name.and_then(|name| name.as_str().strip_prefix(plain.as_str()));
            matches!(it.kind, ConstraintKind::Check { .. })
                && number.is_some_and(|it| it.chars().all(|c| c.is_ascii_digit()))
        };
        let left = live.constraints.iter().filter(|it| match by_us {
            true => is_left_by_detach(live, it),
            false => named(it),
        });
        let left = left.filter(|it| !self.is_desired(table, it));
        left.filter_map(|it| it.name.as_ref()).collect()
    }

    /// Takes a partition off the table above while others use that. The server leaves a check.
    pub(super) fn detach_online(&self, out: &mut Draft, table: &Name, partition: &PartitionOf) {
        let sql = format!("{} CONCURRENTLY", detach(table, partition));
        let detach = Form::DetachConcurrently.sql(sql).txn(Txn::None);
        out.push(detach.guard(is_below(table, false)));
        out.note = format!("waits for users of {}, stops none", partition.parent);
    }

    /// Tells whether a partition can leave while others use the table above. The server refuses it
    /// beside a DEFAULT partition, and in the transaction that gives it another bound.
    pub(super) fn can_detach_online(&self, table: &Name, partition: &PartitionOf) -> bool {
        let parent = &partition.parent;
        let comes_back = |change: &Change| {
            matches!(change, Change::AttachPartition { table: other, partition }
                if other == table && partition.parent == *parent)
        };
        let old = self.was.get(parent).unwrap_or(parent);
        self.facts.version >= 140_000
            && self.busy(parent)
            && !self.anew.around.contains(table)
            && self.desired.tables.contains_key(parent)
            && bound::default_of(self.live, old).is_none()
            && !self.changes.iter().any(comes_back)
    }

    /// Returns the name that the server gives to a check that it leaves: the bound, as a condition
    /// (`DetachAddConstraintIfNeeded` in PostgreSQL's `tablecmds.c`).
    fn bound_check(&self, table: &Name, parent: &Name, taken: &BTreeSet<Ident>) -> Ident {
        let mut keys = Vec::new();
        let leaves = self.detached_at(table);
        let mut above = self.live_table(parent);
        while let Some(table) = above {
            keys.extend(table.partition_by.as_ref().map(|by| by.key.sql()));
            let up = table.partition_of.as_ref();
            // The bound of one that has left by then says nothing more.
            let up = up.filter(|_| self.detached_at(&table.name) >= leaves);
            above = up.and_then(|up| self.live.tables.get(&up.parent).map(|it| &**it));
        }
        let bound = Constraint::new(ConstraintKind::Check {
            expr: Expr::new(keys.join(", ")),
            no_inherit: false,
        });
        let columns = self.live_table(table).map(|it| it.columns.clone());
        let named = Table {
            columns: columns.unwrap_or_default(),
            ..bare(table)
        };
        constraint_name(&named, &bound, taken)
    }

    /// Tells when a partition is taken off, of the changes; one that is not, after all of them.
    fn detached_at(&self, table: &Name) -> usize {
        let now = self.called_now(table.clone());
        let is_it = |change: &Change| matches!(change, Change::DetachPartition { table, .. } if *table == now);
        let at = self.changes.iter().position(is_it);
        at.unwrap_or(self.changes.len())
    }

    /// Locks what the foreign keys of a partitioned table reference. A table whose foreign keys become
    /// part of them takes these locks in two steps, and in between somebody who has read and comes
    /// to write would end in a deadlock. `child` is a table that has some of them, or none.
    fn lock_referenced(&self, out: &mut Draft, parent: &Name, child: Option<&Name>) {
        let own = child.map(|child| self.live_table(child));
        let is_own = |constraint: &&Constraint| {
            own.is_none_or(|own| {
                let mut own = own.into_iter().flat_map(|own| &own.constraints);
                own.any(|it| same_constraint(it, constraint))
            })
        };
        let above = self.live_table(parent).into_iter();
        let keys = above.flat_map(|above| &above.constraints).filter(is_own);
        let referenced: BTreeSet<&Name> = keys
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::ForeignKey(key) => Some(&key.table),
                ConstraintKind::PrimaryKey(_)
                | ConstraintKind::Unique(_)
                | ConstraintKind::Check { .. }
                | ConstraintKind::Exclude(_) => None,
            })
            .collect();
        for table in referenced {
            let table = self.called_now(table.clone());
            if self.busy(&table) {
                out.push(lock(&table));
            }
        }
    }

    fn leave_default(&self, out: &mut Draft, table: &Name, beside: &Beside) {
        match beside {
            Beside::Proven { default, check } => {
                out.push(drop_checks(default, &[check]));
                out.note = format!(
                    "{default} is proven to have no rows of {table} while writers go on ({})",
                    self.figures(default)
                );
            }
            Beside::Large(default) => {
                out.note = format!("reads {default} ({})", self.figures(default));
            }
            Beside::Nothing | Beside::Small => {}
        }
    }

    /// Adds a check and proves it; not again once `attached` is attached.
    fn prove(
        &self,
        out: &mut Draft,
        table: &Name,
        check: &Ident,
        condition: &str,
        attached: &Name,
    ) {
        out.push(
            Form::AddCheckNotValid
                .sql(format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({condition}) NOT VALID",
                    Quoted(table),
                    Quoted(check)
                ))
                .guard(format!(
                    "{} AND NOT {}",
                    is_loose(attached),
                    has_constraint(table, check)
                )),
        );
        out.push(validate(table, check));
    }
}

/// What the table above has for rows of no other partition.
pub(super) enum Beside {
    /// Nothing.
    Nothing,
    /// A partition that is read in no time.
    Small,
    /// A large one that has to be read.
    Large(Name),
    /// A large one with a check that it has none of the rows.
    Proven {
        /// Which.
        default: Name,
        /// The check.
        check: Ident,
    },
}

/// The condition that a table is no partition, or not there.
fn is_loose(table: &Name) -> String {
    format!("NOT {}", is_below(table, false))
}

fn attach(form: Form, table: &Name, partition: &PartitionOf) -> Statement {
    form.sql(format!(
        "ALTER TABLE {} ATTACH PARTITION {} {}",
        Quoted(&partition.parent),
        Quoted(table),
        partition.bound
    ))
    .guard(is_loose(table))
}

fn detach(table: &Name, partition: &PartitionOf) -> String {
    format!(
        "ALTER TABLE {} DETACH PARTITION {}",
        Quoted(&partition.parent),
        Quoted(table)
    )
}

/// Takes a table for a moment, before a statement that would take it in two steps.
pub(super) fn lock(table: &Name) -> Statement {
    Form::LockTable.sql(format!(
        "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
        Quoted(table)
    ))
}

pub(super) fn drop_checks(table: &Name, checks: &[&Ident]) -> Statement {
    let each: Vec<String> = checks
        .iter()
        .map(|check| format!("DROP CONSTRAINT IF EXISTS {}", Quoted(*check)))
        .collect();
    Form::DropConstraint.sql(format!("ALTER TABLE {} {}", Quoted(table), each.join(", ")))
}

/// The condition that a table is a partition of another, or on its way out of it.
fn is_below(table: &Name, pending: bool) -> String {
    let of = format!(
        "SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({})",
        literal(table)
    );
    if pending {
        format!("EXISTS ({of} AND inhdetachpending)")
    } else {
        format!("EXISTS ({of})")
    }
}
