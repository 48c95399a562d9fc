//! Whose numbers the rows of partitions have: those of the table that they are parts of.

use std::collections::BTreeMap;

use crate::schema::{Ident, Name, Schema, Table};

/// An identity above is a partition's too (PostgreSQL 17), and nobody gives or takes it there.
pub(super) fn from_above(schema: &mut Schema) {
    let parents: BTreeMap<Name, Name> = schema
        .tables
        .values()
        .filter_map(|table| Some((table.name.clone(), table.partition_of.clone()?.parent)))
        .collect();
    for (name, parent) in &parents {
        let mut root = parent;
        while let Some(higher) = parents.get(root) {
            root = higher;
        }
        let numbered: Vec<Ident> = schema
            .tables
            .get(root)
            .map_or_else(Vec::new, |table| numbers(table));
        let Some(table) = schema.tables.get_mut(name).filter(|_| !numbered.is_empty()) else {
            continue;
        };
        table.update(|table| {
            for column in &mut table.columns {
                if numbered.contains(&column.name) {
                    column.identity = None;
                    column.nullable = false;
                }
            }
        });
    }
}

fn numbers(table: &Table) -> Vec<Ident> {
    let columns = table.columns.iter();
    let numbered = columns.filter(|column| column.identity.is_some());
    numbered.map(|column| column.name.clone()).collect()
}
