//! Types that cannot be altered into what is desired: another takes the place of each.
//!
//! The old one is renamed, the new one made, every column cast from one to the other, and the old
//! one dropped. What is made of a replaced type is replaced with it.

use std::collections::{BTreeMap, BTreeSet};

use super::types::{named, only_adds};
use super::{Diff, Extra, Refusal, Sides};
use crate::change::{Change, ColumnChange, says_type};
use crate::schema::{
    Column, Composite, CompositeField, Expr, Ident, Name, Range, Schema, Table, UserType,
    own_multirange,
};

/// The types that changes put others of their names in the place of, and the multiranges of those.
pub(crate) fn replaced_by(changes: &[Change]) -> BTreeSet<Name> {
    let dropped: BTreeSet<&Name> = (changes.iter())
        .filter_map(|change| {
            if let Change::DropType { name, .. } = change {
                Some(name)
            } else {
                None
            }
        })
        .collect();
    let mut types = BTreeSet::new();
    for change in changes {
        if let Change::RenameType { from, to, ty } = change
            && dropped.contains(to)
        {
            types.extend(with_multirange(from, ty));
        } else if let Change::ReplaceEnum { name, .. } = change {
            types.insert(name.clone());
        }
    }
    types
}

/// The name of a type, and of the multirange that comes with it.
fn with_multirange(name: &Name, ty: &UserType) -> impl Iterator<Item = Name> {
    let multirange = match ty {
        UserType::Range(range) => Some(range.multirange(name)),
        UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) => None,
    };
    multirange.into_iter().chain([name.clone()])
}

/// The types that are replaced: those that must be, and those made of them.
pub(super) fn replaced(sides: &Sides<'_>, out: &Diff) -> BTreeSet<Name> {
    let anew = &out.anew;
    let made_of = |name: &Name, ty: &UserType| {
        let mut parts = ty.parts().into_iter().filter_map(|part| part.user());
        parts.any(|part| sides.live.ranged(&part) == name)
    };
    let part_of_another = |name: &Name| sides.live.types.values().any(|ty| made_of(name, ty));
    let mut found: BTreeSet<Name> = BTreeSet::new();
    for (name, live) in &sides.live.types {
        let Some(desired) = sides.desired.types.get(name) else {
            // A table or a sequence of this name brings a type of this name; one with fields is a
            // relation itself.
            let fields = matches!(live, UserType::Composite(_));
            let has = |schema: &Schema| {
                let mut tables = schema.tables.values();
                schema.tables.contains_key(name)
                    || schema.sequences.contains_key(name)
                    || fields
                        && tables.any(|table| {
                            table.relations(true).contains(name)
                                || table.identities().any(|other| other == *name)
                        })
            };
            if sides.extra == Extra::Prune && has(sides.desired) && !has(sides.live) {
                found.insert(name.clone());
            }
            continue;
        };
        let must = match (live, desired) {
            (UserType::Enum(from), UserType::Enum(to)) => {
                !only_adds(from, to)
                    && (part_of_another(name)
                        || left_by_a_column(sides, name)
                        || used_below(sides, anew, name)
                        || said_until_late(sides, out, name))
            }
            (UserType::Domain(from), UserType::Domain(to)) => {
                from.base != to.base
                    || from.collation != to.collation
                    || (contained(sides.live, name, 0) && demands_more(from, to))
            }
            (UserType::Composite(from), UserType::Composite(to)) => {
                reordered(from, to)
                    || (retyped(from, to)
                        && (part_of_another(name) || used(sides, name) || said(sides, name)))
            }
            (UserType::Range(from), UserType::Range(to)) => {
                from.subtype != to.subtype || options(sides, from) != options(sides, to)
            }
            (
                UserType::Enum(_)
                | UserType::Domain(_)
                | UserType::Composite(_)
                | UserType::Range(_),
                UserType::Enum(_)
                | UserType::Domain(_)
                | UserType::Composite(_)
                | UserType::Range(_),
            ) => true,
        };
        if must {
            found.insert(name.clone());
        }
    }
    loop {
        let said: BTreeSet<Name> = (found.iter())
            .filter_map(|name| Some((name, sides.live.types.get(name)?)))
            .flat_map(|(name, ty)| with_multirange(name, ty))
            .collect();
        let more: Vec<Name> = sides
            .live
            .types
            .iter()
            .filter(|(name, ty)| {
                !found.contains(*name)
                    && (sides.desired.types.contains_key(*name) || sides.extra == Extra::Keep)
                    && (found.iter().any(|part| made_of(part, ty))
                        || holds_on(sides, name, ty, &said))
            })
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Tells whether a domain within other values has conditions that say one of some types: it takes
/// none again.
fn holds_on(sides: &Sides<'_>, name: &Name, ty: &UserType, types: &BTreeSet<Name>) -> bool {
    match ty {
        UserType::Domain(domain) => {
            let mut checks = domain.checks.iter();
            checks.any(|check| says_type(&check.expr, types)) && contained(sides.live, name, 0)
        }
        UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => false,
    }
}

fn said_by_domain(sides: &Sides<'_>, types: &BTreeSet<Name>) -> bool {
    sides.live.types.values().any(|ty| match ty {
        UserType::Domain(domain) => domain.exprs().any(|expr| says_type(expr, types)),
        UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => false,
    })
}

/// Tells whether a type is said in an expression: the server spells none of those again when the
/// type is altered, and alters none that an index is over.
fn said(sides: &Sides<'_>, name: &Name) -> bool {
    let types = BTreeSet::from([name.clone()]);
    let says = |expr: &Expr| says_type(expr, &types);
    let mut tables = sides.live.tables.values();
    said_by_domain(sides, &types) || tables.any(|table| table.exprs().any(says))
}

/// Tells whether a type is said by a domain, which may be replaced itself, or by a table that goes:
/// both end late.
fn said_until_late(sides: &Sides<'_>, out: &Diff, name: &Name) -> bool {
    let types = BTreeSet::from([name.clone()]);
    let says = |expr: &Expr| says_type(expr, &types);
    let goes = |table: &&Table| {
        sides.extra == Extra::Prune && !sides.desired.tables.contains_key(&table.name)
    };
    let live = sides.live.tables.values().map(|table| &**table);
    let taken_off = out.changes.iter().filter_map(|change| {
        if let Change::DropTable { table } = change {
            Some(table)
        } else {
            None
        }
    });
    let mut tables = live.filter(goes).chain(taken_off);
    said_by_domain(sides, &types)
        || tables.any(|table| {
            let key = table.partition_by.as_ref();
            table.exprs().any(says) || key.is_some_and(|by| says(&by.key))
        })
}

/// What a range is made of; no model says what its multirange is called.
fn options<'a>(sides: &Sides<'_>, range: &'a Range) -> Vec<&'a (String, String)> {
    let models = !sides.desired.hints.sources.is_empty();
    let said = |option: &&(String, String)| !models || option.0 != "multirange_type_name";
    range.options.iter().filter(said).collect()
}

/// Tells whether a column of a type becomes another one or goes: its values need not fit.
fn left_by_a_column(sides: &Sides<'_>, name: &Name) -> bool {
    let leaves = |table: &Table, column: &Column| {
        let desired = sides.after(table);
        match desired.and_then(|desired| desired.column(&column.name)) {
            Some(after) => {
                after.ty.user().as_ref() != Some(name) || after.ty.array != column.ty.array
            }
            None => sides.extra == Extra::Prune,
        }
    };
    sides.live.tables.values().any(|table| {
        let mut columns = table.columns.iter();
        columns.any(|column| column.ty.user().as_ref() == Some(name) && leaves(table, column))
    })
}

/// Tells whether a partition has a type that it can change between two tables above alone.
fn used_below(sides: &Sides<'_>, anew: &BTreeSet<Name>, name: &Name) -> bool {
    sides.live.tables.values().any(|table| {
        let after = sides.desired.tables.get(&table.name);
        let below = after.and_then(|after| after.partition_of.as_ref());
        let moves = below.is_some_and(|below| anew.contains(&below.parent));
        moves && (table.columns.iter()).any(|column| column.ty.user().as_ref() == Some(name))
    })
}

/// Tells whether values of a type lie within others: in rows, ranges or arrays.
pub(crate) fn contained(live: &Schema, name: &Name, guard: u32) -> bool {
    let of = |ty: &crate::schema::DataType| ty.user().as_ref() == Some(name);
    let columns = live.tables.values().flat_map(|table| &table.columns);
    if guard > 64
        || columns
            .into_iter()
            .any(|column| column.ty.array && of(&column.ty))
    {
        return true;
    }
    live.types.iter().any(|(other, ty)| match ty {
        UserType::Enum(_) => false,
        UserType::Domain(domain) if of(&domain.base) => {
            domain.base.array || contained(live, other, guard + 1)
        }
        UserType::Domain(_) => false,
        UserType::Composite(_) | UserType::Range(_) => ty.parts().into_iter().any(of),
    })
}

/// A domain within another type takes no condition that its values have to be looked at for.
fn demands_more(from: &crate::schema::Domain, to: &crate::schema::Domain) -> bool {
    to.not_null && !from.not_null
        || to.checks.iter().any(|check| {
            !check.not_valid
                && !from
                    .checks
                    .iter()
                    .any(|old| old.expr == check.expr && !old.not_valid)
        })
}

fn used(sides: &Sides<'_>, name: &Name) -> bool {
    let tables = sides.live.tables.values();
    tables
        .flat_map(|table| &table.columns)
        .any(|column| column.ty.user().as_ref() == Some(name))
}

fn retyped(from: &Composite, to: &Composite) -> bool {
    to.fields.iter().any(|field| {
        from.fields.iter().any(|old| {
            old.name == field.name && (old.ty != field.ty || old.collation != field.collation)
        })
    })
}

/// Tells whether dropping fields and adding others at the end leaves them in another order.
fn reordered(from: &Composite, to: &Composite) -> bool {
    let names = |ty: &Composite| -> Vec<Ident> {
        ty.fields.iter().map(|field| field.name.clone()).collect()
    };
    let (before, after) = (names(from), names(to));
    let mut reached: Vec<Ident> = before.clone();
    reached.retain(|name| after.contains(name));
    reached.extend(after.iter().filter(|name| !before.contains(name)).cloned());
    reached != after
}

/// Tells whether a column is altered itself, and not with the column above it.
pub(super) fn own(sides: &Sides<'_>, table: &Table, column: &Column) -> bool {
    let parent = |table: &Table| table.partition_of.as_ref().map(|it| it.parent.clone());
    let has = |parent: &Name| {
        let parent = sides.live.tables.get(parent);
        parent.is_some_and(|parent| parent.column(&column.name).is_some())
    };
    // What it says again is the column above too.
    let child = |table: &Table| {
        table.partition_of.is_some() || column.inherited || table.inherits.iter().any(has)
    };
    let stays = |after: &Table| match parent(table) {
        Some(_) => parent(after) == parent(table),
        None => after.partition_of.is_none() && !after.inherits.is_empty(),
    };
    let after = sides.desired.tables.get(&table.name);
    // One that the table says too has its type from above.
    let shared = |after: &Table| {
        let mut kept = table
            .inherits
            .iter()
            .filter(|it| after.inherits.contains(it));
        kept.any(|parent| {
            let above = sides.live.tables.get(parent);
            above.is_some_and(|above| above.column(&column.name).is_some())
        })
    };
    !(child(table) && after.is_none_or(|after| stays(after))
        || after.is_some_and(|after| shared(after)))
}

pub(super) fn replace(sides: &Sides<'_>, names: &BTreeSet<Name>, out: &mut Diff) {
    for name in names {
        let Some(live) = sides.live.types.get(name) else {
            continue;
        };
        let old = name.aside();
        out.changes.push(Change::RenameType {
            from: name.clone(),
            to: old.clone(),
            ty: live.clone(),
        });
        out.changes.push(Change::DropType {
            name: old,
            ty: live.clone(),
        });
        let after = match (sides.desired.types.get(name), sides.extra) {
            (Some(after), _) => after,
            (None, Extra::Keep) => live,
            (None, Extra::Prune) => continue,
        };
        let ty = match (after, live) {
            (UserType::Domain(to), UserType::Domain(from)) => {
                UserType::Domain(named(name, Some(from), to))
            }
            (
                UserType::Domain(to),
                UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_),
            ) => UserType::Domain(named(name, None, to)),
            (UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_), _) => after.clone(),
        };
        let name = name.clone();
        out.changes.push(Change::CreateType { name, ty });
    }
    let mut adapted = BTreeMap::new();
    for table in sides.live.tables.values() {
        let desired = sides.after(table);
        if desired.is_none() && sides.extra == Extra::Prune {
            continue;
        }
        for column in &table.columns {
            let Some(user) = column.ty.user() else {
                continue;
            };
            let name = sides.live.ranged(&user).clone();
            if !names.contains(&name) {
                continue;
            }
            if !own(sides, table, column) {
                continue;
            }
            let after = match (
                desired.and_then(|table| table.column(&column.name)),
                sides.extra,
            ) {
                (Some(after), _) if after.ty == column.ty => after,
                (None, Extra::Keep) => column,
                // Its own change of type, or its end, takes it off the old one.
                (Some(_), _) | (None, Extra::Prune) => continue,
            };
            if column.ty.array {
                let mut moved = BTreeMap::new();
                fields_move(sides, names, &name, &mut moved);
                for (ty, fields) in moved {
                    match fields {
                        Fields::Move => out.refusals.push(Refusal::new(
                            format!("column {}.{}", table.name, column.name),
                            format!("is an array of `{name}`, whose fields change their places"),
                            "add fields at the end, or make a new type and a new column and move the values",
                        )),
                        Fields::ComeOrGo(between) => {
                            adapted.insert(ty, between);
                        }
                    }
                }
            }
            let mut before = column.clone();
            let old = if user == name {
                name.aside()
            } else {
                own_multirange(&name.aside())
            };
            before.ty.schema = old.schema;
            before.ty.name = old.name.as_str().into();
            let key = (table.name.clone(), after.name.clone());
            out.changes.push(Change::AlterColumn {
                table: table.name.clone(),
                column: after.clone(),
                change: ColumnChange::Type {
                    from: Box::new(before),
                    using: sides.desired.hints.usings.get(&key).cloned(),
                },
            });
        }
    }
    // Values of arrays are cast by their text: the old type gets the new one's fields first.
    for (name, to) in adapted {
        if let Some(UserType::Composite(from)) = sides.live.types.get(&name) {
            out.changes.push(Change::AlterComposite {
                name: name.aside(),
                from: from.clone(),
                to,
            });
        }
    }
}

/// What keeps the text of a value from being one of the new type.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fields {
    /// Fields change their places.
    Move,
    /// Fields come or go at the end: the old type with the new one's fields.
    ComeOrGo(Composite),
}

/// Finds the types whose text would put fields into each other's places.
fn fields_move(
    sides: &Sides<'_>,
    names: &BTreeSet<Name>,
    name: &Name,
    found: &mut BTreeMap<Name, Fields>,
) {
    let (Some(live), Some(desired)) = (sides.live.types.get(name), sides.desired.types.get(name))
    else {
        return;
    };
    if let (UserType::Composite(from), UserType::Composite(to)) = (live, desired) {
        let before = from.fields.iter().map(|field| &field.name);
        if !before.eq(to.fields.iter().map(|field| &field.name)) {
            let fields = if reordered(from, to) {
                Fields::Move
            } else {
                let as_before = |field: &CompositeField| {
                    let old = from.fields.iter().find(|old| old.name == field.name);
                    old.unwrap_or(field).clone()
                };
                let fields = to.fields.iter().map(as_before).collect();
                Fields::ComeOrGo(Composite {
                    fields,
                    ..from.clone()
                })
            };
            found.insert(name.clone(), fields);
        }
    }
    let parts = live.parts().into_iter().filter_map(|part| part.user());
    for part in parts.filter(|part| names.contains(part)) {
        fields_move(sides, names, &part, found);
    }
}
