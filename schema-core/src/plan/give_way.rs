//! What is used until it goes, while something new takes its name: it is called otherwise first.

use std::collections::BTreeSet;

use super::names::claimed;
use super::numbers::{called, renumbered};
use crate::change::{Change, ColumnChange};
use crate::schema::{Column, Name, Schema, Table, UserType};

/// Gives sequences, and tables whose rows are values, another name where theirs is taken before they
/// can go.
pub(super) fn give_way(changes: Vec<Change>, live: &Schema, desired: &Schema) -> Vec<Change> {
    let mut claimed = claimed(&changes, desired);
    claimed.retain(|name| !name.name.is_temporary());
    let mut out = Vec::with_capacity(changes.len());
    for mut change in changes {
        if let Change::DropSequence { name } = &mut change {
            if claimed.contains(name) && is_taken_from(live, name) {
                let to = name.aside();
                let from = std::mem::replace(name, to.clone());
                out.push(Change::RenameSequence { from, to });
            }
        } else if let Change::DropTable { table } = &mut change {
            if claimed.contains(&table.name) && has_rows_elsewhere(live, table) {
                let to = table.name.aside();
                let from = std::mem::replace(&mut table.name, to.clone());
                out.extend(into_type(live, desired, &from));
                out.push(Change::RenameTable { from, to });
            }
        } else if let Change::AlterColumn {
            table,
            column,
            change:
                ColumnChange::Identity {
                    from: Some(from),
                    to,
                },
        } = &mut change
        {
            let name = from.name_of_sequence(table, &column.name);
            let kept =
                (to.as_ref()).is_some_and(|to| to.name_of_sequence(table, &column.name) == name);
            if claimed.contains(&name) && !kept {
                let waiting = called(from, name.aside());
                out.push(renumbered(table, column, from, &waiting));
                *from = waiting;
            }
        } else if let Change::DropColumn { table, column, .. } = &change {
            out.extend(numbering(live, table, column, &claimed));
        }
        out.push(change);
    }
    out
}

/// The sequences of a column that goes, which give way.
fn numbering(
    live: &Schema,
    table: &Name,
    column: &Column,
    claimed: &BTreeSet<Name>,
) -> Vec<Change> {
    let owner = (table.clone(), column.name.clone());
    let owned = live.sequences.iter().filter(|(name, sequence)| {
        sequence.owned_by.as_ref() == Some(&owner) && claimed.contains(*name)
    });
    let mut out: Vec<Change> = owned
        .map(|(name, _)| Change::RenameSequence {
            from: name.clone(),
            to: name.aside(),
        })
        .collect();
    if let Some(identity) = &column.identity
        && let name = identity.name_of_sequence(table, &column.name)
        && claimed.contains(&name)
    {
        let waiting = called(identity, name.aside());
        out.push(renumbered(table, column, identity, &waiting));
    }
    out
}

/// Tells whether a default takes numbers from a sequence.
fn is_taken_from(live: &Schema, sequence: &Name) -> bool {
    let of_domain = |ty: &UserType| match ty {
        UserType::Domain(domain) => {
            (domain.default.as_ref()).is_some_and(|default| default.takes_from(sequence))
        }
        UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => false,
    };
    let mut columns = live.tables.values().flat_map(|table| &table.columns);
    columns.any(|column| column.takes_from(sequence)) || live.types.values().any(of_domain)
}

/// The columns of a table's rows that are to have values of the type which takes its name.
fn into_type(live: &Schema, desired: &Schema, rows: &Name) -> Vec<Change> {
    let mut out = Vec::new();
    if !desired.types.contains_key(rows) {
        return out;
    }
    for table in live.tables.values().filter(|it| it.name != *rows) {
        for column in &table.columns {
            let after = desired.tables.get(&table.name);
            let after = after.and_then(|it| it.column(&column.name));
            if column.ty.user().as_ref() != Some(rows) || column.inherited {
                continue;
            }
            if let Some(after) = after.filter(|after| after.ty == column.ty) {
                let mut from = column.clone();
                from.ty.name = rows.aside().name.as_str().into();
                out.push(Change::AlterColumn {
                    table: table.name.clone(),
                    column: after.clone(),
                    change: ColumnChange::Type {
                        from: Box::new(from),
                        using: None,
                    },
                });
            }
        }
    }
    out
}

/// Tells whether columns of other tables have rows of one as values.
fn has_rows_elsewhere(live: &Schema, table: &Table) -> bool {
    let mut others = live.tables.values().filter(|it| it.name != table.name);
    let plain = table.partition_by.is_none() && table.partition_of.is_none();
    plain
        && others.any(|other| {
            let mut columns = other.columns.iter();
            columns.any(|column| column.ty.user().as_ref() == Some(&table.name))
        })
}
