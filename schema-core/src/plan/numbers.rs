//! Names of the sequences of identities: one that another column's sequence has is taken once that
//! has gone, or has another name.

use crate::change::{Change, ColumnChange};
use crate::schema::{Column, Ident, Identity, Name, Schema, Table, object_name};

/// The sequences of the identities of a table.
pub(super) fn sequences(table: &Table) -> impl Iterator<Item = Name> {
    let numbered = table.columns.iter();
    numbered.filter_map(|column| Some(sequence(&table.name, column, column.identity.as_deref()?)))
}

/// Gives identities a name of ours where theirs is taken, and theirs at the end.
pub(super) fn named_at_the_end(changes: Vec<Change>, live: &Schema) -> Vec<Change> {
    let held = |name: &Name, table: &Name, column: &Ident| {
        let numbered = live.tables.values().flat_map(|it| {
            let numbered = it.columns.iter().filter(|column| column.identity.is_some());
            numbered.map(move |column| (&it.name, column))
        });
        let mut others = numbered.filter(|(at, it)| (*at, &it.name) != (table, column));
        live.sequences.contains_key(name)
            || others.any(|(at, it)| {
                let identity = it.identity.as_deref();
                identity.is_some_and(|identity| sequence(at, it, identity) == *name)
            })
    };
    let mut out = Vec::with_capacity(changes.len());
    for mut change in changes {
        let mut last = Vec::new();
        if let Change::CreateTable { table } = &mut change {
            for column in &mut table.columns {
                let Some(identity) = column.identity.clone() else {
                    continue;
                };
                let name = sequence(&table.name, column, &identity);
                if held(&name, &table.name, &column.name) {
                    let first = Some(aside(&identity, &name));
                    column.identity.clone_from(&first);
                    last.push((table.name.clone(), column.clone(), first, Some(identity)));
                }
            }
        } else if let Change::AddColumn { table, column, .. } = &mut change
            && let Some(identity) = column.identity.clone()
        {
            let name = sequence(table, column, &identity);
            if held(&name, table, &column.name) {
                let to = Some(identity.clone());
                let first = Some(aside(&identity, &name));
                column.identity.clone_from(&first);
                last.push((table.clone(), column.clone(), first, to));
            }
        } else if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Identity { from, to },
        } = &mut change
            && let Some(identity) = to.clone()
        {
            let name = sequence(table, column, &identity);
            let before = from.as_ref().map(|from| sequence(table, column, from));
            // That of a serial column is dropped before.
            let own = |name: &Name| {
                let owner = live.sequences.get(name).and_then(|it| it.owned_by.as_ref());
                owner.is_some_and(|(of, at)| of == table && *at == column.name)
            };
            if before.as_ref() != Some(&name) && !own(&name) && held(&name, table, &column.name) {
                let first = Some(aside(&identity, &name));
                to.clone_from(&first);
                last.push((table.clone(), column.clone(), first, Some(identity)));
            }
        }
        out.push(change);
        for (table, column, from, to) in last {
            let column = Column {
                identity: to.clone(),
                ..column
            };
            let change = ColumnChange::Identity { from, to };
            out.push(Change::AlterColumn {
                table,
                column,
                change,
            });
        }
    }
    out
}

/// Tells whether its sequence has a name of ours.
pub(super) fn is_aside(identity: Option<&Identity>) -> bool {
    let name = identity.and_then(|identity| identity.sequence.as_ref());
    name.is_some_and(|name| name.name.is_temporary())
}

fn aside(identity: &Identity, name: &Name) -> Box<Identity> {
    let aside = object_name("_sync", name.name.as_str(), "numbers");
    Box::new(Identity {
        sequence: Some(name.sibling(aside)),
        ..identity.clone()
    })
}

fn sequence(table: &Name, column: &Column, identity: &Identity) -> Name {
    let own = || object_name(table.name.as_str(), column.name.as_str(), "seq");
    let named = identity.sequence.clone();
    named.unwrap_or_else(|| table.sibling(own()))
}
