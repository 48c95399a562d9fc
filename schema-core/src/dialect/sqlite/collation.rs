//! Collations that are not SQLite's own: it makes no table with one that nobody has defined.

use std::collections::BTreeSet;

use crate::schema::{Name, Schema, Table};

/// Returns the names of those that a schema asks for.
pub(crate) fn own_collations(desired: &Schema) -> BTreeSet<Name> {
    let tables = desired.tables.values();
    let own = |name: &&Name| !matches!(name.name.as_str(), "BINARY" | "NOCASE" | "RTRIM");
    tables
        .flat_map(|table| collations(table))
        .filter(own)
        .cloned()
        .collect()
}

/// Leaves those out that nobody knows, but for the ones that the live table has: whoever made it knows
/// them.
pub(crate) fn without_collations(mut desired: Schema, live: &Schema, unknown: &[Name]) -> Schema {
    if unknown.is_empty() {
        return desired;
    }
    for (name, table) in &mut desired.tables {
        let live = live.tables.get(name);
        let there = |name: &Name| live.is_some_and(|live| collations(live).any(|it| it == name));
        let gone = |name: &Option<Name>| {
            (name.as_ref()).is_some_and(|name| unknown.contains(name) && !there(name))
        };
        table.update(|table| {
            for column in &mut table.columns {
                if gone(&column.collation) {
                    column.collation = None;
                }
            }
            for part in table.indexes.iter_mut().flat_map(|index| &mut index.parts) {
                if gone(&part.collation) {
                    part.collation = None;
                }
            }
        });
    }
    desired
}

fn collations(table: &Table) -> impl Iterator<Item = &Name> {
    let columns = table.columns.iter().map(|it| &it.collation);
    let parts = table.indexes.iter().flat_map(|index| &index.parts);
    columns.chain(parts.map(|it| &it.collation)).flatten()
}
