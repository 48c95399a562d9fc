//! Names that are taken: tables, views and indexes share them, in whatever case.

use std::collections::BTreeMap;

use super::sql;
use crate::change::Change;
use crate::facts::Facts;
use crate::schema::{Ident, Name, Schema, Table};

/// What cannot be made because its name is taken, in the order of the changes: `(name, by what)`.
///
/// `IF NOT EXISTS` would leave it out without a word.
pub fn clashes(live: &Schema, facts: &Facts, changes: &[Change]) -> Vec<(Name, &'static str)> {
    let mut taken = taken(live, facts);
    // Indexes go and move with their table.
    let mut tables: BTreeMap<String, Vec<Ident>> = BTreeMap::new();
    for table in live.tables.values() {
        tables.insert(folded(&table.name.name), indexes(table));
    }
    let mut found = Vec::new();
    for change in changes {
        let mut made: Vec<Ident> = Vec::new();
        if let Change::DropTable { table } = change {
            taken.remove(&folded(&table.name.name));
            for index in tables.remove(&folded(&table.name.name)).unwrap_or_default() {
                taken.remove(&folded(&index));
            }
        } else if let Change::RenameTable { from, to } = change {
            taken.remove(&folded(&from.name));
            let indexes = tables.remove(&folded(&from.name)).unwrap_or_default();
            tables.insert(folded(&to.name), indexes);
            made.push(to.name.clone());
        } else if let Change::DropIndex { index, .. } = change {
            taken.remove(&index.name.as_ref().map(folded).unwrap_or_default());
        } else if let Change::RenameIndex { from, to, .. } = change {
            taken.remove(&folded(from));
            made.push(to.clone());
        } else if let Change::DropOther { other, .. } = change
            && other.kind != "trigger"
        {
            taken.remove(&folded(&other.name.name));
        } else if let Change::CreateTable { table } = change {
            made.push(table.name.name.clone());
            made.extend(indexes(table));
        } else if let Change::CreateIndex { index, .. } = change {
            made.extend(index.name.clone());
        }
        for name in made {
            if let Some(by) = taken.insert(folded(&name), "what is made here") {
                found.push((Name::bare(name), by));
            }
        }
    }
    found
}

/// Returns a name for the copy of a table that nothing has.
pub(super) fn free(table: &Name, live: &Schema, facts: &Facts) -> Name {
    let taken = taken(live, facts);
    let first = format!("_sync_new_{}", table.name);
    let mut name = first.clone();
    let mut n = 1;
    while taken.contains_key(&name.to_ascii_lowercase()) {
        n += 1;
        name = format!("{first}_{n}");
    }
    table.sibling(name)
}

fn taken(live: &Schema, facts: &Facts) -> BTreeMap<String, &'static str> {
    let mut taken = BTreeMap::new();
    // Also what is out of scope, and the tables that a virtual one keeps its rows in.
    for (name, text) in &facts.texts {
        let tokens = sql::tokens(text);
        let word = tokens.get(1..).unwrap_or_default();
        let is = |name: &str| word.first().is_some_and(|it| it.is(name));
        let kind = if is("TRIGGER") {
            continue;
        } else if is("VIEW") {
            "a view"
        } else if is("TABLE") || is("VIRTUAL") {
            "a table"
        } else {
            "an index"
        };
        taken.insert(name.to_ascii_lowercase(), kind);
    }
    for table in live.tables.values() {
        taken.insert(folded(&table.name.name), "a table");
        for index in indexes(table) {
            taken.insert(folded(&index), "an index");
        }
    }
    taken
}

fn indexes(table: &Table) -> Vec<Ident> {
    let names = table.indexes.iter().filter_map(|it| it.name.clone());
    names.collect()
}

fn folded(name: &Ident) -> String {
    name.as_str().to_ascii_lowercase()
}
