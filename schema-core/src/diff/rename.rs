//! Declared renames: old there and new not, rename; new there, inert; both, refused. A sequence that
//! belongs to the same column under another name needs no word.

use std::collections::BTreeSet;

use super::{Diff, Refusal, dotted};
use crate::change::Change;
use crate::schema::{Ident, Name, Schema, Table, UserType};

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
    let mut tables = Vec::new();
    for (new, old) in &hints.renamed_tables {
        let from = new.sibling(old.clone());
        match (
            live.tables.contains_key(&from),
            live.tables.contains_key(new),
        ) {
            (true, true) if !desired.tables.contains_key(&from) => {
                out.refusals
                    .push(both("table", &from.to_string(), &new.to_string()));
            }
            (true, false) => tables.push((from, new.clone())),
            (true | false, true) | (false, false) => {}
        }
    }
    for (from, to) in tables {
        out.changes.push(Change::RenameTable { from, to });
    }
    columns(live, desired, out);
    sequences(live, desired, out);
}

/// Renames a sequence that its column has under another name, where that name is free.
fn sequences(live: &Schema, desired: &Schema, out: &mut Diff) {
    let come = (desired.sequences.iter()).filter(|(to, _)| !live.sequences.contains_key(*to));
    for (to, sequence) in come {
        let Some(owner) = &sequence.owned_by else {
            continue;
        };
        let before = owner_before(live, desired, owner);
        let (had, has) = (owned(live, &before), owned(desired, owner));
        let ([from], [_]) = (&had[..], &has[..]) else {
            continue;
        };
        if from.schema == to.schema && !desired.sequences.contains_key(*from) && is_free(live, to) {
            out.changes.push(Change::RenameSequence {
                from: (*from).clone(),
                to: to.clone(),
            });
        }
    }
}

/// Returns the column that is to be another one, as it is called now.
fn owner_before(live: &Schema, desired: &Schema, owner: &(Name, Ident)) -> (Name, Ident) {
    let hints = &desired.hints;
    let (mut table, mut column) = owner.clone();
    if let Some(old) = hints.renamed_tables.get(&table)
        && !live.tables.contains_key(&table)
    {
        table = table.sibling(old.clone());
    }
    let there = live.tables.get(&table);
    if let Some(old) = hints.renamed_columns.get(owner)
        && there.is_some_and(|table| table.column(&column).is_none())
    {
        column = old.clone();
    }
    (table, column)
}

/// The sequences that belong to a column.
fn owned<'a>(schema: &'a Schema, owner: &(Name, Ident)) -> Vec<&'a Name> {
    let sequences = schema.sequences.iter();
    let owned = sequences.filter(|(_, sequence)| sequence.owned_by.as_ref() == Some(owner));
    owned.map(|(name, _)| name).collect()
}

/// Tells whether no relation and no type has a name.
fn is_free(schema: &Schema, name: &Name) -> bool {
    let has = |table: &Table| {
        table.relations(true).contains(name) || table.identities().any(|it| it == *name)
    };
    !schema.tables.contains_key(name)
        && !schema.types.contains_key(name)
        && !schema.tables.values().any(|table| has(table))
        && !schema.others.iter().any(|other| other.name == *name)
}

fn columns(live: &Schema, desired: &Schema, out: &mut Diff) {
    let hints = &desired.hints;
    let tables: BTreeSet<&Name> = hints
        .renamed_columns
        .keys()
        .map(|(table, _)| table)
        .collect();
    for table in tables {
        let old_table = hints
            .renamed_tables
            .get(table)
            .map(|old| table.sibling(old.clone()));
        let before = live
            .tables
            .get(table)
            .or_else(|| old_table.as_ref().and_then(|old| live.tables.get(old)));
        let (Some(before), Some(after)) = (before, desired.tables.get(table)) else {
            continue;
        };
        let wanted = hints
            .renamed_columns
            .iter()
            .filter(|((name, _), _)| name == table);
        let mut renames: Vec<(Ident, Ident)> = Vec::new();
        for ((_, new), old) in wanted {
            match (before.column(old).is_some(), before.column(new).is_some()) {
                (true, true) if after.column(old).is_none() => {
                    out.refusals
                        .push(both("column", &dotted(table, old), new.as_str()));
                }
                (true, false) => renames.push((old.clone(), new.clone())),
                (true | false, true) | (false, false) => {}
            }
        }
        for (from, to) in renames {
            out.changes.push(Change::RenameColumn {
                table: table.clone(),
                from,
                to,
            });
        }
    }
}

fn both(kind: &str, old: &str, new: &str) -> Refusal {
    Refusal::new(
        format!("{kind} {old}"),
        format!("is to be renamed to `{new}`, but both are there"),
        "move what the old one holds and drop it, or remove renamed_from",
    )
}
