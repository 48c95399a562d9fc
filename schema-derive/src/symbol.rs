//! Every attribute word on one screen.

/// On a struct.
pub(crate) const TABLE: &[&str] = &[
    "table",
    "schema",
    "primary_key",
    "unique",
    "index",
    "foreign_key",
    "check",
    "exclude",
    "partition_by",
    "partition",
    "unlogged",
    "with",
    "tablespace",
    "replica_identity",
    "engine",
    "charset",
    "collate",
    "strict",
    "without_rowid",
    "comment",
    "docs",
    "extension",
    "renamed_from",
    "managed",
    "crate",
];
/// Those of them that may stand more than once.
pub(crate) const REPEATED: &[&str] = &[
    "unique",
    "index",
    "foreign_key",
    "check",
    "exclude",
    "partition",
    "extension",
];
/// On a field.
pub(crate) const FIELD: &[&str] = &[
    "column",
    "primary_key",
    "identity",
    "autoincrement",
    "type",
    "max_length",
    "default",
    "default_value",
    "generated",
    "generated_virtual",
    "unique",
    "index",
    "references",
    "on_delete",
    "on_update",
    "deferrable",
    "initially_deferred",
    "check",
    "collate",
    "comment",
    "nullable",
    "not_null",
    "renamed_from",
    "backfill",
    "using",
    "skip",
    "json",
];
/// On an enum or newtype.
pub(crate) const TYPE: &[&str] = &[
    "as_text",
    "type",
    "domain",
    "schema",
    "check",
    "comment",
    "renamed_from",
    "crate",
];
/// On a variant.
pub(crate) const VARIANT: &[&str] = &["renamed_from"];
/// In `unique(..)`.
pub(crate) const UNIQUE: &[&str] = &[
    "columns",
    "name",
    "nulls_not_distinct",
    "include",
    "deferrable",
    "initially_deferred",
];
/// In `index(..)`.
pub(crate) const INDEX: &[&str] = &[
    "columns",
    "unique",
    "method",
    "where",
    "include",
    "nulls_not_distinct",
    "opclass",
    "collate",
    "with",
    "name",
];
/// In `foreign_key(..)`.
pub(crate) const FOREIGN_KEY: &[&str] = &[
    "columns",
    "references",
    "on_delete",
    "on_update",
    "match",
    "deferrable",
    "initially_deferred",
    "name",
];
/// In `partition(..)`.
pub(crate) const PARTITION: &[&str] = &[
    "name",
    "from",
    "to",
    "in",
    "modulus",
    "remainder",
    "default",
];
/// Referential actions.
pub(crate) const ACTIONS: &[&str] = &[
    "cascade",
    "restrict",
    "set_null",
    "set_default",
    "no_action",
];

/// Returns `; did you mean ..?` when a known word is near.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = known.into_iter().map(|it| (distance(word, it), it)).min();
    match near {
        Some((far, it)) if far <= 1 + word.len() / 4 => format!("; did you mean `{it}`?"),
        Some(_) | None => String::new(),
    }
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
