//! Cuts SQL into tokens; that is all the parsing that comparing text needs.

use crate::schema::{Ident, Quoted};

/// One token; blanks and comments are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// As written, quotes included.
    pub(super) text: &'a str,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A name in quotes: `"x"`, `[x]`, `` `x` ``.
    Name,
    /// `'text'` or `x'00'`.
    Text,
    /// A number.
    Number,
    /// An operator or punctuation.
    Symbol,
}

impl Token<'_> {
    /// Tells whether this is the keyword, in any case.
    pub(super) fn is(&self, word: &str) -> bool {
        match self.kind {
            Kind::Word => self.text.eq_ignore_ascii_case(word),
            Kind::Symbol => self.text == word,
            Kind::Name | Kind::Text | Kind::Number => false,
        }
    }

    /// Returns the name without quotes. SQLite takes a string where a name must be.
    pub(super) fn name(&self) -> String {
        let inner = || &self.text[1..self.text.len().saturating_sub(1).max(1)];
        match self.text.as_bytes().first() {
            Some(b'"') => inner().replace("\"\"", "\""),
            Some(b'`') => inner().replace("``", "`"),
            Some(b'\'') => inner().replace("''", "'"),
            Some(b'[') => inner().to_owned(),
            Some(_) | None => self.text.to_owned(),
        }
    }

    /// Tells whether the token names this thing; SQLite ignores the case of names.
    pub(super) fn names(&self, name: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Name) && self.name().eq_ignore_ascii_case(name)
    }
}

/// Returns the tokens of `sql`; what is not closed ends with the text.
pub(super) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &sql[at..];
        let next = |n: usize| bytes.get(at + n).copied().unwrap_or(0);
        let (kind, len) = match bytes[at] {
            c if c.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if next(1) == b'-' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b'/' if next(1) == b'*' => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            b'\'' => (Kind::Text, quoted(rest, 0, b'\'')),
            b'x' | b'X' if next(1) == b'\'' => (Kind::Text, quoted(rest, 1, b'\'')),
            b'"' => (Kind::Name, quoted(rest, 0, b'"')),
            b'`' => (Kind::Name, quoted(rest, 0, b'`')),
            b'[' => (Kind::Name, rest.find(']').map_or(rest.len(), |end| end + 1)),
            c if c.is_ascii_digit() || (c == b'.' && next(1).is_ascii_digit()) => {
                (Kind::Number, number(rest))
            }
            c if is_word(c) => {
                let len = rest.bytes().position(|c| !is_word(c));
                (Kind::Word, len.unwrap_or(rest.len()))
            }
            _ => {
                const LONG: [&str; 11] = [
                    "->>", "->", "||", "<=", ">=", "<>", "!=", "==", "<<", ">>", "::",
                ];
                let long = LONG.iter().find(|long| rest.starts_with(**long));
                (Kind::Symbol, long.map_or(1, |long| long.len()))
            }
        };
        found.push(Token {
            kind,
            text: &rest[..len],
        });
        at += len;
    }
    found
}

fn is_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80
}

/// Returns the length of a quoted token that begins at `from`; a doubled quote is none.
fn quoted(text: &str, from: usize, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = from + 1;
    while at < bytes.len() {
        if bytes[at] != quote {
            at += 1;
        } else if bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    bytes.len()
}

fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        let sign = matches!(bytes[at], b'+' | b'-') && matches!(bytes[at - 1], b'e' | b'E');
        let hex = text.starts_with("0x") || text.starts_with("0X");
        let part = bytes[at].is_ascii_alphanumeric() || bytes[at] == b'.' || bytes[at] == b'_';
        if !part && (!sign || hex) {
            break;
        }
        at += 1;
    }
    at
}

/// Returns the position after the bracket that closes the one at `open`.
pub(super) fn close(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    tokens.len()
}

/// Words of expressions that are no names.
const WORDS: [&str; 38] = [
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COLLATE",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "ESCAPE",
    "EXISTS",
    "FROM",
    "GLOB",
    "GROUP",
    "IN",
    "IS",
    "ISNULL",
    "LIKE",
    "LIMIT",
    "MATCH",
    "NOT",
    "NOTNULL",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "RAISE",
    "REGEXP",
    "SELECT",
    "THEN",
    "WHEN",
    "WHERE",
];

/// Returns the expression in the one spelling that this program compares and writes.
pub(super) fn canonical(sql: &str) -> String {
    let all = tokens(sql);
    let mut tokens = &all[..];
    while tokens.len() > 2 && tokens[0].is("(") && close(tokens, 0) == tokens.len() {
        tokens = &tokens[1..tokens.len() - 1];
    }
    let mut out = String::new();
    let mut at = 0;
    // Whether the next token follows without a blank, and whether it begins an operand.
    let (mut tight, mut operand, mut in_type) = (true, true, false);
    while let Some(token) = tokens.get(at) {
        let call = tokens.get(at + 1).is_some_and(|next| next.is("("));
        let empty_call = call && tokens.get(at + 2).is_some_and(|next| next.is(")"));
        let qualified = at > 0 && tokens[at - 1].is(".");
        let (text, ends_operand) = match token.kind {
            Kind::Text => (token.text.to_owned(), true),
            Kind::Number => (token.text.to_ascii_lowercase(), true),
            Kind::Name => (Quoted(&Ident::new(token.name())).to_string(), true),
            Kind::Word if qualified => {
                let name = Ident::new(token.text.to_ascii_lowercase());
                (Quoted(&name).to_string(), true)
            }
            Kind::Word if token.is("now") && empty_call => {
                at += 2;
                ("CURRENT_TIMESTAMP".to_owned(), true)
            }
            // `x IS TRUE` holds for any number but 0, unlike `x IS 1`.
            Kind::Word if (token.is("true") || token.is("false")) && after_is(tokens, at) => {
                (token.text.to_ascii_uppercase(), true)
            }
            Kind::Word if token.is("true") => ("1".to_owned(), true),
            Kind::Word if token.is("false") => ("0".to_owned(), true),
            Kind::Word if token.is("ISNULL") => ("IS NULL".to_owned(), true),
            Kind::Word if token.is("NOTNULL") => ("IS NOT NULL".to_owned(), true),
            Kind::Word if in_type || (at > 0 && tokens[at - 1].is("COLLATE")) => {
                (token.text.to_ascii_uppercase(), true)
            }
            Kind::Word => {
                let upper = token.text.to_ascii_uppercase();
                if WORDS.binary_search(&upper.as_str()).is_ok() {
                    in_type = upper == "AS";
                    let ends =
                        matches!(upper.as_str(), "NULL" | "END") || upper.starts_with("CURR");
                    (upper, ends)
                } else if call {
                    (token.text.to_ascii_lowercase(), true)
                } else {
                    let name = Ident::new(token.text.to_ascii_lowercase());
                    (Quoted(&name).to_string(), true)
                }
            }
            Kind::Symbol => {
                in_type &= token.text == "(" || token.text == ",";
                let text = match token.text {
                    "!=" => "<>",
                    "==" => "=",
                    text => text,
                };
                (text.to_owned(), text == ")")
            }
        };
        // `f(x)` but `IN (1)`: a bracket stands tight after a function's name.
        let function = token.is("(")
            && at > 0
            && tokens[at - 1].kind == Kind::Word
            && !WORDS[..]
                .iter()
                .any(|word| tokens[at - 1].is(word) && *word != "CAST" && *word != "RAISE");
        if !(tight || function || matches!(text.as_str(), ")" | "," | "." | ";")) {
            out.push(' ');
        }
        out.push_str(&text);
        let sign = matches!(text.as_str(), "-" | "+" | "~") && operand;
        tight = sign || text == "(" || text == ".";
        operand = !ends_operand;
        at += 1;
    }
    out
}

fn after_is(tokens: &[Token<'_>], at: usize) -> bool {
    match &tokens[..at] {
        [.., is, not] if not.is("NOT") => is.is("IS"),
        [.., is] => is.is("IS"),
        [] => false,
    }
}

/// Returns the expression with a column renamed.
pub(super) fn rename_column(sql: &str, from: &str, to: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let tokens = tokens(sql);
    for (at, token) in tokens.iter().enumerate() {
        let call = tokens.get(at + 1).is_some_and(|next| next.is("("));
        // A bare keyword is no name.
        let names = token.names(from) && !call && !WORDS.iter().any(|word| token.is(word));
        out.push(if names {
            Quoted(&Ident::new(to)).to_string()
        } else {
            token.text.to_owned()
        });
    }
    canonical(&out.join(" "))
}

/// Tells whether the text names this thing.
pub(super) fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql).iter().any(|token| token.names(name))
}

/// Tells whether DEFAULT may have the canonical expression without brackets around it.
pub(super) fn is_literal(canonical: &str) -> bool {
    let tokens = tokens(canonical);
    match tokens.as_slice() {
        [one] => match one.kind {
            Kind::Text | Kind::Number => true,
            Kind::Word => one.is("NULL") || is_clock(canonical),
            Kind::Name | Kind::Symbol => false,
        },
        [sign, one] => (sign.is("-") || sign.is("+")) && one.kind == Kind::Number,
        _ => false,
    }
}

/// Tells whether the canonical expression is one of the words for now.
pub(super) fn is_clock(canonical: &str) -> bool {
    matches!(
        canonical,
        "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME"
    )
}
