//! Makes both sides spell the same thing alike.

use crate::schema::{DataType, Ident, Name, SequenceOptions};

/// Takes away the parentheses around the whole of an expression.
pub fn strip_parens(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
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

/// Returns the name that the server makes of a table, a column and a label: at most 63 bytes,
/// the longer of the two first parts cut first.
pub fn object_name(table: &str, column: &str, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(!column.is_empty());
    let available = 63_usize.saturating_sub(overhead);
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > available {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let first = clip(table, first);
    let second = clip(column, second);
    if column.is_empty() {
        format!("{first}_{label}")
    } else {
        format!("{first}_{second}_{label}")
    }
}

/// Cuts a text to so many bytes, never within a character.
fn clip(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    &text[..end]
}

/// Returns the name that the server gives to the sequence of a column.
pub fn sequence_name(table: &Name, column: &Ident) -> Name {
    table.sibling(object_name(table.name.as_str(), column.as_str(), "seq"))
}

/// Returns the options of a sequence without those that are the defaults of its type.
pub fn sequence_options(options: &SequenceOptions, ty: &DataType) -> SequenceOptions {
    let (least, most) = match ty.name.as_str() {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let up = options.increment.unwrap_or(1) > 0;
    let (min, max) = if up { (1, most) } else { (least, -1) };
    let start = if up {
        options.min.unwrap_or(min)
    } else {
        options.max.unwrap_or(max)
    };
    let unless = |value: Option<i64>, default: i64| value.filter(|value| *value != default);
    SequenceOptions {
        start: unless(options.start, start),
        increment: unless(options.increment, 1),
        min: unless(options.min, min),
        max: unless(options.max, max),
        cache: unless(options.cache, 1),
        cycle: options.cycle,
    }
}
