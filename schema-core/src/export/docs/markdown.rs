//! A schema as one Markdown file, with a diagram of its tables; and the list of tables alone.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::mermaid::{self, Shown};
use super::words::{self, Piece, Words};
use super::{foreign_keys, incoming};
use crate::schema::{Name, Schema, Table};
use crate::wording::visible;

/// Writes a schema as Markdown, with a Mermaid entity-relationship diagram.
pub fn markdown(schema: &Schema) -> String {
    let links = Links::new(schema);
    let mut out = String::from(
        "# Database schema\n\nWritten by `sync docs`; `sync docs --check` fails when it is stale.\n\n",
    );
    if schema.tables.is_empty() {
        out.push_str("There is no table.\n");
    } else {
        out.push_str("| table | columns | about |\n| --- | --- | --- |\n");
    }
    for table in schema.tables.values() {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            links.to(&table.name),
            table.columns.len(),
            about(table)
        );
    }
    if !schema.tables.is_empty() {
        out.push_str("\n## Diagram\n\n");
        let diagram = mermaid::diagram(schema);
        out.push_str(match diagram.as_ref().map(|it| it.0) {
            Some(Shown::All) => "",
            Some(Shown::Keys) => "With the columns of keys and references: Mermaid does not draw more.\n\n",
            Some(Shown::Names) => "Without columns: Mermaid does not draw more.\n\n",
            None => "There are more tables than Mermaid draws: `sync docs --format html` has a diagram.\n",
        });
        if let Some((_, diagram)) = diagram {
            let _ = write!(out, "```mermaid\n{diagram}```\n");
        }
    }
    let incoming = incoming(schema);
    for table in schema.tables.values() {
        table_text(&mut out, table, &links);
        let from = incoming.get(&table.name).map_or(&[][..], Vec::as_slice);
        if !from.is_empty() {
            out.push_str("\nReferenced by:\n\n");
        }
        for it in from {
            let _ = writeln!(out, "- {}", links.line(&words::incoming(it.table, it.key)));
        }
    }
    types(&mut out, schema, &links);
    visible(&out).into_owned()
}

/// Writes the list of tables: what each is for, its columns, and what it references.
pub fn table_list(schema: &Schema) -> String {
    if schema.tables.is_empty() {
        return "There is no table.\n".into();
    }
    let mut out =
        String::from("| table | columns | references | about |\n| --- | --- | --- | --- |\n");
    for table in schema.tables.values() {
        let mut to: Vec<String> = Vec::new();
        for (_, key) in foreign_keys(table) {
            let name = code(&key.table.to_string());
            if !to.contains(&name) {
                to.push(name);
            }
        }
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            code(&table.name.to_string()),
            table.columns.len(),
            to.join(", "),
            about(table)
        );
    }
    visible(&out).into_owned()
}

/// The first line of a table's comment.
fn about(table: &Table) -> String {
    let comment = table.comment.as_deref().unwrap_or_default();
    escape(comment.lines().next().unwrap_or_default())
}

/// Where the heading of each table is.
struct Links<'a>(BTreeMap<&'a Name, String>);

impl<'a> Links<'a> {
    /// Makes the anchors that GitHub makes of headings, in their order.
    fn new(schema: &'a Schema) -> Self {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut anchor = |heading: &str| {
            let heading = heading.to_lowercase();
            let kept = heading.chars();
            let kept = kept.filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            let slug: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
            let count = seen.entry(slug.clone()).or_default();
            *count += 1;
            match *count {
                1 => slug,
                more => format!("{slug}-{}", more - 1),
            }
        };
        anchor("Database schema");
        anchor("Diagram");
        let names = schema.tables.keys();
        Self(
            names
                .map(|name| (name, anchor(&name.to_string())))
                .collect(),
        )
    }

    /// Links to a table, if it is one of these.
    fn to(&self, name: &Name) -> String {
        let text = escape(&name.to_string());
        match self.0.get(name) {
            Some(anchor) => format!("[{text}](#{anchor})"),
            None => text,
        }
    }

    fn line(&self, words: &Words) -> String {
        let pieces = words.0.iter().map(|piece| match piece {
            Piece::Text(text) => escape(text),
            Piece::Code(text) => code(text),
            Piece::Table(name) => self.to(name),
        });
        pieces.collect()
    }
}

fn table_text(out: &mut String, table: &Table, links: &Links<'_>) {
    let _ = writeln!(out, "\n## {}\n", escape(&table.name.to_string()));
    if let Some(comment) = &table.comment {
        let _ = writeln!(out, "{}\n", prose(comment));
    }
    out.push_str("| column | type | null | default | about |\n| --- | --- | --- | --- | --- |\n");
    for column in &table.columns {
        let comment = column.comment.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {}{} | {} | {} | {} |",
            code(column.name.as_str()),
            escape(&column.ty.to_string()),
            links.line(&words::type_note(column)),
            if column.nullable { "yes" } else { "no" },
            links.line(&words::default(column)),
            escape(comment),
        );
    }
    let constraints = table.constraints.iter();
    let constraints = constraints.map(|it| (&it.name, words::constraint(it), &it.comment));
    list(out, links, constraints);
    let indexes = table.indexes.iter();
    let indexes = indexes.map(|it| (&it.name, words::index(it), &it.comment));
    list(out, links, indexes);
    let facts = words::table(table);
    list(out, links, facts.into_iter().map(|it| (&None, it, &None)));
}

fn list<'a>(
    out: &mut String,
    links: &Links<'_>,
    items: impl Iterator<Item = (&'a Option<crate::schema::Ident>, Words, &'a Option<String>)>,
) {
    for (at, (name, words, comment)) in items.enumerate() {
        if at == 0 {
            out.push('\n');
        }
        let name = name
            .as_ref()
            .map(|name| format!("{}: ", code(name.as_str())));
        let comment = comment.as_ref().map(|it| format!(" · {}", escape(it)));
        let _ = writeln!(
            out,
            "- {}{}{}",
            name.unwrap_or_default(),
            links.line(&words),
            comment.unwrap_or_default()
        );
    }
}

fn types(out: &mut String, schema: &Schema, links: &Links<'_>) {
    if schema.types.is_empty() {
        return;
    }
    out.push_str("\n## Types\n\n");
    for (name, ty) in &schema.types {
        let comment = ty.comment().map(|it| format!(" · {}", escape(it)));
        let _ = writeln!(
            out,
            "- {}: {}{}",
            code(&name.to_string()),
            links.line(&words::user_type(ty)),
            comment.unwrap_or_default()
        );
    }
}

/// A comment of several lines: paragraphs and lists stay, HTML and headings do not.
fn prose(text: &str) -> String {
    let lines = text.trim().lines().map(|line| {
        let line = line.replace('<', "&lt;");
        if line.trim_start().starts_with(['#', '|']) || line.trim_start().starts_with("```") {
            format!("\\{}", line.trim_start())
        } else {
            line.trim_end().to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Text that means nothing else in Markdown, on one line, also within a table.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // Within a word it is itself.
        let inner = before.is_alphanumeric() && chars.peek().is_some_and(|c| c.is_alphanumeric());
        match c {
            '\n' | '\r' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '|' | '*' | '`' | '\\' | '[' | ']' | '#' | '~' => out.extend(['\\', c]),
            '_' if !inner => out.extend(['\\', c]),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Text as code, on one line, also within a table.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    let edge = text.starts_with('`') || text.ends_with('`') || text.is_empty();
    let blank = if edge { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}
