//! What an expression mentions, by its words: columns, functions, types, labels; and what it is when
//! one of them is renamed.

use std::collections::BTreeSet;

use crate::schema::{
    ConstraintKind, Expr, Ident, IndexKey, Name, Quoted, Schema, Table, UserType, quote_literal,
};

/// Returns the words of an expression outside string literals: `(start, end, name)`, unquoted.
fn words(sql: &str) -> Vec<(usize, usize, String)> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'\'' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'\'' {
                    at += 1;
                }
                at += 1;
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && (bytes[at] != b'"' || bytes.get(at + 1) == Some(&b'"')) {
                    at += if bytes[at] == b'"' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                let inner = sql.get(start + 1..at.saturating_sub(1)).unwrap_or_default();
                found.push((start, at, inner.replace("\"\"", "\"")));
            }
            c if c.is_ascii_alphanumeric() || c == b'_' || c >= 0x80 => {
                while at < bytes.len()
                    && (bytes[at].is_ascii_alphanumeric()
                        || matches!(bytes[at], b'_' | b'$')
                        || bytes[at] >= 0x80)
                {
                    at += 1;
                }
                found.push((start, at, sql[start..at].to_owned()));
            }
            _ => at += 1,
        }
    }
    found
}

/// Tells whether an expression that a server printed calls a function.
pub fn calls(expr: &Expr, function: &Name) -> bool {
    let sql = expr.sql();
    let mut found = names_at(sql).into_iter();
    found.any(|(name, after)| name == *function && sql[after..].starts_with('('))
}

/// Tells whether an expression that a server printed says one of some types: in a cast, or as the
/// function that makes a range.
pub(crate) fn says_type(expr: &Expr, types: &BTreeSet<Name>) -> bool {
    !types.is_empty() && qualified(expr).iter().any(|name| types.contains(name))
}

/// Returns the names in schemas that an expression says.
pub(crate) fn qualified(expr: &Expr) -> Vec<Name> {
    let found = names_at(expr.sql()).into_iter();
    found.map(|(name, _)| name).collect()
}

/// Returns the names in schemas that SQL says, and where each ends.
fn names_at(sql: &str) -> Vec<(Name, usize)> {
    let words = words(sql);
    let pairs = words.windows(2).filter_map(|pair| {
        let [(_, end, schema), (start, after, name)] = pair else {
            return None;
        };
        let qualified = sql[*end..*start] == *".";
        qualified.then(|| (Name::new(schema.as_str(), name.as_str()), *after))
    });
    pairs.collect()
}

/// Tells whether the text of a function, in whatever language, seems to call another one.
pub(crate) fn named_in(text: &str, function: &Name) -> bool {
    let name = function.name.as_str();
    // Without quotes a name is written in any case.
    let folded = name.chars().all(|c| !c.is_uppercase());
    let text = if folded { &text.to_lowercase() } else { text };
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    text.match_indices(name).any(|(at, _)| {
        let after = text[at + name.len()..].trim_start_matches('"');
        !text[..at].ends_with(part) && after.trim_start().starts_with('(')
    })
}

/// Tells whether an expression mentions a column, as a word outside string literals.
pub fn mentions(expr: &Expr, column: &Ident) -> bool {
    words(expr.as_str())
        .iter()
        .any(|(_, _, word)| word == column.as_str() || word.to_lowercase() == column.as_str())
}

/// Returns the column of an expression that says no more than which texts it may have, and those:
/// `c IN ('a', 'b')`, and of an array `c <@ ARRAY['a', 'b']`.
pub(crate) fn listed(expr: &Expr) -> Option<(Ident, BTreeSet<String>)> {
    const WORDS: [&str; 8] = [
        "in",
        "any",
        "array",
        "text",
        "varchar",
        "character",
        "varying",
        "bpchar",
    ];
    let mut texts = BTreeSet::new();
    let mut around = String::new();
    let mut rest = expr.as_str();
    while let Some((before, from)) = rest.split_once('\'') {
        around.push_str(before);
        around.push(',');
        let (text, after) = closed(from)?;
        match is_of_an_array(after) {
            true => texts.extend(elements(&text)?),
            false => {
                texts.insert(text);
            }
        }
        rest = after;
    }
    around.push_str(rest);
    let around = around.replacen("<@", "=", 1);
    let words = words(&around);
    let (column, others) = words.split_first()?;
    let plain = others
        .iter()
        .all(|(_, _, word)| WORDS.contains(&word.to_lowercase().as_str()));
    let mut marks = String::new();
    let mut last = 0;
    for (start, end, _) in &words {
        marks.push_str(&around[last..*start]);
        last = *end;
    }
    marks.push_str(&around[last..]);
    let plain = plain && marks.chars().all(|mark| " \n\t()[],=:".contains(mark));
    (plain && !texts.is_empty()).then(|| (Ident::new(&*column.2), texts))
}

/// Tells whether a literal is that of an array, by the cast that follows it: `::text[]`.
fn is_of_an_array(after: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ');
    let cast = after.strip_prefix("::");
    cast.is_some_and(|cast| cast.trim_start_matches(name).starts_with("[]"))
}

/// Returns the texts of an array literal, `{a,"b c"}`; none where it has others within, or no value.
fn elements(literal: &str) -> Option<BTreeSet<String>> {
    let mut rest = literal.strip_prefix('{')?.strip_suffix('}')?;
    let mut texts = BTreeSet::new();
    while !rest.is_empty() {
        let after = if let Some(quoted) = rest.strip_prefix('"') {
            let mut text = String::new();
            let mut signs = quoted.chars();
            loop {
                match signs.next()? {
                    '"' => break,
                    '\\' => text.push(signs.next()?),
                    sign => text.push(sign),
                }
            }
            texts.insert(text);
            signs.as_str()
        } else {
            let (text, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            if text.contains(['{', '}', '"', '\\']) || text.eq_ignore_ascii_case("null") {
                return None;
            }
            texts.insert(text.trim().to_owned());
            after
        };
        rest = match after {
            "" => after,
            more => more.strip_prefix(',')?,
        };
    }
    Some(texts)
}

/// Splits a string literal, whose quote is open, from what follows it.
fn closed(from: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = from;
    loop {
        let (piece, after) = rest.split_once('\'')?;
        text.push_str(piece);
        let Some(more) = after.strip_prefix('\'') else {
            return Some((text, after));
        };
        text.push('\'');
        rest = more;
    }
}

pub(crate) fn mention_renamed(expr: &Expr, from: &Ident, to: &Ident) -> Expr {
    rewritten(expr, &|sql| {
        let mut out = String::new();
        let mut last = 0;
        for (start, end, word) in words(sql) {
            // A function, a type, and what stands in a schema are no columns.
            let calls = sql[end..].starts_with(['(', '.']);
            let within = sql[..start].ends_with(['.', ':']);
            if word == from.as_str() && !calls && !within {
                out.push_str(&sql[last..start]);
                out.push_str(&Quoted(to).to_string());
                last = end;
            }
        }
        out.push_str(&sql[last..]);
        out
    })
}

/// Returns the same expression in other words.
fn rewritten(expr: &Expr, rewrite: &dyn Fn(&str) -> String) -> Expr {
    let text = rewrite(expr.as_str());
    if expr.is_printed() {
        Expr::printed(rewrite(expr.sql())).normalized(text)
    } else {
        Expr::new(text)
    }
}

/// Casts to a type follow it to its new name.
pub(super) fn rename_type(schema: &mut Schema, from: &Name, to: &Name) {
    let rename = |sql: &str| {
        let mut out = String::new();
        let mut last = 0;
        for pair in words(sql).windows(2) {
            let [(start, middle, first), (next, end, second)] = pair else {
                continue;
            };
            let whole = first == from.schema.as_ref().map_or("", Ident::as_str)
                && second == from.name.as_str()
                && sql.get(*middle..*next) == Some(".");
            if whole && sql[..*start].ends_with("::") {
                out.push_str(&sql[last..*start]);
                out.push_str(&Quoted(to).to_string());
                last = *end;
            }
        }
        out.push_str(&sql[last..]);
        out
    };
    each(schema, &|expr| rewritten(expr, &rename));
}

/// Gives a sequence another name wherever an expression takes numbers from it.
pub(super) fn rename_sequence(schema: &mut Schema, from: &Name, to: &Name) {
    let literal = |name: &Name| quote_literal(&Quoted(name).to_string());
    let (from, to) = (literal(from), literal(to));
    let rename = |sql: &str| sql.replace(&from, &to);
    each(schema, &|expr| rewritten(expr, &rename));
}

/// Values of an enum follow it to their new label.
pub(super) fn rename_label(schema: &mut Schema, ty: &Name, from: &str, to: &str) {
    let cast = format!("::{}", Quoted(ty));
    each(schema, &|expr| {
        let literals = literals(expr.sql());
        let renamed: Vec<Option<String>> = literals
            .iter()
            .map(|(start, end)| {
                let after = expr.sql()[*end..].strip_prefix(&cast)?;
                // Not a type whose name only begins so.
                if after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$')) {
                    return None;
                }
                let value = &expr.sql()[*start..*end];
                let array = after.starts_with("[]");
                relabelled(value, array, from, to).filter(|new| new != value)
            })
            .collect();
        let replace = |sql: &str, places: &[(usize, usize)]| {
            let mut out = String::new();
            let mut last = 0;
            for ((start, end), new) in places.iter().zip(&renamed) {
                if let Some(new) = new {
                    out.push_str(&sql[last..*start]);
                    out.push_str(new);
                    last = *end;
                }
            }
            out.push_str(&sql[last..]);
            out
        };
        if renamed.iter().all(Option::is_none) {
            return expr.clone();
        }
        let printed = replace(expr.sql(), &literals);
        if !expr.is_printed() {
            return Expr::new(printed);
        }
        // What it is compared by may have no casts, but has the same values.
        let places = self::literals(expr.as_str());
        let text = match places.len() == literals.len() {
            true => replace(expr.as_str(), &places),
            false => printed.clone(),
        };
        Expr::printed(printed).normalized(text)
    });
}

/// Returns a literal of an enum, or of an array of it, with a label that has another name.
fn relabelled(literal: &str, array: bool, from: &str, to: &str) -> Option<String> {
    if !array {
        return (literal == quote_literal(from)).then(|| quote_literal(to));
    }
    let elements = literal.strip_prefix("'{")?.strip_suffix("}'")?;
    if elements.contains(['"', '{', '\\']) || from.contains([',', '\'']) {
        return None;
    }
    let simple = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if !to.chars().all(simple) {
        return None;
    }
    let elements = elements
        .split(',')
        .map(|it| if it == from { to } else { it });
    Some(format!("'{{{}}}'", elements.collect::<Vec<_>>().join(",")))
}

/// Returns where the string literals of an expression are.
fn literals(sql: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    for (at, c) in sql.char_indices() {
        match open {
            None if matches!(c, '\'' | '"') => open = Some((c, at)),
            Some((quote, start)) if c == quote => {
                open = None;
                if quote == '\'' {
                    // A quote within is written twice: the two parts are one.
                    match found.last_mut() {
                        Some((_, end)) if *end == start => *end = at + 1,
                        Some(_) | None => found.push((start, at + 1)),
                    }
                }
            }
            None | Some(_) => {}
        }
    }
    found
}

/// Rewrites every expression of the tables and domains of a schema.
fn each(schema: &mut Schema, rewrite: &dyn Fn(&Expr) -> Expr) {
    for table in schema.tables.values_mut() {
        table.update(|table| {
            for expr in expressions(table) {
                *expr = rewrite(expr);
            }
        });
    }
    for ty in schema.types.values_mut() {
        if let UserType::Domain(domain) = ty {
            let checks = domain.checks.iter_mut().map(|check| &mut check.expr);
            for expr in domain.default.iter_mut().chain(checks) {
                *expr = rewrite(expr);
            }
        }
    }
}

fn expressions(table: &mut Table) -> Vec<&mut Expr> {
    let mut found: Vec<&mut Expr> = Vec::new();
    for column in &mut table.columns {
        found.extend(&mut column.default);
        found.extend(column.generated.as_mut().map(|it| &mut it.expr));
    }
    let mut parts = Vec::new();
    for constraint in &mut table.constraints {
        match &mut constraint.kind {
            ConstraintKind::Check { expr, .. } => found.push(expr),
            ConstraintKind::Exclude(exclude) => {
                found.extend(&mut exclude.predicate);
                parts.extend(exclude.elements.iter_mut().map(|it| &mut it.part));
            }
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey(_) => {}
        }
    }
    for index in &mut table.indexes {
        found.extend(&mut index.predicate);
        parts.extend(&mut index.parts);
    }
    for part in parts {
        if let IndexKey::Expr(expr) = &mut part.key {
            found.push(expr);
        }
    }
    found
}

pub(super) fn rename_part(key: &mut IndexKey, from: &Ident, to: &Ident) {
    match key {
        IndexKey::Column(column) if column == from => *column = to.clone(),
        IndexKey::Column(_) => {}
        IndexKey::Expr(expr) => *expr = mention_renamed(expr, from, to),
    }
}
