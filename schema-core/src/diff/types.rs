//! Differences of types, sequences and statistics.

use super::column::computed_anew;
use super::{Diff, Extra, Refusal, Sides, dotted, left_alone, pairs, replace};
use crate::change::{Change, ColumnChange, LabelPlace, Object};
use crate::schema::{
    Column, Domain, EnumType, Expr, Name, Quoted, Sequence, Statistics, UserType, quote_literal,
};
use crate::wording::nowhere;

pub(super) fn types(sides: &Sides<'_>, out: &mut Diff) {
    let replaced = replace::replaced(sides, out);
    replace::replace(sides, &replaced, out);
    for (name, live, desired) in pairs(&sides.live.types, &sides.desired.types) {
        if replaced.contains(name) {
            if let (Some(UserType::Enum(from)), Some(UserType::Enum(to))) = (live, desired) {
                stale_defaults(sides, name, from, to, out);
            }
            continue;
        }
        match (live, desired) {
            (None, Some(ty)) => {
                out.changes.push(Change::CreateType {
                    name: name.clone(),
                    ty: ty.clone(),
                });
            }
            (Some(ty), None) => match sides.extra {
                Extra::Prune => {
                    out.changes.push(Change::DropType {
                        name: name.clone(),
                        ty: ty.clone(),
                    });
                }
                Extra::Keep => {
                    out.leftover(name, ty.keyword(), &left_alone(sides));
                }
            },
            (Some(live), Some(desired)) => alter_type(sides, name, live, desired, out),
            (None, None) => {}
        }
    }
}

fn alter_type(sides: &Sides<'_>, name: &Name, live: &UserType, desired: &UserType, out: &mut Diff) {
    let object = match desired {
        UserType::Domain(_) => Object::Domain(name.clone()),
        UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => {
            Object::Type(name.clone())
        }
    };
    match (live, desired) {
        (UserType::Enum(from), UserType::Enum(to)) => {
            stale_defaults(sides, name, from, to, out);
            labels(sides, name, from, to, out);
        }
        (UserType::Domain(from), UserType::Domain(to)) => domain(name, from, to, out),
        (UserType::Composite(from), UserType::Composite(to)) => {
            let plain = |ty: &crate::schema::Composite| {
                let mut ty = ty.clone();
                ty.comment = None;
                ty.fields.iter_mut().for_each(|field| field.comment = None);
                ty
            };
            if plain(from) != plain(to) {
                let (name, from, to) = (name.clone(), from.clone(), to.clone());
                out.changes.push(Change::AlterComposite { name, from, to });
            }
            for field in &to.fields {
                let before = from.fields.iter().find(|other| other.name == field.name);
                out.comment(
                    Object::Column(name.clone(), field.name.clone()),
                    before.and_then(|before| before.comment.as_ref()),
                    field.comment.as_ref(),
                );
            }
        }
        // Another range, or another kind of type, is replaced.
        (
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
        ) => {}
    }
    out.comment(object, live.comment(), desired.comment());
}

/// Tells whether ALTER TYPE is enough: nothing goes, and the order stays.
pub(super) fn only_adds(from: &EnumType, to: &EnumType) -> bool {
    let mut kept = to.labels.iter().filter(|label| from.labels.contains(label));
    from.labels.iter().all(|label| kept.next() == Some(label))
}

/// Refuses to take labels from an enum that a default says of a column which no model has and which
/// stays.
fn stale_defaults(sides: &Sides<'_>, name: &Name, from: &EnumType, to: &EnumType, out: &mut Diff) {
    let gone = from.labels.iter().filter(|it| !to.labels.contains(it));
    let gone: Vec<String> = gone.map(|label| quote_literal(label)).collect();
    if gone.is_empty() {
        return;
    }
    for table in sides.live.tables.values() {
        let unmanaged = sides.desired.hints.unmanaged.contains(&table.name);
        let after = sides.after(table);
        if after.is_none() && sides.extra == Extra::Prune {
            continue;
        }
        for column in &table.columns {
            let said = after.is_some_and(|after| after.column(&column.name).is_some());
            let stays = unmanaged || !said && sides.extra == Extra::Keep;
            let default = column.default.as_ref().map(Expr::sql).unwrap_or_default();
            let stale = gone.iter().find(|label| default.contains(*label));
            if let Some(label) = stale
                && stays
                && column.ty.user().as_ref() == Some(name)
                && replace::own(sides, table, column)
            {
                out.refusals.push(Refusal::new(
                    format!("type {name}"),
                    format!(
                        "loses {label}, which is the default of `{}`: that column is {}, and stays",
                        dotted(&table.name, &column.name),
                        nowhere(&sides.desired.hints.sources)
                    ),
                    &format!(
                        "give it another default first: ALTER TABLE {} ALTER COLUMN {} SET DEFAULT ..",
                        Quoted(&table.name),
                        Quoted(&column.name)
                    ),
                ));
            }
        }
    }
}

/// Labels are appended or inserted where that is enough; else the type is replaced.
fn labels(sides: &Sides<'_>, name: &Name, from: &EnumType, to: &EnumType, out: &mut Diff) {
    if from.labels == to.labels {
        return;
    }
    if only_adds(from, to) {
        let mut there = from.labels.clone();
        for (at, label) in to.labels.iter().enumerate() {
            if there.contains(label) {
                continue;
            }
            let after = to.labels[at + 1..]
                .iter()
                .find(|later| there.contains(later));
            let place = match (at.checked_sub(1).map(|before| &to.labels[before]), after) {
                (_, Some(after)) => LabelPlace::Before(after.clone()),
                (Some(before), None) => LabelPlace::After(before.clone()),
                (None, None) => LabelPlace::Only,
            };
            there.insert(at, label.clone());
            let (ty, label) = (name.clone(), label.clone());
            out.changes.push(Change::AddLabel { ty, label, place });
        }
        return;
    }
    let uses = |column: &Column| column.ty.user().as_ref() == Some(name);
    let columns: Vec<(Name, Column)> = sides
        .live
        .tables
        .values()
        .flat_map(|table| {
            let desired = sides.after(table);
            let columns = table
                .columns
                .iter()
                .filter(|column| uses(column) && replace::own(sides, table, column));
            columns.map(move |column| {
                let after = desired
                    .and_then(|table| table.column(&column.name))
                    .filter(|after| after.ty == column.ty);
                let dropped = sides.extra == Extra::Prune
                    && desired.is_none_or(|table| table.column(&column.name).is_none());
                let default = match after {
                    Some(after) => &after.default,
                    // What goes, or becomes another type, needs no default of the new labels.
                    None if dropped
                        || desired.is_some_and(|table| table.column(&column.name).is_some()) =>
                    {
                        &None
                    }
                    None => &column.default,
                };
                let column = Column {
                    default: default.clone(),
                    ..column.clone()
                };
                (table.name.clone(), column)
            })
        })
        .collect();
    out.changes.push(Change::ReplaceEnum {
        name: name.clone(),
        from: from.labels.clone(),
        to: to.labels.clone(),
        columns,
    });
}

/// A domain with a name for each of its constraints: that of the same one before, or the server's.
pub(super) fn named(name: &Name, from: Option<&Domain>, to: &Domain) -> Domain {
    let mut to = to.clone();
    if let Some(from) = from.filter(|from| from.not_null && to.not_null) {
        // Before 17 it has none.
        let had = from.not_null_name.clone();
        to.not_null_name = had.map(|had| to.not_null_name.unwrap_or(had));
    }
    for (at, check) in to.checks.iter_mut().enumerate() {
        if check.name.is_none() {
            let twin = from.and_then(|from| from.checks.iter().find(|old| old.expr == check.expr));
            let number = if at == 0 {
                String::new()
            } else {
                at.to_string()
            };
            let fresh = || {
                let label = format!("check{number}");
                crate::schema::object_name(name.name.as_str(), "", &label).into()
            };
            check.name = twin
                .and_then(|old| old.name.clone())
                .or_else(|| Some(fresh()));
        }
    }
    to
}

fn domain(name: &Name, from: &Domain, to: &Domain, out: &mut Diff) {
    // One that comes from models has no names either.
    let from = &named(name, None, from);
    let to = named(name, Some(from), to);
    let plain = |ty: &Domain| {
        let mut ty = ty.clone();
        ty.comment = None;
        ty.not_null_comment = None;
        ty.checks.iter_mut().for_each(|check| check.comment = None);
        ty.checks.sort_by(|a, b| a.name.cmp(&b.name));
        ty
    };
    if plain(from) != plain(&to) {
        let (name, from, to) = (name.clone(), from.clone(), to.clone());
        out.changes.push(Change::AlterDomain { name, from, to });
    }
    if let Some(part) = to.not_null_name.as_ref().filter(|_| to.not_null) {
        let before = from.not_null_comment.as_ref().filter(|_| from.not_null);
        let object = Object::DomainConstraint(name.clone(), part.clone());
        out.comment(object, before, to.not_null_comment.as_ref());
    }
    for check in &to.checks {
        let before = from.checks.iter().find(|old| old.name == check.name);
        out.comment(
            Object::DomainConstraint(name.clone(), check.name.clone().unwrap_or_default()),
            before.and_then(|old| old.comment.as_ref()),
            check.comment.as_ref(),
        );
    }
}

/// Tells whether another column than its owner takes numbers from a sequence.
fn is_shared(sides: &Sides<'_>, name: &Name, sequence: &Sequence) -> bool {
    sides.live.tables.values().any(|table| {
        table.columns.iter().any(|column| {
            let own = Some((&table.name, &column.name));
            let takes = column.takes_from(name);
            // What comes from above goes with that.
            let after = sides.desired.tables.get(&table.name);
            let stays = after.is_some_and(|it| it.column(&column.name).is_some());
            takes
                && (stays || !column.inherited)
                && sequence
                    .owned_by
                    .as_ref()
                    .map(|(table, column)| (table, column))
                    != own
        })
    })
}

/// A sequence that belongs to no column.
pub(super) fn unowned(sequence: &Sequence) -> Sequence {
    Sequence {
        owned_by: None,
        ..sequence.clone()
    }
}

/// Tells whether the table or the column that a sequence goes with is in no model.
fn loses_owner(sides: &Sides<'_>, sequence: &Sequence) -> bool {
    sequence.owned_by.as_ref().is_some_and(|(table, column)| {
        let table = sides.desired.tables.get(table);
        table.is_none_or(|table| table.column(column).is_none())
    })
}

pub(super) fn sequences(sides: &Sides<'_>, out: &mut Diff) {
    for (name, live, desired) in pairs(&sides.live.sequences, &sides.desired.sequences) {
        match (live, desired) {
            (None, Some(sequence)) => {
                let (name, sequence) = (name.clone(), sequence.clone());
                if sequence.owned_by.is_some() {
                    let from = unowned(&sequence);
                    out.changes.push(Change::AlterSequence {
                        name: name.clone(),
                        from,
                        to: sequence.clone(),
                    });
                }
                out.changes.push(Change::CreateSequence { name, sequence });
            }
            (Some(sequence), None) => {
                let owner = sequence.owned_by.as_ref().map(|(table, column)| {
                    let (live, desired) = (
                        sides.live.tables.get(table),
                        sides.desired.tables.get(table),
                    );
                    let after = desired.and_then(|desired| desired.column(column));
                    let before = live.and_then(|live| live.column(column));
                    after.filter(|after| {
                        let both = live.zip(desired).zip(before);
                        !both.is_some_and(|((live, desired), before)| {
                            computed_anew(live, desired, before, after)
                        })
                    })
                });
                match (sides.extra, owner) {
                    // Others take their numbers from it until they have another one.
                    (Extra::Prune, Some(None)) if is_shared(sides, name, sequence) => {
                        out.changes.push(Change::AlterSequence {
                            name: name.clone(),
                            from: sequence.clone(),
                            to: unowned(sequence),
                        });
                        out.changes
                            .push(Change::DropSequence { name: name.clone() });
                    }
                    // It goes with the column or table that owns it, when that goes or comes anew.
                    (_, Some(None)) => {}
                    // The column's own numbers go on from where this one is.
                    (_, Some(Some(column)))
                        if column.identity.is_some() && !is_shared(sides, name, sequence) =>
                    {
                        out.changes
                            .push(Change::DropSequence { name: name.clone() });
                    }
                    (Extra::Prune, _) => out
                        .changes
                        .push(Change::DropSequence { name: name.clone() }),
                    (Extra::Keep, _) => {
                        out.leftover(name, "sequence", &left_alone(sides));
                    }
                }
            }
            (Some(live), Some(desired)) => {
                let plain = |sequence: &Sequence| Sequence {
                    comment: None,
                    ..sequence.clone()
                };
                if plain(live) != plain(desired) {
                    let (name, mut from, to) = (name.clone(), live.clone(), desired.clone());
                    let goes = sides.extra == Extra::Prune && loses_owner(sides, live);
                    if goes && to.owned_by.is_some() {
                        let (name, to) = (name.clone(), unowned(live));
                        let owned = std::mem::replace(&mut from, to.clone());
                        out.changes.push(Change::AlterSequence {
                            name,
                            from: owned,
                            to,
                        });
                    }
                    out.changes.push(Change::AlterSequence { name, from, to });
                }
                out.comment(
                    Object::Sequence(name.clone()),
                    live.comment.as_ref(),
                    desired.comment.as_ref(),
                );
            }
            (None, None) => {}
        }
    }
}

/// Lets columns go of a sequence that gives way to another of its name, from which they take then.
pub(super) fn taken_anew(sides: &Sides<'_>, out: &mut Diff) {
    let gone: Vec<Name> = (out.changes.iter())
        .filter_map(Change::sequence_gone)
        .collect();
    if gone.is_empty() {
        return;
    }
    for table in sides.live.tables.values() {
        let Some(desired) = sides.desired.tables.get(&table.name) else {
            continue;
        };
        for column in &table.columns {
            let after = desired.column(&column.name);
            let Some(after) = after.filter(|after| after.default == column.default) else {
                continue;
            };
            if !gone.iter().any(|name| column.takes_from(name)) {
                continue;
            }
            let without = (column.default.clone(), None);
            let with = (None, column.default.clone());
            for (from, to) in [without, with] {
                out.changes.push(Change::AlterColumn {
                    table: table.name.clone(),
                    column: after.clone(),
                    change: ColumnChange::Default { from, to },
                });
            }
        }
    }
}

pub(super) fn statistics(sides: &Sides<'_>, out: &mut Diff) {
    for (name, live, desired) in pairs(&sides.live.statistics, &sides.desired.statistics) {
        let create = |out: &mut Diff, statistics: &Statistics| {
            let (name, statistics) = (name.clone(), statistics.clone());
            out.changes
                .push(Change::CreateStatistics { name, statistics });
        };
        let drop = |out: &mut Diff, statistics: &Statistics| {
            let (name, statistics) = (name.clone(), statistics.clone());
            out.changes
                .push(Change::DropStatistics { name, statistics });
        };
        match (live, desired) {
            (None, Some(statistics)) => create(out, statistics),
            (Some(statistics), None) => match sides.extra {
                // They go with the table.
                Extra::Prune if sides.desired.tables.contains_key(&statistics.table) => {
                    drop(out, statistics);
                }
                Extra::Prune => {}
                Extra::Keep => out.leftover(name, "statistics", &left_alone(sides)),
            },
            (Some(live), Some(desired)) => {
                let plain = |statistics: &Statistics| Statistics {
                    comment: None,
                    target: None,
                    ..statistics.clone()
                };
                if plain(live) != plain(desired) {
                    drop(out, live);
                    create(out, desired);
                    continue;
                }
                if live.target != desired.target {
                    let (name, from, to) = (name.clone(), live.clone(), desired.clone());
                    out.changes.push(Change::AlterStatistics { name, from, to });
                }
                out.comment(
                    Object::Statistics(name.clone()),
                    live.comment.as_ref(),
                    desired.comment.as_ref(),
                );
            }
            (None, None) => {}
        }
    }
}
