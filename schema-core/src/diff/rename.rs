//! Declared renames: old there and new not, rename; new there, inert; both, refused, unless the new
//! name is that of something which is renamed itself. A sequence that belongs to the same column under
//! another name needs no word.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::{Diff, Refusal, dotted};
use crate::change::Change;
use crate::schema::{Hints, Ident, Name, Schema, Table, UserType};

pub(super) fn renames(live: &Schema, desired: &Schema, out: &mut Diff) {
    let hints = &desired.hints;
    for (new, old) in &hints.renamed_types {
        let from = new.sibling(old.clone());
        let (has_old, has_new) = (live.types.get(&from), live.types.contains_key(new));
        match (has_old, has_new) {
            (Some(_), true) if !desired.types.contains_key(&from) => {
                out.refusals
                    .push(both("type", &from.to_string(), &new.to_string()));
            }
            (Some(ty), false) => {
                let (to, ty) = (new.clone(), ty.clone());
                out.changes.push(Change::RenameType { from, to, ty });
            }
            (Some(_) | None, true) | (None, false) => {}
        }
    }
    for ((ty, new), old) in &hints.renamed_labels {
        let was = hints
            .renamed_types
            .get(ty)
            .map(|old| ty.sibling(old.clone()));
        let before = live
            .types
            .get(ty)
            .or_else(|| live.types.get(&was.unwrap_or_default()));
        let Some(UserType::Enum(before)) = before else {
            continue;
        };
        let (has_old, has_new) = (before.labels.contains(old), before.labels.contains(new));
        let keeps_old = match desired.types.get(ty) {
            Some(UserType::Enum(after)) => after.labels.contains(old),
            Some(UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_)) | None => false,
        };
        if has_old && has_new && !keeps_old {
            out.refusals
                .push(both("enum value", &format!("{ty}.{old}"), new));
        } else if has_old && !has_new {
            let (ty, from, to) = (ty.clone(), old.clone(), new.clone());
            out.changes.push(Change::RenameLabel { ty, from, to });
        }
    }
    let tables = tables(live, desired);
    for (from, to) in tables.taken {
        let (from, to) = (from.to_string(), to.to_string());
        out.refusals.push(both("table", &from, &to));
    }
    for (from, to) in tables.renames {
        out.changes.push(Change::RenameTable { from, to });
    }
    columns(live, desired, out);
    sequences(live, desired, out);
}

/// Renames a sequence that its column has under another name, where that name is free.
fn sequences(live: &Schema, desired: &Schema, out: &mut Diff) {
    let come = (desired.sequences.iter()).filter(|(to, _)| !live.sequences.contains_key(*to));
    let taken = LazyCell::new(|| live.names());
    for (to, sequence) in come {
        let Some(owner) = &sequence.owned_by else {
            continue;
        };
        let before = owner_before(live, desired, owner);
        let (had, has) = (owned(live, &before), owned(desired, owner));
        let ([from], [_]) = (&had[..], &has[..]) else {
            continue;
        };
        if from.schema == to.schema && !desired.sequences.contains_key(*from) && !taken.contains(to)
        {
            out.changes.push(Change::RenameSequence {
                from: (*from).clone(),
                to: to.clone(),
            });
        }
    }
}

/// Returns the column that is to be another one, as it is called now.
fn owner_before(live: &Schema, desired: &Schema, owner: &(Name, Ident)) -> (Name, Ident) {
    let (table, column) = owner;
    let before = live_name(live, desired, table).unwrap_or_else(|| table.clone());
    let both = live.tables.get(&before).zip(desired.tables.get(table));
    let renames = both.map(|(old, new)| renamed_columns(old, new, &desired.hints));
    let mut renames = renames.into_iter().flatten();
    let old = renames.find(|(_, new)| new == column).map(|(old, _)| old);
    (before, old.unwrap_or_else(|| column.clone()))
}

/// The sequences that belong to a column.
fn owned<'a>(schema: &'a Schema, owner: &(Name, Ident)) -> Vec<&'a Name> {
    let sequences = schema.sequences.iter();
    let owned = sequences.filter(|(_, sequence)| sequence.owned_by.as_ref() == Some(owner));
    owned.map(|(name, _)| name).collect()
}

/// Old and new names, in an order in which each is free when it is taken.
struct Renames<T> {
    renames: Vec<(T, T)>,
    /// Both are there, and the new one is to be none of the others.
    taken: Vec<(T, T)>,
}

impl<T: Clone + PartialEq> Renames<T> {
    /// Chooses of those that are declared, by what is there now and what is to be.
    fn of(declared: Vec<(T, T)>, live: impl Fn(&T) -> bool, desired: impl Fn(&T) -> bool) -> Self {
        let mut renames: Vec<(T, T)> = Vec::new();
        let mut taken = Vec::new();
        for (old, new) in declared {
            match (live(&old), live(&new)) {
                (true, true) if !desired(&old) => taken.push((old, new)),
                (true, false) => renames.push((old, new)),
                (true | false, true) | (false, false) => {}
            }
        }
        loop {
            let given_up = |name: &T| renames.iter().any(|(old, _)| old == name);
            let Some(at) = taken.iter().position(|(_, new)| given_up(new)) else {
                return Self { renames, taken };
            };
            renames.push(taken.remove(at));
        }
    }
}

fn tables(live: &Schema, desired: &Schema) -> Renames<Name> {
    let declared = desired.hints.renamed_tables.iter();
    let declared = declared.map(|(new, old)| (new.sibling(old.clone()), new.clone()));
    Renames::of(
        declared.collect(),
        |name| live.tables.contains_key(name),
        |name| desired.tables.contains_key(name),
    )
}

/// Returns the name that a table of the desired schema has in the live one, if it is there.
pub(crate) fn live_name(live: &Schema, desired: &Schema, table: &Name) -> Option<Name> {
    let renames = match desired.hints.renamed_tables.contains_key(table) {
        true => tables(live, desired).renames,
        false => Vec::new(),
    };
    let old = renames.into_iter().find(|(_, new)| new == table);
    let same = || live.tables.contains_key(table).then(|| table.clone());
    old.map(|(old, _)| old).or_else(same)
}

fn columns(live: &Schema, desired: &Schema, out: &mut Diff) {
    let hints = &desired.hints;
    let tables: BTreeSet<&Name> = hints
        .renamed_columns
        .keys()
        .map(|(table, _)| table)
        .collect();
    for table in tables {
        let before = live_name(live, desired, table);
        let before = before.and_then(|name| live.tables.get(&name));
        let (Some(before), Some(after)) = (before, desired.tables.get(table)) else {
            continue;
        };
        let columns = columns_of(before, after, hints);
        for (old, new) in columns.taken {
            let old = dotted(table, &old);
            out.refusals.push(both("column", &old, new.as_str()));
        }
        for (from, to) in columns.renames {
            out.changes.push(Change::RenameColumn {
                table: table.clone(),
                from,
                to,
            });
        }
    }
}

fn columns_of(before: &Table, after: &Table, hints: &Hints) -> Renames<Ident> {
    let declared = hints.renamed_columns.iter();
    let declared = declared.filter(|((table, _), _)| *table == after.name);
    let declared = declared.map(|((_, new), old)| (old.clone(), new.clone()));
    Renames::of(
        declared.collect(),
        |column| before.column(column).is_some(),
        |column| after.column(column).is_some(),
    )
}

/// Returns the old and the new names of the columns of a table that are renamed.
pub(crate) fn renamed_columns(before: &Table, after: &Table, hints: &Hints) -> Vec<(Ident, Ident)> {
    columns_of(before, after, hints).renames
}

fn both(kind: &str, old: &str, new: &str) -> Refusal {
    Refusal::new(
        format!("{kind} {old}"),
        format!("is to be renamed to `{new}`, but both are there"),
        "move what the old one holds and drop it, or remove renamed_from",
    )
}
