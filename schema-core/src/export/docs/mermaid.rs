//! A Mermaid entity-relationship diagram, which GitHub and GitLab draw.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{foreign_keys, optional, single};
use crate::schema::{Name, Schema, Table};

/// Words of Mermaid's grammar that are no names of tables.
const WORDS: [&str; 16] = [
    "class",
    "classdef",
    "direction",
    "end",
    "erdiagram",
    "many",
    "one",
    "only",
    "optionally",
    "style",
    "subgraph",
    "title",
    "to",
    "u",
    "zero",
    "accdescr",
];

/// Mermaid draws no longer text where nobody tells it to, nor do GitHub and GitLab.
const MOST: usize = 50_000;

/// The columns that a diagram has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// All of them.
    All,
    /// Those of keys and references.
    Keys,
    /// None.
    Names,
}

/// Writes the diagram, without the fence around it, with as many columns as can be drawn; `None` where
/// there are too many tables.
pub(super) fn diagram(schema: &Schema) -> Option<(Shown, String)> {
    let shown = [Shown::All, Shown::Keys, Shown::Names];
    let mut diagrams = shown.iter().map(|shown| (*shown, with(schema, *shown)));
    diagrams.find(|it| it.1.encode_utf16().count() <= MOST)
}

fn with(schema: &Schema, shown: Shown) -> String {
    let ids = ids(schema);
    let mut out = String::from("erDiagram\n");
    for table in schema.tables.values() {
        let id = &ids[&table.name];
        if id.alias.is_empty() {
            let _ = writeln!(out, "    {} {{", id.id);
        } else {
            let _ = writeln!(out, "    {}[\"{}\"] {{", id.id, id.alias);
        }
        columns(&mut out, table, shown);
        out.push_str("    }\n");
    }
    for table in schema.tables.values() {
        for (_, key) in foreign_keys(table) {
            let Some(to) = ids.get(&key.table) else {
                continue;
            };
            let one = if optional(table, key) { "|o" } else { "||" };
            let many = if single(table, key) { "o|" } else { "o{" };
            let columns: Vec<String> = key.columns.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                out,
                "    {} {one}--{many} {} : \"{}\"",
                to.id,
                ids[&table.name].id,
                quoted(&columns.join(", "))
            );
        }
    }
    out
}

struct Id {
    id: String,
    alias: String,
}

/// Gives each table a name that Mermaid takes.
fn ids(schema: &Schema) -> BTreeMap<&Name, Id> {
    let taken: BTreeSet<String> = schema.tables.keys().map(ToString::to_string).collect();
    let mut next = 1;
    let mut ids = BTreeMap::new();
    for name in schema.tables.keys() {
        let text = name.to_string();
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        // What Mermaid's string takes, but for signs of HTML.
        let string = !text.is_empty()
            && !turns(&text)
            && !text.contains(|c: char| "\"%\\<>&#;".contains(c) || c.is_control());
        let (id, alias) = if plain && !WORDS.contains(&text.to_lowercase().as_str()) {
            (text, String::new())
        } else if string {
            (format!("\"{text}\""), String::new())
        } else {
            while taken.contains(&format!("table_{next}")) {
                next += 1;
            }
            next += 1;
            (format!("table_{}", next - 1), quoted(&text))
        };
        ids.insert(name, Id { id, alias });
    }
    ids
}

fn columns(out: &mut String, table: &Table, shown: Shown) {
    let key = table.primary_key();
    for column in &table.columns {
        let primary = key.is_some_and(|key| key.columns.contains(&column.name));
        let foreign = foreign_keys(table).any(|(_, key)| key.columns.contains(&column.name));
        let mark = match (primary, foreign) {
            (true, true) => " PK, FK",
            (true, false) => " PK",
            (false, true) => " FK",
            (false, false) => "",
        };
        match shown {
            Shown::Keys if mark.is_empty() => continue,
            Shown::Names => continue,
            Shown::All | Shown::Keys => {}
        }
        let (name, ty) = (word(column.name.as_str()), word(&column.ty.to_string()));
        // The name as it is, where it could not be written.
        let note = if name == column.name.as_str() {
            String::new()
        } else {
            format!(" \"{}\"", quoted(column.name.as_str()))
        };
        let _ = writeln!(out, "        {ty} {name}{mark}{note}");
    }
}

/// Makes a word of it that Mermaid takes for a column or a type.
fn word(text: &str) -> String {
    let plain = |c: char| {
        let wide = c >= '\u{c0}' && c.is_alphanumeric();
        if c.is_ascii_alphanumeric() || wide || "_[]()".contains(c) {
            c
        } else {
            '_'
        }
    };
    let word: String = text.chars().map(plain).collect();
    let starts = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let stem = word.split(['[', '(']).next().unwrap_or_default();
    let mark = ["pk", "fk", "uk"].contains(&stem.to_lowercase().as_str());
    if starts && !mark {
        word
    } else {
        format!("_{word}")
    }
}

/// Tells whether Mermaid takes a line with this in it, even within quotes, for `direction LR`.
fn turns(text: &str) -> bool {
    text.to_lowercase().contains("direction ")
}

/// Text within quotes: the signs that end them, or mean HTML, by their names.
fn quoted(text: &str) -> String {
    let turns = turns(text);
    let mut out = String::new();
    for c in text.chars() {
        match c {
            ' ' if turns => out.push_str("#32;"),
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            // It would end an entity, or a line.
            ';' => out.push_str("#59;"),
            // No string may have one.
            '\\' => out.push_str("#92;"),
            // Two of them begin a comment.
            '%' => out.push_str("#37;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
