//! Tables of a composite type (`CREATE TABLE .. OF`): their columns change while they are of none.

use super::{Diff, Extra, Refusal, Sides};
use crate::change::{Change, ColumnChange};
use crate::schema::{Composite, Ident, Name, Table, UserType};
use crate::wording::nowhere;

/// Takes tables off their types where these or their columns change, and puts them back.
pub(super) fn typed(sides: &Sides<'_>, out: &mut Diff) {
    for (name, live) in &sides.live.tables {
        let desired = sides.desired.tables.get(name);
        if let Some(of_type) = &live.of_type
            && sides.extra == Extra::Keep
            && (desired.is_none() || sides.desired.hints.unmanaged.contains(name))
            && out
                .changes
                .iter()
                .any(|change| alters_type(change, of_type))
        {
            out.refusals.push(Refusal::new(
                format!("type {of_type}"),
                format!(
                    "is altered, and is that of table `{name}`, which is {}",
                    nowhere(&sides.desired.hints.sources)
                ),
                &format!("take the table off it first: ALTER TABLE {name} NOT OF"),
            ));
        }
    }
    for (name, desired) in &sides.desired.tables {
        if sides.desired.hints.unmanaged.contains(name) {
            continue;
        }
        let live = sides.live.tables.get(name).map(|table| &**table);
        let from = live.and_then(|live| live.of_type.clone());
        let to = desired.of_type.clone();
        if from.is_none() && to.is_none() {
            continue;
        }
        let touched = out.changes.iter().any(|change| {
            alters_columns(change, name)
                || from.as_ref().is_some_and(|from| alters_type(change, from))
        });
        if let Some(of_type) = &to {
            unlike(sides, live, desired, of_type, out);
        }
        let Some(live) = live else { continue };
        if from == to && !touched {
            continue;
        }
        if let (Some(of_type), None, Extra::Keep, false) = (&from, &to, sides.extra, touched) {
            let message = format!("is one of type `{of_type}`: left alone");
            out.leftover(name, "table", &message);
            continue;
        }
        let mut push = |from: Option<Name>, to: Option<Name>| {
            let table = live.name.clone();
            out.changes.push(Change::AlterRowType { table, from, to });
        };
        if from.is_some() {
            push(from, None);
        }
        if to.is_some() {
            push(None, to);
        }
    }
}

/// Tells whether the server refuses a change of a table as long as it is one of a type.
fn alters_columns(change: &Change, name: &Name) -> bool {
    if let Change::AddColumn { table, .. }
    | Change::DropColumn { table, .. }
    | Change::RenameColumn { table, .. }
    | Change::AlterColumn {
        table,
        change: ColumnChange::Type { .. },
        ..
    } = change
    {
        table == name
    } else if let Change::ReplaceEnum { columns, .. } = change {
        columns.iter().any(|(table, _)| table == name)
    } else {
        false
    }
}

/// Tells whether a change of a type is one of the tables of that type too.
fn alters_type(change: &Change, of_type: &Name) -> bool {
    if let Change::AlterComposite { name, .. } = change {
        name == of_type
    } else if let Change::RenameType { from, to, .. } = change {
        from == of_type && *to == from.aside()
    } else {
        false
    }
}

/// The columns of a table have to be the fields of its type, in their order.
fn unlike(
    sides: &Sides<'_>,
    live: Option<&Table>,
    desired: &Table,
    of_type: &Name,
    out: &mut Diff,
) {
    let Some(UserType::Composite(ty)) = sides.desired.types.get(of_type) else {
        return;
    };
    let same = |field: &crate::schema::CompositeField| {
        let column = desired.column(&field.name);
        column.is_some_and(|column| column.ty == field.ty && column.collation == field.collation)
    };
    if ty.fields.len() != desired.columns.len() || !ty.fields.iter().all(same) {
        out.refusals.push(Refusal::new(
            format!("table {}", desired.name),
            format!("its columns are not the fields of its type `{of_type}`"),
            "make them the same, or take the table off the type",
        ));
    } else if live.is_some_and(|live| !in_order(live, ty, &out.changes)) {
        out.refusals.push(Refusal::new(
            format!("table {}", desired.name),
            format!("its columns are in another order than the fields of type `{of_type}`"),
            "make a table of the type under another name, copy the rows, and rename both",
        ));
    }
}

/// Tells whether columns that stay and columns that come are in the order of fields.
fn in_order(live: &Table, ty: &Composite, changes: &[Change]) -> bool {
    let mut columns: Vec<&Ident> = live.columns.iter().map(|column| &column.name).collect();
    for change in changes {
        if let Change::DropColumn { table, column, .. } = change
            && *table == live.name
        {
            columns.retain(|name| **name != column.name);
        } else if let Change::AddColumn { table, column, .. } = change
            && *table == live.name
        {
            columns.push(&column.name);
        }
    }
    columns
        .into_iter()
        .eq(ty.fields.iter().map(|field| &field.name))
}
