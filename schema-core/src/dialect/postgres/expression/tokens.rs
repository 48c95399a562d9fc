//! Reads the text of an expression as tokens.

use crate::schema::{Quoted, quote_literal};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word outside quotes, in lower case.
    Word(String),
    Quoted(String),
    Text(String),
    Bits(String),
    Number(String),
    /// An operator or a mark.
    Mark(String),
}

impl Token {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Word(word) | Self::Number(word) | Self::Mark(word) => word.clone(),
            Self::Quoted(name) => Quoted(name.as_str()).to_string(),
            Self::Text(text) => quote_literal(text),
            Self::Bits(text) => format!("B{}", quote_literal(text)),
        }
    }
}

/// Returns the tokens; nothing when a quote is not closed or a comment stands there.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let (token, length) = match c {
            '\'' => {
                let (text, length) = until_quote(rest, '\'', false)?;
                (Token::Text(text), length)
            }
            '"' => {
                let (name, length) = until_quote(rest, '"', false)?;
                (Token::Quoted(name), length)
            }
            'e' | 'E' if rest[1..].starts_with('\'') => {
                let (text, length) = until_quote(&rest[1..], '\'', true)?;
                (Token::Text(text), length + 1)
            }
            'b' | 'B' if rest[1..].starts_with('\'') => {
                let (text, length) = until_quote(&rest[1..], '\'', false)?;
                (Token::Bits(text), length + 1)
            }
            '$' => {
                let tag = &rest[..rest[1..].find('$')? + 2];
                let end = rest[tag.len()..].find(tag)?;
                let text = &rest[tag.len()..tag.len() + end];
                (Token::Text(text.into()), end + 2 * tag.len())
            }
            c if c.is_ascii_digit() || c == '.' && next_is_digit(rest) => {
                let length = number_length(rest);
                (Token::Number(number(&rest[..length])), length)
            }
            c if c.is_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
                let end = end.unwrap_or(rest.len());
                (Token::Word(rest[..end].to_lowercase()), end)
            }
            '(' | ')' | '[' | ']' | ',' | '.' => (Token::Mark(c.into()), 1),
            ':' => {
                let length = if rest.starts_with("::") { 2 } else { 1 };
                (Token::Mark(rest[..length].into()), length)
            }
            _ if OPERATOR.contains(c) => {
                let mut end = rest.find(|c| !OPERATOR.contains(c)).unwrap_or(rest.len());
                if rest[..end].contains("--") || rest[..end].contains("/*") {
                    return None;
                }
                // As the server reads it: `a=-1` is `=` and `-`, unless the operator has a
                // character that no operator of SQL has.
                while end > 1
                    && rest[..end].ends_with(['+', '-'])
                    && !rest[..end].contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?'])
                {
                    end -= 1;
                }
                let operator = match &rest[..end] {
                    "!=" => "<>",
                    other => other,
                };
                (Token::Mark(operator.into()), end)
            }
            _ => return None,
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

pub(super) const OPERATOR: &str = "+-*/<>=~!@#%^&|`?";

fn next_is_digit(text: &str) -> bool {
    text[1..].starts_with(|c: char| c.is_ascii_digit())
}

fn number_length(text: &str) -> usize {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let mut length = digits(text);
    if text[length..].starts_with('.') {
        length += 1 + digits(&text[length + 1..]);
    }
    if let Some(exponent) = text[length..].strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let power = digits(&exponent[sign..]);
        if power > 0 {
            length += 1 + sign + power;
        }
    }
    length
}

/// Writes a number as the server does: `.5` as `0.5`, `1e3` as `1000`.
fn number(text: &str) -> String {
    if text.contains(['e', 'E'])
        && let Ok(value) = text.parse::<f64>()
        && value.fract() == 0.0
        && value.abs() < 1e15
    {
        return format!("{value:.0}");
    }
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.starts_with('.') {
        return format!("0{text}");
    }
    text.to_lowercase()
}

/// Returns what stands between quotes, and how long it is with them.
fn until_quote(text: &str, quote: char, escapes: bool) -> Option<(String, usize)> {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                inner.push(quote);
                chars.next();
                continue;
            }
            return Some((inner, at + 1));
        }
        if escapes && c == '\\' {
            inner.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                // Codes of characters: not worth reading.
                'x' | 'u' | 'U' | '0'..='7' => return None,
                other => other,
            });
            continue;
        }
        inner.push(c);
    }
    None
}
