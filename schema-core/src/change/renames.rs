//! What follows a rename in a schema in memory.

use super::above::children;
use super::mention::{mention_renamed, rename_part};
use super::replay::{column_mut, insert, remove, table_mut};
use crate::schema::{
    Column, ConstraintKind, Ident, Name, Schema, UserType, own_multirange, own_not_null,
    sequence_name,
};

/// The type of several ranges goes with its range, and keeps a name that somebody gave it.
pub(super) fn rename_multirange(schema: &mut Schema, from: &Name, to: &Name) {
    let Some(UserType::Range(range)) = schema.types.get(from) else {
        return;
    };
    let (old, new) = (range.multirange(from), own_multirange(to));
    if old != own_multirange(from) && *to != from.aside() {
        return;
    }
    let columns = schema.tables.values_mut();
    let columns = columns.flat_map(|table| &mut table.columns);
    let parts = schema.types.values_mut().flat_map(UserType::parts_mut);
    for ty in columns.map(|column| &mut column.ty).chain(parts) {
        if ty.user().as_ref() == Some(&old) {
            ty.schema = new.schema.clone();
            ty.name = new.name.as_str().into();
        }
    }
}

pub(super) fn rename_table(schema: &mut Schema, from: &Name, to: &Name) -> Result<(), String> {
    let mut table = remove(&mut schema.tables, from, "table")?;
    table.name = to.clone();
    for column in &mut table.columns {
        let name = column.name.clone();
        keep_sequence(column, (from, &name), (to, &name));
    }
    let columns: Vec<Ident> = table.columns.iter().map(|it| it.name.clone()).collect();
    insert(&mut schema.tables, to, table, "table")?;
    let swap = |name: &mut Name| {
        if *name == *from {
            *name = to.clone();
        }
    };
    for table in schema.tables.values_mut() {
        table.inherits.iter_mut().for_each(swap);
        if let Some(partition) = &mut table.partition_of {
            swap(&mut partition.parent);
        }
        for constraint in &mut table.constraints {
            if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
                swap(&mut key.table);
            }
        }
    }
    for sequence in schema.sequences.values_mut() {
        if let Some((owner, _)) = &mut sequence.owned_by {
            swap(owner);
        }
    }
    schema
        .statistics
        .values_mut()
        .for_each(|statistics| swap(&mut statistics.table));
    for column in &columns {
        keep_not_null(schema, to, column, own_not_null(from, column));
    }
    Ok(())
}

/// The NOT NULL of a column keeps its name, which the tables below have from it: there it is another
/// than the server would give.
fn keep_not_null(schema: &mut Schema, table: &Name, column: &Ident, name: Ident) {
    let has = |child: Name| {
        let below = schema.tables[&child].column(column);
        below.is_some_and(|it| !it.nullable && it.not_null_name.as_ref() == Some(&name))
    };
    if !children(schema, table).into_iter().any(has) {
        return;
    }
    if let Ok(column) = column_mut(schema, table, column)
        && !column.nullable
    {
        column.not_null_name.get_or_insert(name);
    }
}

/// The sequence of an identity keeps its name, which is another than a new one would get.
pub(super) fn keep_sequence(column: &mut Column, from: (&Name, &Ident), to: (&Name, &Ident)) {
    let own = |(table, column): (&Name, &Ident)| sequence_name(table, column);
    // Without a schema it is SQLite's, which has no sequences.
    if let Some(identity) = &mut column.identity
        && from.0.schema.is_some()
    {
        let name = identity.sequence.take().unwrap_or_else(|| own(from));
        identity.sequence = (name != own(to)).then_some(name);
    }
}

pub(super) fn rename_column(
    schema: &mut Schema,
    table: &Name,
    from: &Ident,
    to: &Ident,
) -> Result<(), String> {
    column_mut(schema, table, from)?;
    for child in children(schema, table) {
        rename_column(schema, &child, from, to)?;
    }
    let swap = |name: &mut Ident| {
        if *name == *from {
            *name = to.clone();
        }
    };
    for other in schema.tables.values_mut() {
        let own = other.name == *table;
        for constraint in &mut other.constraints {
            if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
                if key.table == *table {
                    key.references.iter_mut().for_each(swap);
                }
                if own {
                    key.columns.iter_mut().for_each(swap);
                    key.on_delete_columns.iter_mut().for_each(swap);
                }
            }
        }
    }
    for sequence in schema.sequences.values_mut() {
        if let Some((owner, column)) = &mut sequence.owned_by
            && owner == table
        {
            swap(column);
        }
    }
    for statistics in schema.statistics.values_mut() {
        if statistics.table == *table {
            for on in &mut statistics.on {
                *on = mention_renamed(on, from, to);
            }
            statistics.columns.iter_mut().for_each(swap);
        }
    }
    let owner = table;
    let table = table_mut(schema, table)?;
    if let Some(by) = &mut table.partition_by {
        by.columns.iter_mut().for_each(swap);
        by.key = mention_renamed(&by.key, from, to);
    }
    if table.column(to).is_some() {
        return Err(format!("column `{}.{to}` is there already", table.name));
    }
    for column in &mut table.columns {
        if column.name == *from {
            keep_sequence(column, (owner, from), (owner, to));
        }
        swap(&mut column.name);
        if let Some(generated) = &mut column.generated {
            generated.expr = mention_renamed(&generated.expr, from, to);
        }
    }
    for constraint in &mut table.constraints {
        match &mut constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                key.columns
                    .iter_mut()
                    .chain(&mut key.include)
                    .for_each(swap);
            }
            ConstraintKind::Check { expr, .. } => *expr = mention_renamed(expr, from, to),
            ConstraintKind::ForeignKey(_) => {}
            ConstraintKind::Exclude(exclude) => {
                for element in &mut exclude.elements {
                    rename_part(&mut element.part.key, from, to);
                }
                exclude.include.iter_mut().for_each(swap);
                if let Some(predicate) = &mut exclude.predicate {
                    *predicate = mention_renamed(predicate, from, to);
                }
            }
        }
    }
    for index in &mut table.indexes {
        for part in &mut index.parts {
            rename_part(&mut part.key, from, to);
        }
        index.include.iter_mut().for_each(swap);
        if let Some(predicate) = &mut index.predicate {
            *predicate = mention_renamed(predicate, from, to);
        }
    }
    keep_not_null(schema, owner, to, own_not_null(owner, from));
    Ok(())
}
