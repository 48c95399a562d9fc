//! What a model says and SQLite cannot have, with what becomes of it.

use super::def::{IndexColumnDef, TableDef, Target, UserTypeDef};

/// The collations that SQLite has by itself.
const COLLATIONS: [&str; 3] = ["BINARY", "NOCASE", "RTRIM"];

/// Returns each as what becomes of it, and the object. Comments and storage go without saying.
pub(super) fn lacks(def: &TableDef) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let table = def.name;
    let mut lack = |what: &str, object: String| out.push((what.to_owned(), object));
    if let Some(schema) = def.schema {
        lack(
            "SQLite has no schemas; left out",
            format!("{schema} of {table}"),
        );
    }
    for extension in def.extensions {
        lack("SQLite has no extensions; left out", (*extension).into());
    }
    if def.partition_by.is_some() {
        lack("SQLite has no partitions; the table is one", table.into());
    }
    let columns = def.columns();
    let in_key = columns.iter().filter(|it| it.primary_key);
    let key: Vec<&str> = match def.primary_key {
        [] => in_key.map(|it| it.name).collect(),
        key => key.to_vec(),
    };
    for column in &columns {
        let object = || format!("{table}.{}", column.name);
        if let Some(identity) = &column.identity {
            if key != [column.name] || def.without_rowid {
                lack(
                    "SQLite numbers a sole primary key alone; inserts have to give the value",
                    object(),
                );
            } else if identity.start.is_some() || identity.increment.is_some() {
                lack("SQLite numbers from 1, one by one", object());
            }
        }
        if let Some(UserTypeDef::Domain(domain)) = column.ty.user
            && !domain.checks.is_empty()
        {
            lack(
                "SQLite has no domains; what the check of one refuses is let in",
                format!("{} of {}", domain.name, object()),
            );
        }
        if let Some(collation) = column.collate.filter(|it| is_unknown(it)) {
            lack(COLLATION, format!("{collation} of {}", object()));
        }
    }
    for unique in def.uniques {
        let object = || format!("{table} ({})", unique.columns.join(", "));
        if unique.nulls_not_distinct {
            lack(NULLS, object());
        }
        if unique.deferrable || unique.initially_deferred {
            lack("SQLite checks a unique constraint at once", object());
        }
        if !unique.include.is_empty() {
            lack(INCLUDE, object());
        }
    }
    for index in def.indexes {
        let object = || format!("{table} ({})", parts(index.columns));
        if !matches!(index.method, "btree" | "") {
            let what = format!(
                "SQLite has no index method `{}`; the index is a plain one",
                index.method
            );
            lack(&what, object());
        }
        if index.nulls_not_distinct {
            lack(NULLS, object());
        }
        if !index.include.is_empty() {
            lack(INCLUDE, object());
        }
        if !index.opclass.is_empty() {
            lack("SQLite has no operator classes; left out", object());
        }
        if index
            .columns
            .iter()
            .any(|it| it.nulls_first == Some(it.descending))
        {
            lack("SQLite has NULL as the least value in an index", object());
        }
        for (_, collation) in index.collate.iter().filter(|(_, it)| is_unknown(it)) {
            lack(COLLATION, format!("{collation} of {}", object()));
        }
    }
    let references = columns.iter().filter_map(|it| it.references.as_ref());
    for reference in references.chain(def.foreign_keys) {
        if reference.match_full {
            let target = match reference.target {
                Target::Model(target) => target().name,
                Target::Text(text) => text,
            };
            lack(
                "SQLite takes MATCH FULL for MATCH SIMPLE",
                format!("{table} to {target}"),
            );
        }
    }
    out
}

const NULLS: &str = "SQLite tells NULL from NULL; rows that NULLS NOT DISTINCT refuses are let in";
const INCLUDE: &str = "SQLite has no included columns; left out";
const COLLATION: &str =
    "SQLite does not have the collation; left out, unless whoever opens the file defines it";

fn is_unknown(collation: &str) -> bool {
    !COLLATIONS
        .iter()
        .any(|it| it.eq_ignore_ascii_case(collation))
}

fn parts(columns: &[IndexColumnDef]) -> String {
    let texts: Vec<&str> = columns.iter().map(|it| it.text).collect();
    texts.join(", ")
}
