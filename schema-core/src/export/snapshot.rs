//! A schema as versioned JSON, to keep in git or to compare without a database.
//!
//! The file is the intermediate representation itself under a version number. Fields that a later
//! version adds have defaults, so that an older file is still read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::schema::{Family, Schema, Table};

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    version: u32,
    family: Family,
    schema: Schema,
}

const FORMAT: &str = "schema-sync snapshot";

/// Writes a schema as a snapshot: the same schema gives the same text, byte for byte.
pub fn write(family: Family, schema: &Schema) -> String {
    let file = File {
        format: FORMAT.into(),
        version: VERSION,
        family,
        schema: schema.clone(),
    };
    let mut text = serde_json::to_string_pretty(&file).expect("a schema has string keys alone");
    text.push('\n');
    text
}

const CURE: &str = "make one: sync dump --out FILE";

/// Returns the column, constraint or index that a table has twice. SQLite takes constraints of one
/// name.
fn said_twice(family: Family, table: &Table) -> Option<String> {
    let columns = table.columns.iter().map(|it| ("column", &it.name));
    let named = (table.constraints.iter()).filter(|_| family == Family::Postgres);
    let constraints = named.filter_map(|it| Some(("constraint", it.name.as_ref()?)));
    let indexes = table.indexes.iter();
    let indexes = indexes.filter_map(|it| Some(("index", it.name.as_ref()?)));
    let mut seen = BTreeSet::new();
    let mut parts = columns.chain(constraints).chain(indexes);
    let (kind, name) = parts.find(|part| !seen.insert(*part))?;
    Some(format!("table `{}` has {kind} `{name}`", table.name))
}

/// Reads a snapshot.
///
/// # Errors
///
/// Text that is no snapshot, or one of a later version; an expression that would end the statement
/// which it comes to stand in.
pub fn read(text: &str) -> Result<(Family, Schema), String> {
    let mut file: File = serde_json::from_str(text)
        .map_err(|error| format!("is not a snapshot: {error}; {CURE}"))?;
    if file.format != FORMAT {
        return Err(format!(
            "is not a snapshot: its format is `{}`; {CURE}",
            file.format
        ));
    }
    if file.version > VERSION {
        return Err(format!(
            "has version {}, this program reads up to {VERSION}; update it",
            file.version
        ));
    }
    // Reading leaves room for more, which thousands of tables would keep.
    for table in file.schema.tables.values_mut() {
        table.columns.shrink_to_fit();
    }
    if let Some((of, problem)) = file.schema.broken_pieces().first() {
        return Err(format!("is not a snapshot: `{of}`: {problem}"));
    }
    let mut tables = file.schema.tables.values();
    if let Some(twice) = tables.find_map(|table| said_twice(file.family, table)) {
        return Err(format!(
            "is not a snapshot: {twice} twice, as a merge may leave it; take one out, or {CURE}"
        ));
    }
    Ok((file.family, file.schema))
}
