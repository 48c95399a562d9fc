//! How deep tables and types are below others: parents come before children.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, qualified};
use crate::schema::{ConstraintKind, Name, Schema, Table, UserType};

/// How far below others tables and types are.
pub(super) struct Depth {
    pub(super) tables: BTreeMap<Name, i64>,
    /// As they will be.
    pub(super) tables_made: BTreeMap<Name, i64>,
    pub(super) types: BTreeMap<Name, i64>,
    /// As they will be.
    pub(super) types_made: BTreeMap<Name, i64>,
    /// By foreign keys: what references others is below them.
    pub(super) keys: BTreeMap<Name, i64>,
    /// Types that hold rows of tables that go, and those tables, as they are.
    pub(super) rows: BTreeMap<Name, i64>,
    /// The same of tables that are made, as they will be.
    pub(super) rows_made: BTreeMap<Name, i64>,
}

impl Depth {
    pub(super) fn new(live: &Schema, desired: &Schema, changes: &[Change]) -> Self {
        let mut depth = Self {
            tables: BTreeMap::new(),
            tables_made: BTreeMap::new(),
            types: BTreeMap::new(),
            types_made: BTreeMap::new(),
            keys: BTreeMap::new(),
            rows: rows_depth(live, &tables_that_go(changes)),
            rows_made: rows_depth(desired, &tables_made(changes)),
        };
        for name in desired.tables.keys() {
            key_depth(desired, name, &mut depth.keys);
        }
        for (name, table) in &desired.tables {
            let deep = table_depth(desired, table, 0);
            depth.tables_made.insert(name.clone(), deep);
        }
        for (name, ty) in &desired.types {
            let deep = type_depth(desired, ty, 0);
            depth.types_made.insert(name.clone(), deep);
        }
        for schema in [live, desired] {
            for (name, table) in &schema.tables {
                let deep = table_depth(schema, table, 0);
                depth.tables.entry(name.clone()).or_insert(deep);
            }
            for (name, ty) in &schema.types {
                let deep = type_depth(schema, ty, 0);
                depth.types.entry(name.clone()).or_insert(deep);
            }
        }
        depth
    }
}

fn table_depth(schema: &Schema, table: &Table, guard: i64) -> i64 {
    // Columns that hold rows of others.
    let rows = table.columns.iter().filter_map(|it| it.ty.user());
    let deepest = table
        .parents()
        .cloned()
        .chain(rows.filter(|it| *it != table.name))
        .filter(|_| guard < 64)
        .filter_map(|parent| schema.tables.get(&parent))
        .map(|parent| 1 + table_depth(schema, parent, guard + 1));
    deepest.max().unwrap_or(0)
}

fn tables_that_go(changes: &[Change]) -> BTreeSet<Name> {
    let gone = changes.iter().filter_map(|change| {
        if let Change::DropTable { table } = change {
            Some(table.name.clone())
        } else {
            None
        }
    });
    gone.collect()
}

fn tables_made(changes: &[Change]) -> BTreeSet<Name> {
    let made = changes.iter().filter_map(|change| {
        if let Change::CreateTable { table } = change {
            Some(table.name.clone())
        } else {
            None
        }
    });
    made.collect()
}

/// Returns how deep types are whose values hold rows of some tables, and how deep those tables are
/// among themselves. Nothing where there are no such types.
fn rows_depth(schema: &Schema, tables: &BTreeSet<Name>) -> BTreeMap<Name, i64> {
    let types = schema.types_within(tables);
    let mut known = BTreeMap::new();
    if types.is_empty() {
        return known;
    }
    for name in types.iter().chain(tables) {
        row_depth(schema, &types, name, &mut known);
    }
    known
}

/// Circles count once.
fn row_depth(
    schema: &Schema,
    types: &BTreeSet<Name>,
    name: &Name,
    known: &mut BTreeMap<Name, i64>,
) -> i64 {
    if let Some(deep) = known.get(name) {
        return *deep;
    }
    known.insert(name.clone(), 0);
    let mut beneath: BTreeSet<Name> = BTreeSet::new();
    if let Some(table) = schema.tables.get(name) {
        beneath.extend(table.parents().cloned());
        beneath.extend(table.of_type.clone());
        beneath.extend(table.columns.iter().filter_map(|it| it.ty.user()));
        beneath.extend(table.exprs().flat_map(qualified));
    } else if let Some(ty) = schema.types.get(name) {
        beneath.extend(ty.parts().into_iter().filter_map(|ty| ty.user()));
        beneath.extend(said_in(ty));
    }
    let mut deep = 0;
    for below in beneath {
        let below = schema.ranged(&below);
        if below != name && (schema.tables.contains_key(below) || types.contains(below)) {
            deep = deep.max(1 + row_depth(schema, types, below, known));
        }
    }
    known.insert(name.clone(), deep);
    deep
}

/// Circles count once.
fn key_depth(schema: &Schema, name: &Name, known: &mut BTreeMap<Name, i64>) -> i64 {
    if let Some(deep) = known.get(name) {
        return *deep;
    }
    known.insert(name.clone(), 0);
    let Some(table) = schema.tables.get(name) else {
        return 0;
    };
    let mut deep = 0;
    for constraint in &table.constraints {
        if let ConstraintKind::ForeignKey(key) = &constraint.kind
            && key.table != *name
        {
            deep = deep.max(1 + key_depth(schema, &key.table, known));
        }
    }
    known.insert(name.clone(), deep);
    deep
}

fn type_depth(schema: &Schema, ty: &UserType, guard: i64) -> i64 {
    let beneath = ty.parts().into_iter().filter_map(|ty| ty.user());
    let deepest = beneath
        .chain(said_in(ty))
        .filter(|_| guard < 64)
        .filter_map(|ty| schema.types.get(schema.ranged(&ty)))
        .filter(|below| *below != ty)
        .map(|ty| 1 + type_depth(schema, ty, guard + 1));
    deepest.max().unwrap_or(0)
}

/// The types that the default and the conditions of a domain say, maybe among other names.
fn said_in(ty: &UserType) -> BTreeSet<Name> {
    match ty {
        UserType::Domain(domain) => domain.exprs().flat_map(qualified).collect(),
        UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => BTreeSet::new(),
    }
}
