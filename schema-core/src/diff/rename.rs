//! Declared renames: old there and new not, rename; new there, inert; both, refused.

use std::collections::BTreeSet;

use super::{Diff, Refusal, dotted};
use crate::change::Change;
use crate::schema::{Ident, Name, Schema, UserType};

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
