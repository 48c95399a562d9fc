//! Differences of constraints: those of a table itself, and those that come from above or are left below.

use super::settle::same_constraint;
use super::table::{above, goes_above, lent};
use super::{Diff, Extra, Leftover, Refusal, Sides, dotted, left_alone};
use crate::change::{
    Change, ColumnChange, Object, descendants, is_left_by_detach, is_of_a_model, is_unfilled,
    lineage, listed,
};
use crate::schema::{Constraint, ConstraintKind, Ident, Name, Parameters, Schema, Table};

pub(super) fn constraints(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let name = &desired.name;
    let mut matched = vec![false; live.constraints.len()];
    // By name first, then by definition: what is only called otherwise is renamed.
    let mut open = Vec::new();
    // A check comes from above beside the same under another name.
    let taken = |a: &Constraint, b: &Constraint| {
        let check = matches!(a.kind, ConstraintKind::Check { .. });
        same_constraint(a, b) && !check && a.kind.becomes_a_part()
    };
    let goes = |part: &Constraint| {
        let stays = |above: &Table| {
            let mut constraints = above.constraints.iter();
            constraints.any(|it| same_constraint(it, part))
        };
        part.inherited && goes_above(sides, name, part.part_of.as_ref(), stays)
    };
    for (at, constraint) in lent(&live.constraints, &desired.constraints, taken, goes) {
        matched[at] = true;
        rename_constraint(name, &live.constraints[at], constraint, out);
        part_details(live, &live.constraints[at], constraint, out);
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
                let twin = &live.constraints[at];
                if is_said_otherwise(sides, live, twin, constraint, out) {
                } else if twin.kind == constraint.kind
                    && same_constraint(twin, constraint)
                    && validity(sides, live, twin, constraint, out)
                {
                    details(name, twin, constraint, out);
                } else {
                    alter_constraint(live, twin, constraint, out);
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
            let twin = &live.constraints[at];
            if gives_way(twin, live, desired) {
                rename_constraint(name, twin, constraint, out);
            }
            validity(sides, live, twin, constraint, out);
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
            if !attached && put_off_otherwise(sides, live, constraint) {
                let part = constraint.name.clone().unwrap_or_default();
                let message = "is put off otherwise here than above: left as it is";
                out.stays(name, &part, message);
            }
            continue;
        };
        matched[at] = true;
        if is_said_otherwise(sides, live, &live.constraints[at], constraint, out) {
            continue;
        }
        if !constraint.kind.becomes_a_part() || comes_anew_above(sides, name, constraint) {
            drop_constraint(name, &live.constraints[at], out);
            continue;
        }
        rename_constraint(name, &live.constraints[at], constraint, out);
        if !sides.desired.hints.sources.contains_key(name) {
            part_details(live, &live.constraints[at], constraint, out);
        }
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
        let outlived = lists_values_of_another_type(sides, live, desired, constraint);
        if ours || left || outlived || sides.extra == Extra::Prune {
            drop_constraint(name, constraint, out);
        } else {
            out.leftovers.push(Leftover {
                object: dotted(name, &part),
                kind: "constraint".into(),
                message: left_alone(sides),
                warn: true,
            });
        }
    }
}

/// Tells whether a check says no more than which texts a column, or each element of it, may have that
/// is to be of a type that is no text, or of one where it was many: an enum that was text, of which
/// this is a part.
fn lists_values_of_another_type(
    sides: &Sides<'_>,
    live: &Table,
    desired: &Table,
    constraint: &Constraint,
) -> bool {
    let ConstraintKind::Check { expr, .. } = &constraint.kind else {
        return false;
    };
    let Some((column, _)) = listed(expr) else {
        return false;
    };
    let (Some(before), Some(after)) = (live.column(&column), desired.column(&column)) else {
        return false;
    };
    is_of_a_model(sides.desired, &desired.name)
        && before.ty.is_of_text()
        && (!after.ty.is_of_text() || before.ty.array != after.ty.array)
}

/// Returns the constraint of a table that is called and demands what another one does.
fn twin_of<'a>(schema: &'a Schema, table: &Name, wanted: &Constraint) -> Option<&'a Constraint> {
    let mut constraints = schema.tables.get(table)?.constraints.iter();
    constraints.find(|it| it.name == wanted.name && same_constraint(it, wanted))
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
    let by_model = is_of_a_model(sides.desired, name);
    let heir = live_table.partition_of.is_none() && !live_table.inherits.is_empty();
    if live.inherited == desired.inherited || !check || !heir || by_model {
        return false;
    }
    let comes_down = |schema: &Schema, wanted: &Constraint| {
        let mut parents = live_table.inherits.iter();
        parents.any(|parent| twin_of(schema, parent, wanted).is_some())
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
        out.stays(name, &part, message);
        details(name, live, desired, out);
        return true;
    }
    let comes = desired.inherited && !comes_down(sides.live, live);
    if comes && sides.extra == Extra::Prune {
        drop_constraint(name, live, out);
        return true;
    }
    false
}

/// Makes a check that comes from above as valid as it is to be below alone: a partition that came
/// after the check has no older rows, and a check is validated below first where a table is large.
/// Tells whether that is all that there is to it.
fn validity(
    sides: &Sides<'_>,
    live_table: &Table,
    live: &Constraint,
    desired: &Constraint,
    out: &mut Diff,
) -> bool {
    let name = &live_table.name;
    let state = |it: &Constraint| (it.not_valid, it.not_enforced);
    let is_check = matches!(live.kind, ConstraintKind::Check { .. });
    if !is_check || is_of_a_model(sides.desired, name) {
        return false;
    }
    let above = |schema: &Schema| {
        let twins = live_table.parents();
        let mut twins = twins.filter_map(|parent| twin_of(schema, parent, desired));
        twins.next().map(state)
    };
    let (before, after) = (above(sides.live), above(sides.desired));
    // What is made anew above comes as it is there, and is validated by the plan where it has to be.
    let comes = match after {
        Some(after) if before == Some(after) => state(live),
        Some(after) => after,
        None => return false,
    };
    let can_be_valid = comes.1 == desired.not_enforced && !desired.not_valid;
    if comes != state(desired) && can_be_valid && before == after {
        let (table, constraint) = (name.clone(), desired.clone());
        out.changes
            .push(Change::ValidateConstraint { table, constraint });
    } else if comes != state(desired) && !can_be_valid {
        let message = match comes {
            (_, true) => "is not enforced here: left as it is",
            (true, false) => "is not valid here: left as it is",
            (false, false) => "is valid and enforced here: left as it is",
        };
        let part = desired.name.clone().unwrap_or_default();
        out.stays(name, &part, message);
    }
    before == after
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
    let check = matches!(
        live.kind,
        ConstraintKind::Check {
            no_inherit: false,
            ..
        }
    );
    check
        && table.parents().any(|parent| {
            twin_of(sides.live, parent, live).is_some()
                && twin_of(sides.desired, parent, desired).is_some()
                && twin_of(sides.desired, parent, live).is_none()
                && !sides.kept.has_check(parent, live)
        })
}

/// Tells whether a table above leaves a check to those below, of which others keep it: then it does
/// not go from here with that of the table above.
fn left_to_it(sides: &Sides<'_>, live: &Table, constraint: &Constraint) -> bool {
    let goes = |parent: &Name| {
        twin_of(sides.live, parent, constraint).is_some()
            && twin_of(sides.desired, parent, constraint).is_none()
            && sides.kept.has_check(parent, constraint)
    };
    constraint.inherited && sides.extra == Extra::Prune && live.parents().any(goes)
}

/// Tells whether a key above is made anew for the parameters of its index: the old one would take
/// what a table that is attached has for its part, and it would go with that.
fn comes_anew_above(sides: &Sides<'_>, name: &Name, key: &Constraint) -> bool {
    let same = |it: &&Constraint| same_constraint(it, key);
    above(sides, name).into_iter().any(|table| {
        let mut live = (sides.live.tables.get(&table.name).into_iter())
            .flat_map(|live| live.constraints.iter().filter(same));
        let mut after = table.constraints.iter().filter(same);
        live.next()
            .zip(after.next())
            .is_some_and(|(live, after)| live.kind != after.kind)
    })
}

/// Tells whether a foreign key from above has the name that something else of the partition gets:
/// it is not renamed with that above, and nobody cares what it is called.
fn gives_way(lent: &Constraint, live: &Table, desired: &Table) -> bool {
    let named = |table: &Table| {
        let mut constraints = table.constraints.iter();
        constraints.any(|it| it.name == lent.name && !it.inherited)
    };
    matches!(lent.kind, ConstraintKind::ForeignKey(_)) && named(desired) && !named(live)
}

/// Tells whether a partition has its part of a key above that is to be deferrable otherwise: the
/// server alters none of those.
fn put_off_otherwise(sides: &Sides<'_>, live: &Table, desired: &Constraint) -> bool {
    let state = |it: &Constraint| (it.deferrable, it.initially_deferred);
    let above = |schema: &Schema| {
        let mut tables = lineage(schema, &live.name).skip(1);
        tables.find_map(|table| {
            let mut constraints = schema.tables.get(table)?.constraints.iter();
            let it = constraints.find(|it| it.name == desired.part_of && !it.inherited)?;
            Some(state(it))
        })
    };
    let mut constraints = live.constraints.iter();
    let part = constraints
        .find(|it| it.inherited && it.kind == desired.kind && it.part_of == desired.part_of);
    desired.part_of.is_some()
        && part.is_some_and(|it| state(it) != state(desired))
        && above(sides.live) == above(sides.desired)
}

/// Tells whether a constraint of a partition is one with that of the table above: it goes with it,
/// and never becomes the partition's own. A check may be both.
fn is_lent(constraint: &Constraint) -> bool {
    constraint.inherited && !matches!(constraint.kind, ConstraintKind::Check { .. })
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

fn alter_constraint(live_table: &Table, live: &Constraint, desired: &Constraint, out: &mut Diff) {
    let table = &live_table.name;
    if is_lent(live) || alters_in_place(live_table, live, desired, out) {
        details(table, live, desired, out);
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
        index_extensions: Default::default(),
        not_valid: false,
        inherited: false,
        part_of: None,
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
            index_extensions: Default::default(),
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

/// What is said of a constraint that is there, and of its index: comments, and the extensions that the
/// index goes with.
pub(super) fn details(table: &Name, live: &Constraint, desired: &Constraint, out: &mut Diff) {
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
    out.tie(
        table.sibling(name.clone()),
        &live.index_extensions,
        &desired.index_extensions,
    );
}

/// The same of one that becomes the part of another above, and the parameters of its index.
fn part_details(table: &Table, live: &Constraint, desired: &Constraint, out: &mut Diff) {
    if live.kind.parameters() != desired.kind.parameters() {
        let live = Constraint {
            name: desired.name.clone(),
            ..live.clone()
        };
        alters_in_place(table, &live, desired, out);
    }
    details(&table.name, live, desired, out);
}

pub(super) fn add_constraint(table: &Name, constraint: &Constraint, out: &mut Diff) {
    let (table, constraint) = (table.clone(), constraint.clone());
    out.changes
        .push(Change::AddConstraint { table, constraint });
}

pub(super) fn drop_constraint(table: &Name, constraint: &Constraint, out: &mut Diff) {
    let (table, constraint) = (table.clone(), constraint.clone());
    out.changes
        .push(Change::DropConstraint { table, constraint });
}

/// The same of a key or an exclusion that a partitioned table of the desired database has.
pub(super) fn incomplete_keys(live: Option<&Table>, desired: &Table, out: &mut Diff) {
    for key in desired.constraints.iter().filter(|it| it.not_valid) {
        let kind = match key.kind {
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) => "key",
            ConstraintKind::Exclude(_) => "exclusion",
            ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_) => continue,
        };
        let same =
            |it: &Constraint| it.name == key.name && it.not_valid && same_constraint(it, key);
        if desired.partition_by.is_some()
            && !live.is_some_and(|live| live.constraints.iter().any(same))
        {
            let name = key.name.clone().unwrap_or_default();
            out.refusals.push(Refusal::new(
                format!("{kind} {name} of {}", desired.name),
                format!(
                    "is not complete in the desired database: partitions have no {kind} for it"
                ),
                "complete it there (ALTER INDEX .. ATTACH PARTITION), or drop it",
            ));
        }
    }
}
