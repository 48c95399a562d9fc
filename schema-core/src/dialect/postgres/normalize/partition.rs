//! Normalizes the key of a partitioned table, and the bounds of its partitions.

use std::collections::BTreeMap;

use super::parts::Parts;
use crate::schema::{DataType, Expr, Ident, Name, PartitionBy, Quoted, Schema};

/// Returns the type of the only column of each partition key.
pub(super) fn partition_keys(schema: &Schema) -> BTreeMap<Name, DataType> {
    let mut keys = BTreeMap::new();
    for table in schema.tables.values() {
        let Some(partition_by) = &table.partition_by else {
            continue;
        };
        let column = Ident::new(partition_by.key.sql().trim().trim_matches('"'));
        if let Some(column) = table.column(&column) {
            keys.insert(table.name.clone(), column.ty.clone());
        }
    }
    keys
}

/// Reads a key as a server prints it, `RANGE (lower(name), (a + b))`: how the rows are spread, and by
/// what.
pub fn printed_key(printed: &str) -> Option<(String, Expr)> {
    let (strategy, key) = printed.split_once(' ')?;
    let key = key.strip_prefix('(')?.strip_suffix(')')?;
    // The server leaves out the parentheses as if it were a call, and does not read it so.
    let parts = split(key).into_iter();
    let parts = parts.map(|part| match part.ends_with(" IS DOCUMENT") {
        true => format!("({part})"),
        false => part.to_owned(),
    });
    let parts: Vec<String> = parts.collect();
    Some((strategy.to_lowercase(), Expr::printed(parts.join(", "))))
}

impl Parts<'_> {
    pub(super) fn partition_by(&self, partition_by: &mut PartitionBy) {
        partition_by.strategy = partition_by.strategy.to_lowercase();
        let parts: Vec<String> = split(partition_by.key.sql())
            .into_iter()
            .map(|part| {
                // With a collation or operator class it is no expression.
                let bare = self.columns.keys().find(|name| {
                    name.as_str() == part || Quoted(name.as_str()).to_string() == part
                });
                match bare {
                    Some(name) => Quoted(name.as_str()).to_string(),
                    None if part.ends_with(')') => {
                        let folded = self.fold(&Expr::new(part), None).to_string();
                        // Only a call may stand there without parentheses.
                        if part.starts_with('(') {
                            format!("({folded})")
                        } else {
                            folded
                        }
                    }
                    None => part.to_owned(),
                }
            })
            .collect();
        partition_by.columns = (parts.iter())
            .filter_map(|part| {
                let word = part.split(' ').next()?.trim_matches('"');
                self.columns.contains_key(word).then(|| Ident::from(word))
            })
            .collect();
        partition_by.key = partition_by.key.normalized(parts.join(", "));
    }
}

/// Splits at the commas that stand in no parentheses and no quotes.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// Writes a partition bound with single blanks, keywords in capitals, and days as points in time
/// where the key is one.
pub(super) fn bound(text: &str, key: Option<&DataType>) -> String {
    let midnight = match key.map(|ty| ty.name.as_str()) {
        Some("timestamp with time zone") => " 00:00:00+00",
        Some("timestamp without time zone") => " 00:00:00",
        Some(_) | None => "",
    };
    let mut out = String::new();
    for (n, part) in text.split('\'').enumerate() {
        if n % 2 == 1 {
            let day = part.len() == 10 && part.chars().all(|c| c.is_ascii_digit() || c == '-');
            out.push_str(&format!("'{part}{}'", if day { midnight } else { "" }));
            continue;
        }
        let upper = part.to_uppercase();
        let upper = upper.replace('(', " (").replace(',', ", ");
        let words: Vec<&str> = upper.split_whitespace().collect();
        let words = words
            .join(" ")
            .replace("( ", "(")
            .replace(" )", ")")
            .replace(" ,", ",");
        // The blank before a quote is lost with the words.
        if !out.is_empty() && words.starts_with(|c: char| c.is_alphabetic()) {
            out.push(' ');
        }
        out.push_str(&words);
        if words.ends_with(',') {
            out.push(' ');
        }
    }
    let out = out.trim();
    // `HASH` bounds keep the words of their numbers small.
    out.replace("MODULUS", "modulus")
        .replace("REMAINDER", "remainder")
}
