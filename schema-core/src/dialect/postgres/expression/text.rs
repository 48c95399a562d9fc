//! Takes care of expressions that stay text: the parentheses and casts around them.

use crate::schema::Expr;

/// Takes away the parentheses around the whole of an expression.
pub fn strip_parens(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let mut depth = 0_i32;
        let mut quote = None;
        for c in inner.chars() {
            match (quote, c) {
                (Some(open), c) if open == c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, _) => {}
            }
            if depth < 0 {
                return text;
            }
        }
        if depth != 0 || quote.is_some() {
            return text;
        }
        text = inner.trim();
    }
    text
}

/// Returns what stands after `DEFAULT`: operators that are words need parentheses there.
pub fn as_default(default: &Expr) -> String {
    let sql = default.sql();
    let operators = [
        "all", "and", "any", "at", "between", "collate", "ilike", "in", "is", "isnull", "like",
        "not", "notnull", "or", "overlaps", "similar", "some",
    ];
    let mut outside = String::new();
    let (mut depth, mut quote) = (0_i32, None);
    for c in sql.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, c) if depth == 0 => outside.push(c),
            (None, _) => {}
        }
    }
    let mut words = outside.split(|c: char| !c.is_alphanumeric() && c != '_');
    if words.any(|word| operators.contains(&word.to_lowercase().as_str())) {
        format!("({sql})")
    } else {
        sql.to_owned()
    }
}

/// Holds a cast around an array in its place: read again, the server would move it to the elements.
///
/// `v IN ('x', 'y')` of a `varchar` column is printed as `ANY ((ARRAY[..])::text[])`; without the
/// cast the same text comes back. `n = ANY (ARRAY[1, 2])` of a `numeric` column is printed as
/// `ANY ((ARRAY[1, 2])::numeric[])`; where the array is said to be of its own type first, that
/// comes back.
pub fn stable(printed: &str) -> String {
    let mut out = String::with_capacity(printed.len());
    let mut rest = printed;
    while let Some((before, array)) = rest.split_once(" ((ARRAY[") {
        out.push_str(before);
        let quantified = before.ends_with(" ANY") || before.ends_with(" ALL");
        let Some(end) = array_end(array).filter(|_| quantified) else {
            out.push_str(" ((ARRAY[");
            rest = array;
            continue;
        };
        let (items, after) = array.split_at(end);
        rest = match (after.strip_prefix("])::text[])"), own_type(items)) {
            (Some(after), _) => {
                out.push_str(&format!(" (ARRAY[{items}])"));
                after
            }
            (None, Some(own)) if after.starts_with("])::") => {
                out.push_str(&format!(" ((ARRAY[{items}]::{own}[])"));
                &after[2..]
            }
            (None, Some(_) | None) => {
                out.push_str(&format!(" ((ARRAY[{items}"));
                after
            }
        };
    }
    out.push_str(rest);
    out
}

/// Returns the type that all elements of a printed array have: `1, 2` or `(1)::bigint`.
fn own_type(items: &str) -> Option<&str> {
    let mut types = items.split(", ").map(|item| match item.rsplit_once("::") {
        Some((_, name)) => {
            Some(name).filter(|it| it.chars().all(|c| c.is_ascii_lowercase() || c == ' '))
        }
        None if item.parse::<i32>().is_ok() => Some("integer"),
        None if item.parse::<i64>().is_ok() => Some("bigint"),
        None => item.parse::<f64>().ok().map(|_| "numeric"),
    });
    let first = types.next()??;
    types.all(|it| it == Some(first)).then_some(first)
}

/// Returns where the bracket that encloses `text` is closed.
fn array_end(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_i32, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}
