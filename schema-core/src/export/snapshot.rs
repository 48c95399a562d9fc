//! A schema as versioned JSON, to keep in git or to compare without a database.
//!
//! The file is the intermediate representation itself under a version number. Fields that a later
//! version adds have defaults, so that an older file is still read.

use serde::{Deserialize, Serialize};

use crate::schema::{Family, Schema};

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
    Ok((file.family, file.schema))
}
