//! Names of the sequences of identities: one that another column's sequence has is taken once that
//! has gone, or has another name.

use std::collections::BTreeMap;

use crate::change::{Change, ColumnChange};
use crate::schema::{Column, Ident, Identity, Name, Schema, temporary};

/// Gives identities a name of ours where theirs is taken, and theirs at the end.
pub(super) fn named_at_the_end(changes: Vec<Change>, live: &Schema) -> Vec<Change> {
    let mut holders = BTreeMap::new();
    for table in live.tables.values() {
        for column in &table.columns {
            if let Some(identity) = &column.identity {
                let holder = (&table.name, &column.name);
                holders.insert(identity.name_of_sequence(&table.name, &column.name), holder);
            }
        }
    }
    let held = |name: &Name, table: &Name, column: &Ident| {
        live.sequences.contains_key(name)
            || (holders.get(name)).is_some_and(|holder| *holder != (table, column))
    };
    // The change that gives it its name at the end, where it is not to have it at once.
    let put_off = |table: &Name, column: &Column, to: &mut Option<Box<Identity>>| {
        let identity = to.clone()?;
        let name = identity.name_of_sequence(table, &column.name);
        if !held(&name, table, &column.name) {
            return None;
        }
        let later = called(
            &identity,
            name.sibling(temporary("later", name.name.as_str())),
        );
        let change = renumbered(table, column, &later, &identity);
        *to = Some(later);
        Some(change)
    };
    let dropped: Vec<Name> = (changes.iter())
        .filter_map(|change| {
            if let Change::DropSequence { name } = change {
                Some(name.clone())
            } else {
                None
            }
        })
        .collect();
    let mut out = Vec::with_capacity(changes.len());
    for mut change in changes {
        let mut last = Vec::new();
        if let Change::CreateTable { table } = &mut change {
            for column in &mut table.columns {
                let mut identity = column.identity.take();
                last.extend(put_off(&table.name, column, &mut identity));
                column.identity = identity;
            }
        } else if let Change::AddColumn { table, column, .. } = &mut change {
            let mut identity = column.identity.take();
            last.extend(put_off(table, column, &mut identity));
            column.identity = identity;
        } else if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Identity { from, to },
        } = &mut change
        {
            let named = |it: &Option<Box<Identity>>| {
                Some(it.as_deref()?.name_of_sequence(table, &column.name))
            };
            let name = named(to);
            // One that it took its numbers from goes before.
            let own = name.as_ref().is_some_and(|name| {
                let owner = live.sequences.get(name).and_then(|it| it.owned_by.as_ref());
                let before = live
                    .tables
                    .get(table)
                    .and_then(|it| it.column(&column.name));
                owner.is_some_and(|(of, at)| of == table && *at == column.name)
                    || dropped.contains(name) && before.is_some_and(|it| it.takes_from(name))
            });
            if !own && named(from) != name {
                last.extend(put_off(table, column, to));
            }
        }
        out.push(change);
        out.extend(last);
    }
    out
}

/// Tells whether its sequence has a name of ours.
pub(super) fn is_aside(identity: Option<&Identity>) -> bool {
    let name = identity.and_then(|identity| identity.sequence.as_ref());
    name.is_some_and(|name| name.name.is_temporary())
}

/// Returns an identity whose sequence has another name.
pub(super) fn called(identity: &Identity, sequence: Name) -> Box<Identity> {
    Box::new(Identity {
        sequence: Some(sequence),
        ..identity.clone()
    })
}

/// Makes one identity of a column into another.
pub(super) fn renumbered(table: &Name, column: &Column, from: &Identity, to: &Identity) -> Change {
    Change::AlterColumn {
        table: table.clone(),
        column: Column {
            identity: Some(Box::new(to.clone())),
            ..column.clone()
        },
        change: ColumnChange::Identity {
            from: Some(Box::new(from.clone())),
            to: Some(Box::new(to.clone())),
        },
    }
}
