//! Differences of tables and their constraints and indexes.

use super::names::own;
use super::settle::{same_constraint, same_index};
use super::{Diff, Extra, Leftover, Refusal, Sides, column, dotted, pairs};
use crate::change::{
    Change, ColumnChange, Object, descendants, is_left_by_detach, is_unfilled, lineage,
};
use crate::schema::{
    Constraint, ConstraintKind, Ident, Index, Name, Parameters, ReplicaIdentity, Schema, Table,
    TableOptions,
};

pub(super) fn tables(sides: &Sides<'_>, out: &mut Diff) {
    for (name, live, desired) in pairs(&sides.live.tables, &sides.desired.tables) {
        if sides.desired.hints.unmanaged.contains(name) {
            continue;
        }
        match (live, desired) {
            (None, Some(table)) => create(table, out),
            (Some(table), None) => match sides.extra {
                Extra::Prune => {
                    for constraint in &table.constraints {
                        let foreign = matches!(constraint.kind, ConstraintKind::ForeignKey(_));
                        if foreign && !constraint.inherited {
                            drop_constraint(name, constraint, out);
                        }
                    }
                    let mut table = Table::clone(table);
                    if finish_detach(&table, out) {
                        table.partition_of = None;
                    }
                    out.changes.push(Change::DropTable { table });
                }
                Extra::Keep => {
                    let above = table.partition_of.as_ref().map(|it| &it.parent);
                    if above.is_some_and(|above| sides.desired.tables.contains_key(above)) {
                        finish_detach(table, out);
                    }
                    out.leftover(name, "table", "in the database, in no model: left alone");
                }
            },
            (Some(live), Some(desired)) => alter(sides, live, desired, out),
            (None, None) => {}
        }
    }
}

fn create(table: &Table, out: &mut Diff) {
    let name = &table.name;
    incomplete_keys(None, table, out);
    let mut bare = table.clone();
    bare.indexes.clear();
    bare.constraints
        .retain(|constraint| !matches!(constraint.kind, ConstraintKind::ForeignKey(_)));
    out.changes.push(Change::CreateTable { table: bare });
    for constraint in table
        .constraints
        .iter()
        .filter(|constraint| !constraint.inherited)
    {
        if matches!(constraint.kind, ConstraintKind::ForeignKey(_)) {
            add_constraint(name, constraint, out);
        }
    }
    for index in table.indexes.iter().filter(|index| !index.inherited) {
        if index.invalid {
            not_complete(table, index, out);
            continue;
        }
        let (table, index) = (name.clone(), index.clone());
        out.changes.push(Change::CreateIndex { table, index });
    }
    let later = TableOptions {
        replica_identity: ReplicaIdentity::Default,
        clustered_on: None,
        ..table.options.clone()
    };
    if later != table.options {
        out.changes.push(Change::AlterTable {
            table: name.clone(),
            from: later,
            to: table.options.clone(),
        });
    }
}

fn alter(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let own = leaving(live, desired);
    let live = own.as_ref().unwrap_or(live);
    let name = &desired.name;
    match (&live.partition_by, &desired.partition_by) {
        (Some(before), Some(after)) => {
            if (&before.strategy, &before.key) != (&after.strategy, &after.key) {
                out.anew.insert(name.clone());
            }
        }
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => {
            out.refusals.push(Refusal::new(
                format!("table {name}"),
                "no table becomes a partitioned one, nor the other way round",
                "make the other table under another name, copy the rows, and rename both",
            ));
            return;
        }
    }
    let place = |table: &Table| {
        let of = table.partition_of.as_ref();
        of.map(|it| (it.parent.clone(), it.bound.clone()))
    };
    let pending = finish_detach(live, out);
    if pending || place(live) != place(desired) {
        if let Some(partition) = live.partition_of.clone().filter(|_| !pending) {
            out.changes.push(Change::DetachPartition {
                table: name.clone(),
                partition,
            });
        }
        if let Some(partition) = desired.partition_of.clone() {
            out.changes.push(Change::AttachPartition {
                table: name.clone(),
                partition,
            });
        }
    }
    if live.options != desired.options {
        out.changes.push(Change::AlterTable {
            table: name.clone(),
            from: live.options.clone(),
            to: desired.options.clone(),
        });
    }
    column::columns(sides, live, desired, out);
    incomplete_keys(Some(live), desired, out);
    constraints(sides, live, desired, out);
    values(sides, live, desired, out);
    indexes(sides, live, desired, out);
    out.comment(
        Object::Table(name.clone()),
        live.comment.as_ref(),
        desired.comment.as_ref(),
    );
}

/// Brings a DETACH CONCURRENTLY that was cut off to its end: the table above can hardly be altered
/// before that.
fn finish_detach(table: &Table, out: &mut Diff) -> bool {
    let Some(partition) = table.partition_of.clone().filter(|it| it.detach_pending) else {
        return false;
    };
    out.changes.push(Change::DetachPartition {
        table: table.name.clone(),
        partition,
    });
    true
}

/// Values of an enum that is text and of which some have another name by now: while its check is
/// made anew, rows have old ones.
fn values(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let hints = &sides.desired.hints;
    for ((_, column), renamed) in (hints.renamed_values.iter()).filter(|it| it.0.0 == desired.name)
    {
        let made = |change: &Change| {
            matches!(change, Change::AddConstraint { table, constraint }
                if *table == desired.name
                    && own::check_column(desired, constraint).as_ref() == Some(column))
        };
        let (Some(_), Some(new)) = (live.column(column), desired.column(column)) else {
            continue;
        };
        if out.changes.iter().any(made) {
            out.changes.push(Change::AlterColumn {
                table: desired.name.clone(),
                column: new.clone(),
                change: ColumnChange::Values {
                    renamed: renamed.clone(),
                },
            });
        }
    }
}

/// A partition that leaves its parent keeps what it had from there: it is its own then.
fn leaving(live: &Table, desired: &Table) -> Option<Table> {
    let parent = |table: &Table| table.partition_of.as_ref().map(|part| part.parent.clone());
    if live.partition_of.is_none() || parent(live) == parent(desired) {
        return None;
    }
    let mut own = live.clone();
    keep_parts(&mut own);
    Some(own)
}

/// Makes what a table has from above its own.
pub(super) fn keep_parts(table: &mut Table) {
    (table.constraints.iter_mut()).for_each(|part| part.inherited = false);
    (table.indexes.iter_mut()).for_each(|part| part.inherited = false);
}

fn constraints(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let name = &desired.name;
    let mut matched = vec![false; live.constraints.len()];
    // By name first, then by definition: what is only called otherwise is renamed.
    let mut open = Vec::new();
    // A check comes from above beside the same under another name.
    let taken = |a: &Constraint, b: &Constraint| {
        same_constraint(a, b) && !matches!(a.kind, ConstraintKind::Check { .. })
    };
    for (at, constraint) in lent(&live.constraints, &desired.constraints, taken) {
        matched[at] = true;
        rename_constraint(name, &live.constraints[at], constraint, out);
        comments(name, &live.constraints[at], constraint, out);
    }
    for constraint in desired
        .constraints
        .iter()
        .filter(|constraint| !constraint.inherited)
    {
        let twin = live.constraints.iter().position(|other| {
            other.name == constraint.name && other.name.is_some() && !is_lent(other)
        });
        match twin {
            Some(at) if !matched[at] => {
                matched[at] = true;
                if !is_said_otherwise(sides, live, &live.constraints[at], constraint, out) {
                    alter_constraint(live, &live.constraints[at], constraint, out);
                }
            }
            Some(_) | None => open.push(constraint),
        }
    }
    for constraint in open {
        let twin = (0..live.constraints.len()).find(|at| {
            let other = &live.constraints[*at];
            // What comes from above is no other one, and goes by that name there.
            !matched[*at] && !other.inherited && same_constraint(other, constraint)
        });
        let Some(at) = twin else {
            // A table has one primary key: another one takes its place.
            if matches!(constraint.kind, ConstraintKind::PrimaryKey(_)) {
                let old = (0..live.constraints.len()).find(|at| {
                    matches!(live.constraints[*at].kind, ConstraintKind::PrimaryKey(_))
                        && !matched[*at]
                        && !live.constraints[*at].inherited
                });
                if let Some(at) = old {
                    matched[at] = true;
                    drop_constraint(name, &live.constraints[at], out);
                }
            }
            add_constraint(name, constraint, out);
            continue;
        };
        matched[at] = true;
        let old = &live.constraints[at];
        // Renamed, it would be so below too, where others keep the name, or have the new one.
        let renamed = old.name != constraint.name;
        if renamed && (sides.kept.has_check(name, old) || is_check_below(sides, name, constraint)) {
            drop_constraint(name, old, out);
            add_constraint(name, constraint, out);
            continue;
        }
        if !is_renamed_above(sides, live, old, constraint) {
            rename_constraint(name, old, constraint, out);
        }
        let renamed = Constraint {
            name: constraint.name.clone(),
            ..old.clone()
        };
        alter_constraint(live, &renamed, constraint, out);
    }
    // What an attached table has in common with its parent becomes the parent's.
    for constraint in desired.constraints.iter().filter(|part| part.inherited) {
        let mut alike = (0..live.constraints.len())
            .filter(|at| !matched[*at] && same_constraint(&live.constraints[*at], constraint));
        // It has it from above already: what is its own beside that is not meant.
        if let Some(at) = alike.clone().find(|at| live.constraints[*at].inherited) {
            matched[at] = true;
            continue;
        }
        let Some(at) = alike.next() else {
            // Keys and foreign keys come by attaching; a check has to be there.
            let attached = live.partition_of != desired.partition_of;
            let there = live
                .constraints
                .iter()
                .any(|other| same_constraint(other, constraint));
            if attached && !there && matches!(constraint.kind, ConstraintKind::Check { .. }) {
                add_constraint(name, constraint, out);
            }
            continue;
        };
        matched[at] = true;
        if is_said_otherwise(sides, live, &live.constraints[at], constraint, out) {
            continue;
        }
        rename_constraint(name, &live.constraints[at], constraint, out);
        let is_check = matches!(constraint.kind, ConstraintKind::Check { .. });
        if is_check && live.constraints[at].not_valid && !constraint.not_valid {
            out.changes.push(Change::ValidateConstraint {
                table: name.clone(),
                constraint: constraint.clone(),
            });
        }
    }
    for (at, constraint) in live.constraints.iter().enumerate() {
        if !matched[at] && left_to_it(sides, live, constraint) {
            drop_constraint(name, constraint, out);
            continue;
        }
        if matched[at] || constraint.inherited || waits_above(sides, live, desired, constraint) {
            continue;
        }
        let ours = constraint.name.as_ref().is_some_and(Ident::is_temporary);
        let part = constraint.name.clone().unwrap_or_default();
        let filled_by_us = out.changes.iter().any(|change| {
            matches!(change, Change::AlterColumn { table, column, change: ColumnChange::Fill { .. }
                | ColumnChange::SetNotNull { backfill: Some(_) } }
                if table == name && is_unfilled(constraint, &column.name))
        });
        if filled_by_us {
            continue;
        }
        let left = live.partition_of.is_none() && is_left_by_detach(live, constraint);
        if ours || left || sides.extra == Extra::Prune {
            drop_constraint(name, constraint, out);
        } else {
            out.leftovers.push(Leftover {
                object: dotted(name, &part),
                kind: "constraint".into(),
                message: "in the database, in no model: left alone".into(),
                warn: true,
            });
        }
    }
}

/// Tells whether a check of a table that inherits is its own beside that from above on one side
/// alone, and does what is to be done about that: it goes where another one is to come from above.
/// What is there cannot be altered.
fn is_said_otherwise(
    sides: &Sides<'_>,
    live_table: &Table,
    live: &Constraint,
    desired: &Constraint,
    out: &mut Diff,
) -> bool {
    let name = &live_table.name;
    let check = matches!(live.kind, ConstraintKind::Check { .. });
    let by_model = sides.desired.hints.sources.contains_key(name);
    let heir = live_table.partition_of.is_none() && !live_table.inherits.is_empty();
    if live.inherited == desired.inherited || !check || !heir || by_model {
        return false;
    }
    let comes_down = |schema: &Schema, wanted: &Constraint| {
        let parents = live_table.inherits.iter();
        let mut parents = parents.filter_map(|parent| schema.tables.get(parent));
        parents.any(|parent| {
            let mut constraints = parent.constraints.iter();
            constraints.any(|it| it.name == wanted.name && same_constraint(it, wanted))
        })
    };
    let stays = live.name == desired.name
        && comes_down(sides.live, live)
        && comes_down(sides.desired, desired);
    if stays {
        let message = match live.inherited {
            true => "comes from above alone, and is not said again: left as it is",
            false => "says again what comes from above: left as it is",
        };
        let part = live.name.clone().unwrap_or_default();
        out.leftover(dotted(name, &part), "constraint", message);
        comments(name, live, desired, out);
        return true;
    }
    let comes = desired.inherited && !comes_down(sides.live, live);
    if comes && sides.extra == Extra::Prune {
        drop_constraint(name, live, out);
        return true;
    }
    false
}

/// Tells whether a table below one has another check of the name that one of its own gets.
fn is_check_below(sides: &Sides<'_>, table: &Name, desired: &Constraint) -> bool {
    let check = |it: &Constraint| matches!(it.kind, ConstraintKind::Check { .. });
    check(desired)
        && descendants(sides.live, table).iter().any(|below| {
            let mut constraints = sides.live.tables[below].constraints.iter();
            constraints.any(|it| check(it) && it.name == desired.name)
        })
}

/// Tells whether a check gets its new name with that of a table above, with which it is one.
fn is_renamed_above(
    sides: &Sides<'_>,
    table: &Table,
    live: &Constraint,
    desired: &Constraint,
) -> bool {
    let has = |tables: Option<&Table>, wanted: &Constraint| {
        let mut constraints = tables.iter().flat_map(|table| &table.constraints);
        constraints.any(|it| it.name == wanted.name && same_constraint(it, wanted))
    };
    let check = matches!(
        live.kind,
        ConstraintKind::Check {
            no_inherit: false,
            ..
        }
    );
    let partition = table.partition_of.iter().map(|part| &part.parent);
    check
        && partition.chain(&table.inherits).any(|parent| {
            let before = sides.live.tables.get(parent).map(|table| &**table);
            let after = sides.desired.tables.get(parent).map(|table| &**table);
            has(before, live)
                && has(after, desired)
                && !has(after, live)
                && !sides.kept.has_check(parent, live)
        })
}

/// Tells whether a table above leaves a check to those below, of which others keep it: then it does
/// not go from here with that of the table above.
fn left_to_it(sides: &Sides<'_>, live: &Table, constraint: &Constraint) -> bool {
    let goes = |parent: &Name| {
        let find = |table: &Table| {
            let mut constraints = table.constraints.iter();
            constraints.any(|it| it.name == constraint.name && same_constraint(it, constraint))
        };
        let has = |tables: Option<&Table>| tables.is_some_and(find);
        has(sides.live.tables.get(parent).map(|table| &**table))
            && !has(sides.desired.tables.get(parent).map(|table| &**table))
            && sides.kept.has_check(parent, constraint)
    };
    let partition = live.partition_of.iter().map(|part| &part.parent);
    constraint.inherited && sides.extra == Extra::Prune && partition.chain(&live.inherits).any(goes)
}

/// Tells whether a constraint of a partition is one with that of the table above: it goes with it,
/// and never becomes the partition's own. A check may be both.
fn is_lent(constraint: &Constraint) -> bool {
    constraint.inherited && !matches!(constraint.kind, ConstraintKind::Check { .. })
}

/// Returns the parts of a partition that the tables above will take for theirs, although others
/// like them are to stay its own: the server does not make a part that is there.
fn lent<'a, T: Part>(
    live: &[T],
    desired: &'a [T],
    same: impl Fn(&T, &T) -> bool,
) -> Vec<(usize, &'a T)> {
    let mut lent: Vec<(usize, &T)> = Vec::new();
    for part in desired.iter().filter(|part| part.inherited()) {
        let twins: Vec<usize> = (0..live.len())
            .filter(|at| same(&live[*at], part) && lent.iter().all(|(other, _)| other != at))
            .collect();
        let own = desired
            .iter()
            .filter(|it| !it.inherited() && same(it, part));
        let given = twins.iter().any(|at| live[*at].inherited());
        // A run that was cut off has renamed it.
        let named = (0..live.len()).find(|at| live[*at].name() == part.name());
        let lender = match named {
            None => twins.first(),
            Some(named) => twins.iter().find(|at| **at == named),
        };
        if let Some(at) = lender
            && twins.len() <= own.count()
            && !given
        {
            lent.push((*at, part));
        }
    }
    lent
}

/// Returns the indexes of a partition that an index from above would take in the place of the
/// desired one: for the server, those that sort otherwise are the same.
fn taken_for<'a>(live: &'a Table, desired: &'a Table) -> impl Iterator<Item = usize> + 'a {
    let unsorted = |index: &Index| {
        let mut index = index.clone();
        for part in &mut index.parts {
            part.descending = false;
            part.nulls_first = None;
        }
        index
    };
    let come = desired.indexes.iter().filter(|index| {
        let mut there = live.indexes.iter();
        index.inherited && !there.any(|old| old.inherited && same_index(old, index))
    });
    let come: Vec<Index> = come.map(unsorted).collect();
    (0..live.indexes.len()).filter(move |at| {
        let old = &live.indexes[*at];
        !old.inherited && come.iter().any(|index| same_index(index, &unsorted(old)))
    })
}

/// A constraint or an index.
trait Part {
    fn name(&self) -> Option<&Ident>;
    fn inherited(&self) -> bool;
}

impl Part for Constraint {
    fn name(&self) -> Option<&Ident> {
        self.name.as_ref()
    }

    fn inherited(&self) -> bool {
        self.inherited
    }
}

impl Part for Index {
    fn name(&self) -> Option<&Ident> {
        self.name.as_ref()
    }

    fn inherited(&self) -> bool {
        self.inherited
    }
}

pub(super) fn rename_constraint(
    table: &Name,
    live: &Constraint,
    desired: &Constraint,
    out: &mut Diff,
) {
    if let (Some(from), Some(to)) = (&live.name, &desired.name)
        && from != to
    {
        out.changes.push(Change::RenameConstraint {
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        });
    }
}

/// Returns the tables that a partition is below of, the nearest first.
pub(super) fn above<'a>(sides: &Sides<'a>, table: &'a Name) -> Vec<&'a Table> {
    let above = lineage(sides.desired, table).skip(1);
    let tables = &sides.desired.tables;
    above
        .filter_map(|name| tables.get(name).map(|table| &**table))
        .collect()
}

/// Tells whether a partition has a constraint that a table above is to have: it was made first, by
/// a run that was cut off, and will be taken over.
fn waits_above(sides: &Sides<'_>, live: &Table, desired: &Table, constraint: &Constraint) -> bool {
    let has = |table: &Table, inherited: bool| {
        let mut constraints = table.constraints.iter();
        constraints
            .any(|other| same_constraint(other, constraint) && (other.inherited || !inherited))
    };
    !has(live, true)
        && above(sides, &desired.name)
            .into_iter()
            .any(|table| has(table, false))
}

/// The same of an index, which may be one for a key: that has its name already.
fn index_waits_above(sides: &Sides<'_>, live: &Table, desired: &Table, index: &Index) -> bool {
    let finished = !index.invalid || live.partition_by.is_some();
    let taken = (live.indexes.iter()).any(|other| other.inherited && same_index(other, index));
    let wanted = |table: &Table| {
        let mut indexes = table.indexes.iter();
        indexes.any(|other| same_index(other, index))
            || table.constraints.iter().any(|other| match &other.kind {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                    index.can_be_key(key)
                        && named_for(desired, other, index)
                        && !live.constraints.iter().any(|own| own.kind == other.kind)
                }
                ConstraintKind::Check { .. }
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Exclude(_) => false,
            })
    };
    finished && !taken && above(sides, &desired.name).into_iter().any(wanted)
}

/// Tells whether an index has the name of the key that comes to a partition from above.
fn named_for(desired: &Table, key: &Constraint, index: &Index) -> bool {
    let mut come = (desired.constraints.iter())
        .filter(|it| it.inherited && same_constraint(it, key))
        .map(|it| it.name.as_ref());
    let name = index.name.as_ref();
    come.any(|it| it == name)
        || name == Some(&own::constraint(desired, key))
        || name.is_some_and(Ident::is_temporary)
}

fn alter_constraint(live_table: &Table, live: &Constraint, desired: &Constraint, out: &mut Diff) {
    let table = &live_table.name;
    if is_lent(live) || alters_in_place(live_table, live, desired, out) {
        comments(table, live, desired, out);
    } else {
        // What is made anew brings its comments.
        drop_constraint(table, live, out);
        add_constraint(table, desired, out);
    }
}

/// Makes a constraint the desired one where it stands, if there is a way.
pub(super) fn alters_in_place(
    live_table: &Table,
    live: &Constraint,
    desired: &Constraint,
    out: &mut Diff,
) -> bool {
    let table = &live_table.name;
    let plain = |constraint: &Constraint| Constraint {
        comment: None,
        index_comment: None,
        not_valid: false,
        inherited: false,
        ..constraint.clone()
    };
    let (from, to) = (plain(live), plain(desired));
    if from == to && live.not_valid == desired.not_valid {
        return true;
    }
    if from == to && live.not_valid && !desired.not_enforced {
        let constraint = Constraint {
            comment: None,
            index_comment: None,
            ..desired.clone()
        };
        out.changes.push(Change::ValidateConstraint {
            table: table.clone(),
            constraint,
        });
        return true;
    }
    // A foreign key is put off in place, and an index gets its parameters where it stands; that of
    // a partitioned table does not.
    let foreign = matches!(to.kind, ConstraintKind::ForeignKey(_));
    let whole = live_table.partition_by.is_none();
    let fixed = |constraint: &Constraint| {
        let mut fixed = constraint.clone();
        if foreign {
            fixed.deferrable = false;
            fixed.initially_deferred = false;
        } else if let Some(with) = fixed.kind.parameters_mut().filter(|_| whole) {
            *with = Parameters::new();
        }
        fixed
    };
    if fixed(&from) != fixed(&to) || live.not_valid != desired.not_valid {
        return false;
    }
    out.changes.push(Change::AlterConstraint {
        table: table.clone(),
        from: live.clone(),
        to,
    });
    true
}

pub(super) fn comments(table: &Name, live: &Constraint, desired: &Constraint, out: &mut Diff) {
    let Some(name) = &desired.name else { return };
    out.comment(
        Object::Constraint(table.clone(), name.clone()),
        live.comment.as_ref(),
        desired.comment.as_ref(),
    );
    out.comment(
        Object::Index(table.sibling(name.clone())),
        live.index_comment.as_ref(),
        desired.index_comment.as_ref(),
    );
}

fn add_constraint(table: &Name, constraint: &Constraint, out: &mut Diff) {
    let (table, constraint) = (table.clone(), constraint.clone());
    out.changes
        .push(Change::AddConstraint { table, constraint });
}

fn drop_constraint(table: &Name, constraint: &Constraint, out: &mut Diff) {
    let (table, constraint) = (table.clone(), constraint.clone());
    out.changes
        .push(Change::DropConstraint { table, constraint });
}

fn indexes(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let name = &desired.name;
    let mut matched = vec![false; live.indexes.len()];
    let mut open = Vec::new();
    for (at, index) in lent(&live.indexes, &desired.indexes, same_index) {
        matched[at] = true;
        rename_index(name, &live.indexes[at], index, out);
        let old = Index {
            name: index.name.clone(),
            ..live.indexes[at].clone()
        };
        alter_index(live, &old, index, out);
    }
    let in_the_way: Vec<&Ident> = taken_for(live, desired)
        .filter(|at| !matched[*at])
        .filter_map(|at| live.indexes[at].name.as_ref())
        .collect();
    for index in desired.indexes.iter().filter(|index| !index.inherited) {
        if index.invalid {
            incomplete(live, index, &mut matched, out);
            continue;
        }
        let twin = live
            .indexes
            .iter()
            .position(|other| other.name == index.name && !other.inherited);
        match twin {
            Some(at) if !matched[at] => {
                matched[at] = true;
                let old = &live.indexes[at];
                if index
                    .name
                    .as_ref()
                    .is_some_and(|it| in_the_way.contains(&it))
                {
                    make_index_anew(name, old, index, out);
                } else {
                    alter_index(live, old, index, out);
                }
            }
            Some(_) | None => open.push(index),
        }
    }
    for index in open {
        let twin = (0..live.indexes.len()).find(|at| {
            let other = &live.indexes[*at];
            !matched[*at] && !other.inherited && !other.invalid && same_index(other, index)
        });
        let Some(at) = twin else {
            let (table, index) = (name.clone(), index.clone());
            out.changes.push(Change::CreateIndex { table, index });
            continue;
        };
        matched[at] = true;
        let old = &live.indexes[at];
        rename_index(name, old, index, out);
        alter_index(
            live,
            &Index {
                name: index.name.clone(),
                ..old.clone()
            },
            index,
            out,
        );
    }
    for index in desired.indexes.iter().filter(|part| part.inherited) {
        let mut alike = (0..live.indexes.len())
            .filter(|at| !matched[*at] && same_index(&live.indexes[*at], index));
        if let Some(at) = alike.clone().find(|at| live.indexes[*at].inherited) {
            matched[at] = true;
            continue;
        }
        let Some(at) = alike.find(|at| !live.indexes[*at].invalid) else {
            continue;
        };
        matched[at] = true;
        // The name may be that of the index whose place it is to take.
        let taken = live.indexes.iter().any(|other| other.name == index.name);
        if !taken {
            rename_index(name, &live.indexes[at], index, out);
        }
    }
    for (at, index) in live.indexes.iter().enumerate() {
        if matched[at] || index.inherited || index_waits_above(sides, live, desired, index) {
            continue;
        }
        let part = index.name.clone().unwrap_or_default();
        // What a run of ours left behind goes.
        if index.invalid || part.is_temporary() || sides.extra == Extra::Prune {
            let (table, index) = (name.clone(), index.clone());
            out.changes.push(Change::DropIndex { table, index });
        } else {
            out.leftovers.push(Leftover {
                object: dotted(name, &part),
                kind: if index.unique {
                    "unique index"
                } else {
                    "index"
                }
                .into(),
                message: "in the database, in no model: left alone".into(),
                warn: index.unique,
            });
        }
    }
}

/// An index that a database has, and that is not complete, is the same there already, or refused.
fn incomplete(live: &Table, desired: &Index, matched: &mut [bool], out: &mut Diff) {
    let twin = (live.indexes.iter())
        .position(|it| it.name == desired.name && it.invalid && same_index(it, desired));
    match twin {
        Some(at) if live.partition_by.is_some() => matched[at] = true,
        Some(_) | None => not_complete(live, desired, out),
    }
}

/// The same of a key that a partitioned table of the desired database has.
fn incomplete_keys(live: Option<&Table>, desired: &Table, out: &mut Diff) {
    let is_key = |it: &&Constraint| {
        matches!(
            it.kind,
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_)
        )
    };
    for key in (desired.constraints.iter().filter(is_key)).filter(|it| it.not_valid) {
        let same =
            |it: &Constraint| it.name == key.name && it.not_valid && same_constraint(it, key);
        if desired.partition_by.is_some()
            && !live.is_some_and(|live| live.constraints.iter().any(same))
        {
            let name = key.name.clone().unwrap_or_default();
            out.refusals.push(Refusal::new(
                format!("key {name} of {}", desired.name),
                "is not complete in the desired database: partitions have no key for it",
                "complete it there (ALTER INDEX .. ATTACH PARTITION), or drop it",
            ));
        }
    }
}

/// Only one of a partitioned table is kept for what it is (ON ONLY): elsewhere a build was cut off,
/// and there is nothing to be the same as.
fn not_complete(table: &Table, index: &Index, out: &mut Diff) {
    if table.partition_by.is_some() {
        let name = index.name.clone().unwrap_or_default();
        out.refusals.push(Refusal::new(
            format!("index {}", table.name.sibling(name)),
            "is not complete in the desired database: partitions have no index for it",
            "complete it there (ALTER INDEX .. ATTACH PARTITION), or drop it",
        ));
    }
}

fn make_index_anew(table: &Name, live: &Index, desired: &Index, out: &mut Diff) {
    let (drop, create) = (live.clone(), desired.clone());
    out.changes.push(Change::DropIndex {
        table: table.clone(),
        index: drop,
    });
    out.changes.push(Change::CreateIndex {
        table: table.clone(),
        index: create,
    });
}

pub(super) fn rename_index(table: &Name, live: &Index, desired: &Index, out: &mut Diff) {
    if let (Some(from), Some(to)) = (&live.name, &desired.name)
        && from != to
    {
        out.changes.push(Change::RenameIndex {
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        });
    }
}

pub(super) fn alter_index(live_table: &Table, live: &Index, desired: &Index, out: &mut Diff) {
    let table = &live_table.name;
    // The index of a partitioned table has no parameters that could be altered.
    let whole = live_table.partition_by.is_none();
    let anew = live.invalid
        || !same_index(live, desired)
        || !whole && (live.with != desired.with || live.statistics != desired.statistics);
    if anew && live.inherited {
        return;
    }
    if anew {
        make_index_anew(table, live, desired, out);
        return;
    }
    if live.with != desired.with || live.statistics != desired.statistics {
        let (from, to) = (live.clone(), desired.clone());
        out.changes.push(Change::AlterIndex {
            table: table.clone(),
            from,
            to,
        });
    }
    if let Some(index) = &desired.name {
        let object = Object::Index(table.sibling(index.clone()));
        out.comment(object, live.comment.as_ref(), desired.comment.as_ref());
    }
}
