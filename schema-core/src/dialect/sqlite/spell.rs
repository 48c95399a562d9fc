//! Names as they are first written: to SQLite, `Orders` and `orders` are one.

use std::collections::BTreeMap;

use super::{conflict, rebuild, sql};
use crate::schema::{Column, ConstraintKind, Expr, Ident, IndexKey, Name, Schema, Table};

/// Spells the columns in the parts of a table as the table does.
pub(super) fn parts(table: &mut Table) {
    let columns: Vec<Ident> = table.columns.iter().map(|it| it.name.clone()).collect();
    let spell = |name: &mut Ident| {
        if let Some(own) = same(columns.iter(), name) {
            *name = own.clone();
        }
    };
    let in_text = |expr: &mut Expr| {
        // Names in lower case are spelled so already.
        for column in columns
            .iter()
            .filter(|it| it.as_str() != it.as_str().to_ascii_lowercase())
        {
            let name = column.as_str();
            if sql::mentions(expr.as_str(), name) {
                *expr = Expr::new(sql::rename_column(expr.as_str(), name, name));
            }
        }
    };
    for Column { generated, .. } in &mut table.columns {
        if let Some(generated) = generated {
            in_text(&mut generated.expr);
        }
    }
    for constraint in &mut table.constraints {
        match &mut constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                key.columns.iter_mut().for_each(spell);
            }
            ConstraintKind::ForeignKey(key) => key.columns.iter_mut().for_each(spell),
            ConstraintKind::Check { expr, .. } => in_text(expr),
            ConstraintKind::Exclude(_) => {}
        }
    }
    for index in &mut table.indexes {
        for part in &mut index.parts {
            match &mut part.key {
                IndexKey::Column(name) => spell(name),
                IndexKey::Expr(expr) => in_text(expr),
            }
        }
        if let Some(predicate) = &mut index.predicate {
            in_text(predicate);
        }
    }
}

/// Spells what is desired as the database does where the names are one to it.
pub fn adopt(mut desired: Schema, live: &Schema) -> Schema {
    let mut tables: BTreeMap<Name, Name> = BTreeMap::new();
    let mut columns: Vec<(Name, Ident, Ident)> = Vec::new();
    for table in desired.tables.values_mut() {
        let other = live
            .tables
            .values()
            .find(|it| one(&it.name.name, &table.name.name));
        let Some(other) = other else {
            continue;
        };
        for column in &table.columns {
            let there = same(other.columns.iter().map(|it| &it.name), &column.name);
            if let Some(there) = there.filter(|it| **it != column.name) {
                columns.push((table.name.clone(), column.name.clone(), there.clone()));
            }
        }
        let names = other.constraints.iter().filter_map(|it| it.name.as_ref());
        for name in table
            .constraints
            .iter_mut()
            .filter_map(|it| it.name.as_mut())
        {
            adopt_name(name, names.clone());
        }
        let names = other.indexes.iter().filter_map(|it| it.name.as_ref());
        for name in table.indexes.iter_mut().filter_map(|it| it.name.as_mut()) {
            adopt_name(name, names.clone());
        }
        if table.name != other.name {
            tables.insert(table.name.clone(), other.name.clone());
        }
    }
    for (table, from, to) in &columns {
        rename_column(&mut desired, table, from, to);
    }
    rename_tables(&mut desired, &tables);
    old_names(&mut desired, live);
    conflict::adopt(&mut desired, live);
    desired
}

fn adopt_name<'a>(name: &mut Ident, mut there: impl Iterator<Item = &'a Ident>) {
    if let Some(own) = same(there.by_ref(), name) {
        *name = own.clone();
    }
}

fn rename_column(schema: &mut Schema, table: &Name, from: &Ident, to: &Ident) {
    if let Some(table) = schema.tables.get_mut(table) {
        rebuild::rename_column(table, from, to);
    }
    for key in schema
        .tables
        .values_mut()
        .flat_map(|table| rebuild::foreign_keys(table))
    {
        if key.table == *table {
            rebuild::rename(&mut key.references, from, to);
        }
    }
    let (old, new) = ((table.clone(), from.clone()), (table.clone(), to.clone()));
    let hints = &mut schema.hints;
    if let Some(value) = hints.renamed_columns.remove(&old) {
        hints.renamed_columns.insert(new.clone(), value);
    }
    for exprs in [&mut hints.backfills, &mut hints.usings] {
        if let Some(value) = exprs.remove(&old) {
            exprs.insert(new.clone(), value);
        }
    }
    if let Some(value) = hints.fields.remove(&old) {
        hints.fields.insert(new, value);
    }
}

fn rename_tables(schema: &mut Schema, names: &BTreeMap<Name, Name>) {
    if names.is_empty() {
        return;
    }
    let new = |name: Name| names.get(&name).cloned().unwrap_or(name);
    fn keys<K: Ord, V>(map: &mut BTreeMap<K, V>, new: impl Fn(K) -> K) {
        *map = std::mem::take(map)
            .into_iter()
            .map(|(key, value)| (new(key), value))
            .collect();
    }
    keys(&mut schema.tables, new);
    for (name, table) in &mut schema.tables {
        table.name = name.clone();
        for key in rebuild::foreign_keys(table) {
            key.table = new(key.table.clone());
        }
    }
    let hints = &mut schema.hints;
    let pair = |(name, column)| (new(name), column);
    keys(&mut hints.renamed_tables, new);
    keys(&mut hints.renamed_columns, pair);
    keys(&mut hints.backfills, pair);
    keys(&mut hints.usings, pair);
    keys(&mut hints.sources, new);
    keys(&mut hints.fields, pair);
    keys(&mut hints.lacks, new);
    hints.unmanaged = std::mem::take(&mut hints.unmanaged)
        .into_iter()
        .map(new)
        .collect();
}

/// Old names are spelled as the database does; what is its own old name has none.
fn old_names(schema: &mut Schema, live: &Schema) {
    let hints = &mut schema.hints;
    for old in hints.renamed_tables.values_mut() {
        adopt_name(old, live.tables.keys().map(|it| &it.name));
    }
    hints.renamed_tables.retain(|new, old| new.name != *old);
    for ((table, _), old) in &mut hints.renamed_columns {
        let before = hints.renamed_tables.get(table);
        let before = before.map_or_else(|| table.clone(), |it| table.sibling(it.clone()));
        if let Some(before) = live.tables.get(&before) {
            adopt_name(old, before.columns.iter().map(|it| &it.name));
        }
    }
    hints.renamed_columns.retain(|(_, new), old| new != old);
}

fn same<'a>(mut names: impl Iterator<Item = &'a Ident>, name: &Ident) -> Option<&'a Ident> {
    names.find(|it| one(it, name))
}

fn one(a: &Ident, b: &Ident) -> bool {
    a.as_str().eq_ignore_ascii_case(b.as_str())
}
