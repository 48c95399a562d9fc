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
        let gone = |name: &&mut Name| unknown.contains(name) && !there(name);
        let mut left_out: Vec<(String, String)> = Vec::new();
        table.update(|table| {
            for column in &mut table.columns {
                if let Some(collation) = column.collation.take_if(|it| gone(&it)) {
                    left_out.push((collation.to_string(), format!("{name}.{}", column.name)));
                }
            }
            for index in &mut table.indexes {
                let object = match &index.name {
                    Some(index) => format!("index {index}"),
                    None => format!("an index of {name}"),
                };
                for part in &mut index.parts {
                    if let Some(collation) = part.collation.take_if(|it| gone(&it)) {
                        left_out.push((collation.to_string(), object.clone()));
                    }
                }
            }
        });
        if left_out.is_empty() {
            continue;
        }
        // What models say is told already, as they spell it.
        let told = desired.hints.lacks.entry(name.clone()).or_default();
        let by_models = told.clone();
        for (collation, object) in left_out {
            let says = |object: &str| {
                let words = object.split_once(" of ");
                words.is_some_and(|it| it.0.eq_ignore_ascii_case(&collation))
            };
            if !by_models.iter().any(|it| says(&it.1)) {
                told.push((LEFT_OUT.into(), format!("{collation} of {object}")));
            }
        }
    }
    desired
}

const LEFT_OUT: &str =
    "SQLite does not have the collation; left out, unless whoever opens the file defines it";

fn collations(table: &Table) -> impl Iterator<Item = &Name> {
    let columns = table.columns.iter().map(|it| &it.collation);
    let parts = table.indexes.iter().flat_map(|index| &index.parts);
    columns.chain(parts.map(|it| &it.collation)).flatten()
}
