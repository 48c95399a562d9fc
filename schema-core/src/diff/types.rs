//! Differences of types, sequences and statistics.

use super::{Diff, Extra, Refusal, Sides, pairs};
use crate::change::{Change, LabelPlace, Object};
use crate::schema::{Column, Domain, EnumType, Name, Sequence, Statistics, Table, UserType};

pub(super) fn types(sides: &Sides<'_>, out: &mut Diff) {
    for (name, live, desired) in pairs(&sides.live.types, &sides.desired.types) {
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
                    out.leftover(
                        name,
                        ty.keyword(),
                        "in the database, in no model: left alone",
                    );
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
        (UserType::Enum(from), UserType::Enum(to)) => labels(sides, name, from, to, out),
        (UserType::Domain(from), UserType::Domain(to)) => domain(sides, name, from, to, out),
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
        (UserType::Range(from), UserType::Range(to))
            if from.options == to.options && from.subtype == to.subtype => {}
        (
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
        ) => {
            let users: Vec<String> = sides
                .live
                .tables
                .values()
                .flat_map(|table| {
                    let name = name.clone();
                    table
                        .columns
                        .iter()
                        .filter(move |column| column.ty.user().as_ref() == Some(&name))
                        .map(move |column| format!("{}.{}", table.name, column.name))
                })
                .collect();
            if users.is_empty() {
                let (name, ty) = (name.clone(), live.clone());
                out.changes.push(Change::DropType {
                    name: name.clone(),
                    ty,
                });
                out.changes.push(Change::CreateType {
                    name,
                    ty: desired.clone(),
                });
            } else {
                out.refusals.push(Refusal::new(
                    format!("{} {name}", desired.keyword()),
                    format!(
                        "is another kind of type in the database, and used by {}",
                        users.join(", ")
                    ),
                    "give the new type another name",
                ));
            }
            return;
        }
    }
    out.comment(object, live.comment(), desired.comment());
}

/// Labels are appended or inserted where that is enough; else the type is replaced.
fn labels(sides: &Sides<'_>, name: &Name, from: &EnumType, to: &EnumType, out: &mut Diff) {
    if from.labels == to.labels {
        return;
    }
    let mut kept = to.labels.iter().filter(|label| from.labels.contains(label));
    let only_adds = from.labels.iter().all(|label| kept.next() == Some(label));
    if only_adds {
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
        .filter(|table| table.partition_of.is_none())
        .flat_map(|table: &Table| {
            let desired = sides.desired.tables.get(&table.name);
            let columns = table.columns.iter().filter(|column| uses(column));
            columns.map(move |column| {
                let after = desired
                    .and_then(|table| table.column(&column.name))
                    .filter(|after| after.ty == column.ty);
                let default = after.map_or(&column.default, |after| &after.default);
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

fn domain(sides: &Sides<'_>, name: &Name, from: &Domain, to: &Domain, out: &mut Diff) {
    if from.base != to.base || from.collation != to.collation {
        return replace_domain(sides, name, from, to, out);
    }
    let mut to = to.clone();
    for (at, check) in to.checks.iter_mut().enumerate() {
        if check.name.is_none() {
            let twin = from.checks.iter().find(|old| old.expr == check.expr);
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
    let plain = |ty: &Domain| {
        let mut ty = ty.clone();
        ty.comment = None;
        ty.checks.iter_mut().for_each(|check| check.comment = None);
        ty.checks.sort_by(|a, b| a.name.cmp(&b.name));
        ty
    };
    if plain(from) != plain(&to) {
        let (name, from, to) = (name.clone(), from.clone(), to.clone());
        out.changes.push(Change::AlterDomain { name, from, to });
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

/// The type beneath a domain cannot be altered: a new domain takes its place, column by column.
fn replace_domain(sides: &Sides<'_>, name: &Name, from: &Domain, to: &Domain, out: &mut Diff) {
    let stem = crate::schema::object_name(name.name.as_str(), "", "sync_old");
    let old = name.sibling(stem);
    out.changes.push(Change::RenameType {
        from: name.clone(),
        to: old.clone(),
        ty: UserType::Domain(from.clone()),
    });
    let ty = UserType::Domain(to.clone());
    out.changes.push(Change::CreateType {
        name: name.clone(),
        ty,
    });
    for table in sides
        .live
        .tables
        .values()
        .filter(|table| table.partition_of.is_none())
    {
        let Some(desired) = sides.desired.tables.get(&table.name) else {
            continue;
        };
        for column in &table.columns {
            let after = desired
                .column(&column.name)
                .filter(|after| after.ty == column.ty);
            let Some(after) = after.filter(|after| after.ty.user().as_ref() == Some(name)) else {
                continue;
            };
            let mut before = column.clone();
            before.ty.name = old.name.as_str().into();
            let using = sides
                .desired
                .hints
                .usings
                .get(&(table.name.clone(), after.name.clone()));
            out.changes.push(Change::AlterColumn {
                table: table.name.clone(),
                column: after.clone(),
                change: crate::change::ColumnChange::Type {
                    from: Box::new(before),
                    using: using.cloned(),
                },
            });
        }
    }
    out.changes.push(Change::DropType {
        name: old,
        ty: UserType::Domain(from.clone()),
    });
}

pub(super) fn sequences(sides: &Sides<'_>, out: &mut Diff) {
    for (name, live, desired) in pairs(&sides.live.sequences, &sides.desired.sequences) {
        match (live, desired) {
            (None, Some(sequence)) => {
                let (name, sequence) = (name.clone(), sequence.clone());
                if sequence.owned_by.is_some() {
                    let from = Sequence {
                        owned_by: None,
                        ..sequence.clone()
                    };
                    out.changes.push(Change::AlterSequence {
                        name: name.clone(),
                        from,
                        to: sequence.clone(),
                    });
                }
                out.changes.push(Change::CreateSequence { name, sequence });
            }
            (Some(sequence), None) => {
                // It goes with the column or table that owns it, when that goes.
                if let Some((table, column)) = &sequence.owned_by
                    && (sides.extra == Extra::Keep
                        || (sides.desired.tables.get(table))
                            .is_none_or(|table| table.column(column).is_none()))
                {
                    continue;
                }
                match sides.extra {
                    Extra::Prune => out
                        .changes
                        .push(Change::DropSequence { name: name.clone() }),
                    Extra::Keep => {
                        out.leftover(name, "sequence", "in the database, in no model: left alone");
                    }
                }
            }
            (Some(live), Some(desired)) => {
                let plain = |sequence: &Sequence| Sequence {
                    comment: None,
                    ..sequence.clone()
                };
                if plain(live) != plain(desired) {
                    let (name, from, to) = (name.clone(), live.clone(), desired.clone());
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
                Extra::Keep => out.leftover(name, "statistics", "in the database, in no model"),
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
