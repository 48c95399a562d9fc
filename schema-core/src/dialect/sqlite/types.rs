//! Types: any words, of which SQLite keeps the text and uses the affinity.

use crate::schema::DataType;

/// What SQLite makes of a declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affinity {
    /// Whole numbers.
    Integer,
    /// Text.
    Text,
    /// As it comes.
    Blob,
    /// Floating point.
    Real,
    /// Numbers where a value looks like one.
    Numeric,
}

/// Returns the affinity of a type, by the five rules of SQLite's manual.
pub fn affinity(ty: &DataType) -> Affinity {
    let name = ty.name.to_ascii_uppercase();
    let has = |part: &str| name.contains(part);
    if ty.array {
        Affinity::Text
    } else if has("INT") {
        Affinity::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || name.is_empty() {
        Affinity::Blob
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// Tells whether every value of one affinity is as good under another: whole numbers are texts, and
/// numbers; what is kept as it comes is not touched.
pub(super) fn keeps(from: Affinity, to: Affinity) -> bool {
    from == to
        || to == Affinity::Blob
        || from == Affinity::Integer && matches!(to, Affinity::Text | Affinity::Numeric)
}

/// Splits a declaration into the type and what stands behind it: `TEXT COLLATE NOCASE`.
pub(super) fn beyond(ty: &DataType) -> Option<(DataType, Vec<&str>)> {
    let words: Vec<&str> = ty.name.split_whitespace().collect();
    let ends = |word: &&str| BEYOND.iter().any(|it| it.eq_ignore_ascii_case(word));
    let at = words.iter().position(ends)?;
    let name = words[..at].join(" ");
    Some((DataType { name, ..ty.clone() }, words[at..].to_vec()))
}

/// The words that end a type.
const BEYOND: [&str; 11] = [
    "COLLATE",
    "NOT",
    "NULL",
    "DEFAULT",
    "CHECK",
    "REFERENCES",
    "UNIQUE",
    "PRIMARY",
    "GENERATED",
    "CONSTRAINT",
    "AS",
];

/// Reads a declared type: `varchar( 20 )` is `VARCHAR` with `20`.
pub(super) fn parse(declared: &str) -> DataType {
    let (name, modifiers) = match declared.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end().trim_end_matches(')')),
        None => (declared, ""),
    };
    DataType {
        name: words(name).to_ascii_uppercase(),
        modifiers: modifiers.split_whitespace().collect(),
        ..DataType::default()
    }
}

/// Returns the one spelling of a type.
pub(super) fn normalize(ty: &DataType) -> DataType {
    // There are no arrays: they are kept as JSON.
    if ty.array {
        return DataType::builtin("TEXT");
    }
    let mut normal = parse(&ty.name);
    if !ty.modifiers.is_empty() {
        normal.modifiers = ty.modifiers.split_whitespace().collect();
    }
    normal
}

/// Returns the type that a STRICT table takes in its place.
pub(super) fn strict(ty: &DataType) -> DataType {
    let name = match (ty.name.as_str(), affinity(ty)) {
        ("INT" | "INTEGER" | "REAL" | "TEXT" | "BLOB" | "ANY", _) => ty.name.as_str(),
        ("BOOLEAN" | "BOOL", _) | (_, Affinity::Integer) => "INTEGER",
        (_, Affinity::Text) => "TEXT",
        (_, Affinity::Real) => "REAL",
        ("", Affinity::Blob) => "ANY",
        (_, Affinity::Blob) => "BLOB",
        (name, Affinity::Numeric) if name.contains("DATE") || name.contains("TIME") => "TEXT",
        (_, Affinity::Numeric) => "ANY",
    };
    DataType::builtin(name)
}

/// Returns the type as SQL.
pub(super) fn sql(ty: &DataType) -> String {
    ty.spell(&ty.name)
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
