//! What to look at: which schemas and tables of a database.

use std::collections::BTreeSet;

use crate::schema::{Ident, Name};

/// The part of a database that is introspected and compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The schemas (PostgreSQL); `None` for all but the system's own.
    pub namespaces: Option<BTreeSet<Ident>>,
    /// Globs of tables to look at; empty for all. `*` and `?`; with a dot they match `schema.table`.
    pub only: Vec<String>,
    /// Globs of tables not to look at.
    pub ignore: Vec<String>,
}

impl Scope {
    /// Tells whether a table is looked at.
    pub fn has(&self, table: &Name) -> bool {
        let hit = |glob: &String| matches_table(glob, table);
        (self.only.is_empty() || self.only.iter().any(hit)) && !self.ignores(table)
    }

    /// Tells whether neither `--only` nor `--ignore` leaves anything out.
    pub fn is_all(&self) -> bool {
        self.only.is_empty() && self.ignore.is_empty()
    }

    /// Tells whether `--ignore` leaves out a name, which may be that of a sequence or a type.
    pub fn ignores(&self, name: &Name) -> bool {
        self.ignore.iter().any(|glob| matches_table(glob, name))
    }

    /// Returns a glob that matches none of the tables.
    pub fn unmatched<'a>(&self, tables: impl IntoIterator<Item = &'a Name>) -> Option<&String> {
        let tables: Vec<&Name> = tables.into_iter().collect();
        let mut globs = self.only.iter().chain(&self.ignore);
        globs.find(|glob| !tables.iter().any(|table| matches_table(glob, table)))
    }
}

/// Tells whether a glob matches a table: its name, or `schema.name` when the glob has a dot.
pub fn matches_table(glob: &str, table: &Name) -> bool {
    let name = table.name.as_str();
    match &table.schema {
        Some(schema) if glob.contains('.') => matches(glob, &format!("{schema}.{name}")),
        // A model that names no schema means this one.
        None if glob.contains('.') && matches(glob, &format!("public.{name}")) => true,
        Some(_) | None => matches(glob, name),
    }
}

fn matches(glob: &str, text: &str) -> bool {
    let mut rest = glob.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let glob = rest.as_str();
            matches(glob, text)
                || text
                    .char_indices()
                    .any(|(at, c)| matches(glob, &text[at + c.len_utf8()..]))
        }
        Some('?') => {
            let mut text = text.chars();
            text.next().is_some() && matches(rest.as_str(), text.as_str())
        }
        Some(c) => text
            .strip_prefix(c)
            .is_some_and(|text| matches(rest.as_str(), text)),
    }
}
