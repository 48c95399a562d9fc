//! Pieces of SQL that somebody wrote into a schema: each stands within a statement, and ends there.

use super::{ConstraintKind, Ident, IndexPart, Name, Schema, Table, UserType};

impl Schema {
    /// Returns what is wrong with pieces of SQL in tables and types: what would end the statement that
    /// they stand in, or swallow the rest of it.
    pub(crate) fn broken_pieces(&self) -> Vec<(Name, String)> {
        let mut found = Vec::new();
        for (name, table) in &self.tables {
            let mut look = |what: String, sql: &str| found.extend(problem(name, &what, sql));
            of_table(table, &mut look);
        }
        for (name, ty) in &self.types {
            if let UserType::Domain(domain) = ty {
                for expr in domain.exprs() {
                    found.extend(problem(name, "an expression", expr.as_str()));
                }
            }
        }
        let hints = (self.hints.backfills.iter().map(|it| ("backfill", it)))
            .chain(self.hints.usings.iter().map(|it| ("using", it)));
        for (word, ((table, column), expr)) in hints {
            let what = format!("`{word}` of column `{column}`");
            found.extend(problem(table, &what, expr.as_str()));
        }
        for statistics in self.statistics.values() {
            for on in &statistics.on {
                found.extend(problem(
                    &statistics.table,
                    "an expression of statistics",
                    on.as_str(),
                ));
            }
        }
        let texts = texts(self).into_iter();
        let odd = texts.filter(|(_, _, text)| text.contains('\0'));
        found.extend(odd.map(|(name, what, text)| {
            let shown = text.escape_debug();
            (name.clone(), format!("{what} {NUL}: `{shown}`; correct it"))
        }));
        found
    }
}

fn of_table(table: &Table, look: &mut impl FnMut(String, &str)) {
    for column in &table.columns {
        for expr in column.exprs() {
            look(
                format!("an expression of column `{}`", column.name),
                expr.as_str(),
            );
        }
    }
    let called = |kind: &str, name: Option<&Ident>| match name {
        Some(name) => format!("{kind} `{name}`"),
        None => format!("a nameless {kind}"),
    };
    let part = |what: &str, part: &IndexPart, look: &mut dyn FnMut(String, &str)| {
        if let Some(opclass) = &part.opclass {
            look(format!("the operator class of {what}"), opclass);
        }
    };
    for constraint in &table.constraints {
        let what = called("constraint", constraint.name.as_ref());
        for expr in constraint.exprs() {
            look(format!("an expression of {what}"), expr.as_str());
        }
        if let ConstraintKind::Exclude(exclude) = &constraint.kind {
            for element in &exclude.elements {
                part(&what, &element.part, look);
                look(format!("an operator of {what}"), &element.operator);
            }
        }
    }
    for index in &table.indexes {
        let what = called("index", index.name.as_ref());
        for expr in index.exprs() {
            look(format!("an expression of {what}"), expr.as_str());
        }
        for it in &index.parts {
            part(&what, it, look);
        }
    }
    if let Some(by) = &table.partition_by {
        look("the partition key".into(), by.key.as_str());
    }
    if let Some(partition) = &table.partition_of {
        look("the bound".into(), &partition.bound);
    }
}

/// Why no text with this character reaches a database.
const NUL: &str = "has the character NUL, which ends a text for a database";

/// Names, comments and labels, each with what it is.
fn texts<'a>(schema: &'a Schema) -> Vec<(&'a Name, &'static str, &'a str)> {
    let mut texts = Vec::new();
    for (name, table) in &schema.tables {
        let mut add = |what, text: Option<&'a str>| {
            texts.extend(text.map(|text| (name, what, text)));
        };
        add("the name", Some(name.name.as_str()));
        add("the comment", table.comment.as_deref());
        for column in &table.columns {
            add("the name of a column", Some(column.name.as_str()));
            add("the comment on a column", column.comment.as_deref());
        }
        for constraint in &table.constraints {
            let name = constraint.name.as_ref();
            add("the name of a constraint", name.map(Ident::as_str));
            add("the comment on a constraint", constraint.comment.as_deref());
        }
        for index in &table.indexes {
            add(
                "the name of an index",
                index.name.as_ref().map(Ident::as_str),
            );
            add("the comment on an index", index.comment.as_deref());
        }
    }
    for (name, ty) in &schema.types {
        texts.push((name, "the name", name.name.as_str()));
        if let UserType::Enum(ty) = ty {
            let labels = ty.labels.iter();
            texts.extend(labels.map(|label| (name, "a label", label.as_str())));
        }
    }
    texts
}

fn problem(of: &Name, what: &str, sql: &str) -> Option<(Name, String)> {
    let reason = broken(sql)?;
    Some((
        of.clone(),
        format!(
            "{what} {reason}: `{}`; correct it",
            sql.replace('\0', "\\0")
        ),
    ))
}

/// Tells why a piece of SQL cannot stand within a statement, if it cannot.
///
/// Quotes, dollar quotes, `E''` and comments are those of PostgreSQL; SQLite has no others that could
/// hide a `;`.
fn broken(sql: &str) -> Option<&'static str> {
    if sql.contains('\0') {
        return Some(NUL);
    }
    let mut open = 0_u32;
    let mut at = 0;
    let mut word = false;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        at += match first {
            '\'' => match quoted(rest, '\'', is_prefixed(&sql[..at])) {
                Some(length) => length,
                None => return Some("leaves a quote open"),
            },
            '"' => match quoted(rest, '"', false) {
                Some(length) => length,
                None => return Some("leaves a quote open"),
            },
            '$' if !word => match dollar_quoted(rest) {
                Some(length) => length,
                None => return Some("leaves a quote open"),
            },
            '-' if rest.starts_with("--") => match rest.find('\n') {
                Some(length) => length,
                None => return Some("ends in a comment"),
            },
            '/' if rest.starts_with("/*") => match commented(rest) {
                Some(length) => length,
                None => return Some("leaves a comment open"),
            },
            ';' => return Some("is more than one: it has a `;`"),
            '(' => {
                open += 1;
                1
            }
            ')' if open == 0 => return Some("closes a parenthesis that it has not opened"),
            ')' => {
                open -= 1;
                1
            }
            other => other.len_utf8(),
        };
        word = first.is_alphanumeric() || matches!(first, '_' | '$');
    }
    (open > 0).then_some("leaves a parenthesis open")
}

/// Tells whether what stands before a quote is the word `E`: backslashes escape in it.
fn is_prefixed(before: &str) -> bool {
    before.strip_suffix(['e', 'E']).is_some_and(|before| {
        !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'))
    })
}

/// Returns how long a text in quotes is with them. A doubled quote begins another one beside it.
fn quoted(text: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if escapes && c == '\\' {
            escaped = true;
        } else if c == quote {
            return Some(at + 1);
        }
    }
    None
}

/// The same of `$tag$..$tag$`. Alone, a `$` is what a parameter begins with.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag = |c: char| c.is_alphanumeric() || c == '_';
    let name = text[1..]
        .find(|c: char| !tag(c))
        .map_or(text.len(), |it| it + 1);
    let is_tag =
        text[name..].starts_with('$') && !text[1..].starts_with(|c: char| c.is_ascii_digit());
    if !is_tag {
        return Some(1);
    }
    let tag = &text[..=name];
    let end = text[tag.len()..].find(tag)?;
    Some(end + 2 * tag.len())
}

/// The same of a comment, in which others may stand.
fn commented(text: &str) -> Option<usize> {
    let (mut deep, mut at) = (0_u32, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            deep += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            deep -= 1;
            at += 2;
            if deep == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::broken;

    #[test]
    fn an_expression_is_whole() {
        let whole = [
            "1",
            "a > 0 AND (b IS NULL OR c = ';')",
            "E'it\\'s;' || \"a;b\"",
            "name'it''s; (' || $$;($$ || $a$;$$$a$",
            "now() -- ;\n",
            "1 /* ; /* ( */ */ + 2",
            "a$1 || '\\'",
            "data->>'x' = '(' AND x ?| ARRAY['a;']",
        ];
        for sql in whole {
            assert_eq!(broken(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_ends_a_statement_is_told() {
        let broken_ones = [
            ("1; drop table x", "is more than one: it has a `;`"),
            ("(1; 2)", "is more than one: it has a `;`"),
            ("E'\\\\'; 1", "is more than one: it has a `;`"),
            ("'\\'; 1", "is more than one: it has a `;`"),
            ("name'\\'; 1 --'", "is more than one: it has a `;`"),
            ("a$$;$$", "is more than one: it has a `;`"),
            (
                "true), add (x int",
                "closes a parenthesis that it has not opened",
            ),
            ("(1", "leaves a parenthesis open"),
            ("'a", "leaves a quote open"),
            ("$a$;$$", "leaves a quote open"),
            ("1 -- and", "ends in a comment"),
            ("1 /* and", "leaves a comment open"),
        ];
        for (sql, reason) in broken_ones {
            assert_eq!(broken(sql), Some(reason), "{sql}");
        }
    }
}
