//! Names of SQL as names of Rust: types, fields and modules, without collisions.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{Ident, Name, Schema, Table, UserType};

/// Names that the written code itself uses.
const TAKEN: [&str; 16] = [
    "Box",
    "Err",
    "None",
    "Ok",
    "Option",
    "Result",
    "Self",
    "Some",
    "String",
    "SyncEnum",
    "SyncFields",
    "SyncTable",
    "SyncType",
    "ToString",
    "Vec",
    "Default",
];

/// Keywords of every edition, and those that a field may have with `r#`.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Names that a file may not have on Windows, whatever its ending.
const DEVICES: [&str; 22] = [
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1",
    "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

/// Makes one word of several: `order lines` to `order line`.
pub type Singular = fn(&str) -> String;

/// What things are called in Rust.
pub(super) struct Names {
    /// The struct of each table that gets one.
    pub(super) structs: BTreeMap<Name, String>,
    /// The enum or newtype of each type.
    pub(super) types: BTreeMap<Name, String>,
    /// The fields of each table.
    pub(super) fields: BTreeMap<Name, BTreeMap<Ident, String>>,
    /// The file of each table, without its ending.
    pub(super) modules: BTreeMap<Name, String>,
    /// What could not be called as one would expect.
    pub(super) notes: Vec<String>,
}

impl Names {
    pub(super) fn of<'a>(
        schema: &Schema,
        tables: impl Iterator<Item = &'a Table>,
        singular: Option<Singular>,
    ) -> Self {
        let mut tables: Vec<&Table> = tables.collect();
        // Whoever is called as one would expect keeps the name: tables of `public`, then those in
        // snake case.
        tables.sort_by_key(|table| {
            let word = table.name.name.as_str();
            (own_schema(&table.name).is_some(), snake(word, "") != word)
        });
        let mut notes = Vec::new();
        let mut taken: BTreeSet<String> = TAKEN.iter().map(|it| (*it).to_owned()).collect();
        let mut structs = BTreeMap::new();
        for table in &tables {
            let stem = table.name.name.as_str();
            let word = match singular {
                Some(singular) => pascal(&singular_last(stem, singular), "Table"),
                None => pascal(stem, "Table"),
            };
            let chosen = choose(&word, &table.name, "Row", &mut taken);
            if chosen != word {
                notes.push(format!(
                    "table {}: its struct is `{chosen}`, for `{word}` is taken",
                    table.name
                ));
            }
            structs.insert(table.name.clone(), chosen);
        }
        let mut types = BTreeMap::new();
        for (name, ty) in &schema.types {
            let word = pascal(name.name.as_str(), "Type");
            let chosen = choose(&word, name, "Type", &mut taken);
            if chosen != word {
                notes.push(format!(
                    "type {name}: it is `{chosen}`, for `{word}` is taken"
                ));
            }
            types.insert(name.clone(), chosen);
            if let UserType::Enum(ty) = ty {
                notes.extend(variants_taken(name, &ty.labels));
            }
        }
        // A file system may not tell capitals apart; `mod` and `types` have files of their own.
        let mut taken: BTreeSet<String> = ["mod", "lib", "main", "types", "carried"]
            .map(str::to_owned)
            .into();
        taken.extend(DEVICES.map(str::to_owned));
        let mut modules = BTreeMap::new();
        for table in &tables {
            let word = snake(table.name.name.as_str(), "table");
            let word = if word == "self" || word == "super" || word == "crate" {
                format!("{word}_table")
            } else {
                word
            };
            let chosen = choose_small(&word, &table.name, "table", &mut taken);
            modules.insert(table.name.clone(), chosen);
        }
        let fields = tables
            .iter()
            .map(|table| (table.name.clone(), fields(table, &mut notes)))
            .collect();
        Self {
            structs,
            types,
            fields,
            modules,
            notes,
        }
    }
}

/// Only the last word is a plural: `order_lines`.
fn singular_last(name: &str, singular: Singular) -> String {
    match name.rfind(|c: char| !c.is_alphanumeric()) {
        Some(at) => {
            let (head, tail) =
                name.split_at(at + name[at..].chars().next().map_or(1, char::len_utf8));
            format!("{head}{}", singular(tail))
        }
        None => singular(name),
    }
}

/// Takes the word, or the word with its schema, a suffix, a number: what is free first.
fn choose(word: &str, name: &Name, suffix: &str, taken: &mut BTreeSet<String>) -> String {
    let with_schema = own_schema(name).map(|it| format!("{}{word}", pascal(it, "")));
    let words = std::iter::once(word.to_owned()).chain(with_schema);
    let numbered = (2..).map(|n| format!("{word}{suffix}{n}"));
    let numbered = std::iter::once(format!("{word}{suffix}")).chain(numbered);
    first_free(words.chain(numbered), taken)
}

/// The schema that tells a table from its namesake.
fn own_schema(name: &Name) -> Option<&str> {
    let schema = name.schema.as_ref().map(Ident::as_str);
    schema.filter(|it| *it != "public")
}

fn choose_small(word: &str, name: &Name, suffix: &str, taken: &mut BTreeSet<String>) -> String {
    let with_schema = own_schema(name).map(|it| format!("{}_{word}", snake(it, "other")));
    let words = std::iter::once(word.to_owned()).chain(with_schema);
    let suffixed = format!("{}_{suffix}", word.trim_end_matches('_'));
    let numbered = (2..).map(|n| format!("{suffixed}_{n}"));
    let numbered = std::iter::once(suffixed.clone()).chain(numbered);
    first_free(words.chain(numbered), taken)
}

fn first_free(candidates: impl Iterator<Item = String>, taken: &mut BTreeSet<String>) -> String {
    let mut candidates = candidates;
    let free = candidates.find(|it| !taken.contains(it));
    let free = free.expect("there is always another number");
    taken.insert(free.clone());
    free
}

/// Writes a name as a type's: `order_lines` to `OrderLines`.
pub(super) fn pascal(name: &str, instead: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for c in name.chars() {
        if c == '_' || !unicode_ident::is_xid_continue(c) {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    // All capitals are a shout, not a name.
    let small = name.to_lowercase();
    if out.len() > 1 && !out.chars().any(char::is_lowercase) && small != name {
        return pascal(&small, instead);
    }
    match out.chars().next() {
        Some(first) if unicode_ident::is_xid_start(first) => out,
        Some(_) => format!("{}{out}", if instead.is_empty() { "N" } else { instead }),
        None => instead.to_owned(),
    }
}

/// Writes a name as a field's or a module's: `placedAt` to `placed_at`.
pub(super) fn snake(name: &str, instead: &str) -> String {
    let mut out = String::new();
    let mut small_before = false;
    let shout = !name.chars().any(char::is_lowercase);
    for c in name.chars() {
        if !unicode_ident::is_xid_continue(c) {
            out.push('_');
            small_before = false;
            continue;
        }
        if c.is_uppercase() && small_before && !shout {
            out.push('_');
        }
        small_before = c.is_lowercase() || c.is_numeric();
        out.extend(c.to_lowercase());
    }
    // Two in a row are no snake case to the compiler.
    while out.contains("__") {
        out = out.replace("__", "_");
    }
    let starts = out
        .chars()
        .next()
        .is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
    let is_name = out.chars().any(|c| c != '_');
    match (starts, is_name) {
        (true, true) => out,
        (false, true) => format!("{instead}_{out}"),
        (_, false) => format!("{instead}{out}"),
    }
}

/// A field for each column, without collisions.
fn fields(table: &Table, notes: &mut Vec<String>) -> BTreeMap<Ident, String> {
    let mut taken = BTreeSet::new();
    let mut out = BTreeMap::new();
    // Columns that are called as their field take it before those that must be changed.
    let exact = |name: &Ident| snake(name.as_str(), "column") == name.as_str();
    let (first, then): (Vec<_>, Vec<_>) = table.columns.iter().partition(|it| exact(&it.name));
    for column in first.into_iter().chain(then) {
        let stem = snake(column.name.as_str(), "column");
        let numbered = (2..).map(|n| format!("{}_{n}", stem.trim_end_matches('_')));
        let free = first_free(std::iter::once(stem.clone()).chain(numbered), &mut taken);
        if free != stem {
            notes.push(format!(
                "column {}.{}: its field is `{free}`, for `{stem}` is taken",
                table.name, column.name
            ));
        }
        out.insert(column.name.clone(), free);
    }
    out
}

/// Writes an identifier: raw where it is a keyword.
pub(super) fn raw(name: &str) -> String {
    match name {
        "self" | "super" | "crate" => format!("{name}_"),
        _ if KEYWORDS.contains(&name) => format!("r#{name}"),
        _ => name.to_owned(),
    }
}

/// Tells whether the macro reads the field's own name as the column.
pub(super) fn is_column_of(field: &str, column: &Ident) -> bool {
    // The compiler composes the characters of an identifier; a column keeps them as they are.
    field == column.as_str() && field.is_ascii() && raw(field).trim_start_matches("r#") == field
}

/// The variants of an enum, one for each label.
pub(super) fn variants(labels: &[String]) -> Vec<String> {
    let mut taken: BTreeSet<String> = ["Self".to_owned()].into();
    let variant = |label: &String| {
        let stem = pascal(label, "Label");
        let numbered = (2..).map(|n| format!("{stem}{n}"));
        first_free(std::iter::once(stem.clone()).chain(numbered), &mut taken)
    };
    labels.iter().map(variant).collect()
}

/// Tells of the labels whose variants are not called as one would expect.
fn variants_taken(name: &Name, labels: &[String]) -> Vec<String> {
    let told = labels.iter().zip(variants(labels)).filter_map(|(label, variant)| {
        let word = pascal(label, "Label");
        (variant != word).then(|| {
            format!("label '{label}' of type {name}: its variant is `{variant}`, for `{word}` is taken")
        })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_whatever_they_were() {
        assert_eq!(pascal("order_lines", "Table"), "OrderLines");
        assert_eq!(pascal("2fa codes", "Table"), "Table2faCodes");
        assert_eq!(pascal("USERS", "Table"), "Users");
        assert_eq!(pascal("…", "Table"), "Table");
        assert_eq!(snake("placedAt", "column"), "placed_at");
        assert_eq!(snake("USER_ID", "column"), "user_id");
        assert_eq!(snake("2nd", "column"), "column_2nd");
        assert_eq!(snake("", "column"), "column");
        assert_eq!(raw("type"), "r#type");
        assert_eq!(raw("self"), "self_");
        assert_eq!(
            variants(&["a".into(), "A".into(), "".into()]),
            ["A", "A2", "Label"]
        );
    }
}
