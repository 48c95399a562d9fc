//! Folds an expression to one spelling: that of the server, without what the server adds.
//!
//! `a in ('x', 'y')` and `((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character
//! varying])::text[]))` become the same text. What is not understood keeps its tokens.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rewrite names the shape that it is about; every other node stays as it is"
)]

use crate::schema::{DataType, Ident, Name, Quoted, quote_literal};

use super::types::{is_number, is_text, parse_type, spell};

/// What is known where an expression stands.
pub struct Context<'a> {
    /// The type of a column.
    pub column: &'a dyn Fn(&str) -> Option<DataType>,
    /// The type in its full name: a bare `mood` becomes `public.mood`.
    pub resolve: &'a dyn Fn(DataType) -> DataType,
    /// The type that the value is stored as: the column's, for a default.
    pub target: Option<&'a DataType>,
}

/// Returns the one spelling of an expression, without parentheses around the whole.
pub fn fold(text: &str, context: &Context<'_>) -> String {
    let Some(tokens) = tokens(text) else {
        return text.trim().to_owned();
    };
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        context,
    };
    let node = parser.expr(0).filter(|_| parser.at == tokens.len());
    let Some(node) = node else {
        let words: Vec<String> = tokens.iter().map(Token::text).collect();
        return words.join(" ");
    };
    let mut node = simplify(node, context);
    if let Some(target) = context.target {
        node = stored_as(node, target);
    }
    let printed = print(&node);
    super::normalize::strip_parens(&printed).to_owned()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
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
    fn text(&self) -> String {
        match self {
            Self::Word(word) | Self::Number(word) | Self::Mark(word) => word.clone(),
            Self::Quoted(name) => Quoted(name.as_str()).to_string(),
            Self::Text(text) => quote_literal(text),
            Self::Bits(text) => format!("B{}", quote_literal(text)),
        }
    }
}

/// Returns the tokens; nothing when a quote is not closed or a comment stands there.
fn tokens(text: &str) -> Option<Vec<Token>> {
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

const OPERATOR: &str = "+-*/<>=~!@#%^&|`?";

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

#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// A column, perhaps qualified.
    Column(Vec<String>),
    /// A keyword that is a value: `NULL`, `true`, `CURRENT_DATE`.
    Word(String),
    Text(String),
    Number(String),
    Call(Vec<String>, Vec<Argument>),
    Prefix(String, Box<Node>),
    Binary(String, Box<Node>, Box<Node>),
    /// `left op ANY (right)`.
    Quantified(String, String, Box<Node>, Box<Node>),
    /// `AND` or `OR` over two and more.
    List(&'static str, Vec<Node>),
    Not(Box<Node>),
    /// `IS NULL`, `IS NOT TRUE`.
    Is(Box<Node>, String),
    Cast(Box<Node>, DataType),
    Collate(Box<Node>, Vec<String>),
    Array(Vec<Node>),
    Row(Vec<Node>),
    Subscript(Box<Node>, Box<Node>),
    Case(Option<Box<Node>>, Vec<(Node, Node)>, Box<Node>),
}

/// An argument of a function, with the word before it: `FROM x`.
#[derive(Clone, Debug, PartialEq)]
struct Argument {
    keyword: Option<&'static str>,
    value: Option<Node>,
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    context: &'a Context<'a>,
}

// How tightly operators bind, from the documentation's table.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARISON: u8 = 5;
const RANGE: u8 = 6;
const OTHER: u8 = 7;
const ADD: u8 = 8;
const MULTIPLY: u8 = 9;
const POWER: u8 = 10;
const AT: u8 = 11;
const COLLATE: u8 = 12;
const SIGN: u8 = 13;
const SUBSCRIPT: u8 = 14;

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn peek_word(&self, ahead: usize) -> Option<&str> {
        match self.tokens.get(self.at + ahead)? {
            Token::Word(word) => Some(word),
            Token::Quoted(_)
            | Token::Text(_)
            | Token::Bits(_)
            | Token::Number(_)
            | Token::Mark(_) => None,
        }
    }

    fn peek_mark(&self, ahead: usize) -> Option<&str> {
        match self.tokens.get(self.at + ahead)? {
            Token::Mark(mark) => Some(mark),
            Token::Word(_)
            | Token::Quoted(_)
            | Token::Text(_)
            | Token::Bits(_)
            | Token::Number(_) => None,
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let hit = self.peek_word(0) == Some(word);
        self.at += usize::from(hit);
        hit
    }

    fn words(&mut self, words: &[&str]) -> bool {
        let hit = (words.iter().enumerate()).all(|(n, word)| self.peek_word(n) == Some(word));
        self.at += if hit { words.len() } else { 0 };
        hit
    }

    fn mark(&mut self, mark: &str) -> bool {
        let hit = self.peek_mark(0) == Some(mark);
        self.at += usize::from(hit);
        hit
    }

    fn expr(&mut self, least: u8) -> Option<Node> {
        let mut left = self.prefix()?;
        loop {
            let start = self.at;
            match self.infix(left.clone(), least) {
                Some(node) => left = node,
                None if self.at == start => return Some(left),
                None => return None,
            }
        }
    }

    fn prefix(&mut self) -> Option<Node> {
        if self.word("not") {
            return Some(Node::Not(self.expr(NOT)?.into()));
        }
        if let Some(mark) = self.peek_mark(0) {
            let mark = mark.to_owned();
            if mark == "(" {
                return self.parenthesis();
            }
            if !mark.starts_with(|c| OPERATOR.contains(c)) {
                return None;
            }
            self.at += 1;
            let least = if matches!(mark.as_str(), "-" | "+") {
                SIGN
            } else {
                OTHER
            };
            return Some(Node::Prefix(mark, self.expr(least)?.into()));
        }
        let token = self.peek()?.clone();
        match token {
            Token::Text(text) => {
                self.at += 1;
                Some(Node::Text(text))
            }
            Token::Number(text) => {
                self.at += 1;
                Some(Node::Number(text))
            }
            Token::Bits(text) => {
                self.at += 1;
                let bits = DataType::builtin("\"bit\"");
                Some(Node::Cast(Node::Text(text).into(), bits))
            }
            Token::Word(word) => self.word_first(&word),
            Token::Quoted(_) => self.name(),
            Token::Mark(_) => None,
        }
    }

    fn parenthesis(&mut self) -> Option<Node> {
        self.at += 1;
        let first = self.expr(0)?;
        if self.mark(")") {
            return Some(first);
        }
        let mut items = vec![first];
        while self.mark(",") {
            items.push(self.expr(0)?);
        }
        self.mark(")").then_some(Node::Row(items))
    }

    fn word_first(&mut self, word: &str) -> Option<Node> {
        match word {
            "null" | "true" | "false" | "current_date" | "current_user" | "user"
            | "session_user" | "current_role" | "current_catalog" | "current_schema"
                if self.peek_mark(1) != Some("(") && self.peek_mark(1) != Some(".") =>
            {
                self.at += 1;
                Some(Node::Word(word.to_uppercase()))
            }
            "current_timestamp" | "current_time" | "localtime" | "localtimestamp" => {
                self.at += 1;
                let mut text = word.to_uppercase();
                if self.mark("(") {
                    let Token::Number(digits) = self.peek()?.clone() else {
                        return None;
                    };
                    self.at += 1;
                    text.push_str(&format!("({digits})"));
                    if !self.mark(")") {
                        return None;
                    }
                }
                Some(Node::Word(text))
            }
            "case" => self.case(),
            "array" if self.peek_mark(1) == Some("[") => {
                self.at += 2;
                let items = self.list("]")?;
                Some(Node::Array(items))
            }
            "row" if self.peek_mark(1) == Some("(") => {
                self.at += 2;
                Some(Node::Row(self.list(")")?))
            }
            "cast" if self.peek_mark(1) == Some("(") => {
                self.at += 2;
                let value = self.expr(0)?;
                if !self.word("as") {
                    return None;
                }
                let ty = self.ty()?;
                self.mark(")").then_some(Node::Cast(value.into(), ty))
            }
            // A query: the server rewrites it beyond recognition.
            "select" | "exists" => None,
            _ => {
                // `interval '1 day'`, `timestamp with time zone '..'`.
                let start = self.at;
                if let Some(ty) = self.ty()
                    && let Some(Token::Text(text)) = self.peek()
                    && self.tokens[start..self.at].len() < 6
                {
                    let text = text.clone();
                    self.at += 1;
                    let fields = ["year", "month", "day", "hour", "minute", "second"];
                    if self.peek_word(0).is_some_and(|word| fields.contains(&word)) {
                        return None;
                    }
                    return Some(Node::Cast(Node::Text(text).into(), ty));
                }
                self.at = start;
                self.name()
            }
        }
    }

    fn list(&mut self, end: &str) -> Option<Vec<Node>> {
        let mut items = Vec::new();
        if self.mark(end) {
            return Some(items);
        }
        loop {
            items.push(self.expr(0)?);
            if self.mark(end) {
                return Some(items);
            }
            if !self.mark(",") {
                return None;
            }
        }
    }

    fn case(&mut self) -> Option<Node> {
        self.at += 1;
        let operand = if self.peek_word(0) == Some("when") {
            None
        } else {
            Some(Box::new(self.expr(0)?))
        };
        let mut whens = Vec::new();
        while self.word("when") {
            let when = self.expr(0)?;
            if !self.word("then") {
                return None;
            }
            whens.push((when, self.expr(0)?));
        }
        let otherwise = if self.word("else") {
            self.expr(0)?
        } else {
            Node::Word("NULL".into())
        };
        self.word("end")
            .then(|| Node::Case(operand, whens, otherwise.into()))
    }

    /// A column or a call.
    fn name(&mut self) -> Option<Node> {
        let mut path = Vec::new();
        loop {
            match self.peek()? {
                Token::Word(word) | Token::Quoted(word) => path.push(word.clone()),
                Token::Text(_) | Token::Bits(_) | Token::Number(_) | Token::Mark(_) => return None,
            }
            self.at += 1;
            if !self.mark(".") {
                break;
            }
        }
        if !self.mark("(") {
            // The server does not qualify the columns of the only table.
            if path.len() > 1
                && path
                    .last()
                    .is_some_and(|last| (self.context.column)(last).is_some())
            {
                path.drain(..path.len() - 1);
            }
            return Some(Node::Column(path));
        }
        if path.len() == 2 && path[0] == "pg_catalog" {
            path.remove(0);
        }
        let mut arguments = Vec::new();
        if self.mark(")") {
            return Some(Node::Call(path, arguments));
        }
        if self.peek_mark(0) == Some("*") && self.peek_mark(1) == Some(")") {
            return None;
        }
        let position = path.len() == 1 && path[0] == "position";
        let mut keyword = self.argument_keyword();
        loop {
            // `BOTH FROM x`: a word without a value of its own.
            if keyword.is_some()
                && let Some(next) = self.argument_keyword()
            {
                arguments.push(Argument {
                    keyword,
                    value: None,
                });
                keyword = Some(next);
                continue;
            }
            let value = Some(self.expr(if position { RANGE } else { 0 })?);
            arguments.push(Argument { keyword, value });
            if self.mark(")") {
                return Some(Node::Call(path, arguments));
            }
            if self.mark(",") {
                keyword = None;
                continue;
            }
            keyword = self.argument_keyword();
            keyword?;
        }
    }

    fn argument_keyword(&mut self) -> Option<&'static str> {
        [
            "from", "for", "in", "both", "leading", "trailing", "placing", "variadic",
        ]
        .into_iter()
        .find(|keyword| self.word(keyword))
    }

    /// The name of a type.
    fn ty(&mut self) -> Option<DataType> {
        let mut text = match self.peek()? {
            token @ (Token::Word(_) | Token::Quoted(_)) => token_of_type(token),
            Token::Text(_) | Token::Bits(_) | Token::Number(_) | Token::Mark(_) => return None,
        };
        let first = text.clone();
        self.at += 1;
        if self.mark(".") {
            match self.peek()? {
                token @ (Token::Word(_) | Token::Quoted(_)) => {
                    text = format!("{text}.{}", token_of_type(token));
                }
                Token::Text(_) | Token::Bits(_) | Token::Number(_) | Token::Mark(_) => return None,
            }
            self.at += 1;
        } else {
            let second = match first.as_str() {
                "double" => "precision",
                "character" | "char" | "bit" | "nchar" => "varying",
                _ => "",
            };
            if !second.is_empty() && self.word(second) {
                text = format!("{text} {second}");
            }
        }
        if self.peek_mark(0) == Some("(") {
            let end = (self.at..self.tokens.len())
                .find(|at| self.tokens[*at] == Token::Mark(")".into()))?;
            let inner: Vec<String> = self.tokens[self.at..=end].iter().map(Token::text).collect();
            text.push_str(&inner.concat());
            self.at = end + 1;
        }
        if matches!(first.as_str(), "timestamp" | "time") {
            if self.words(&["with", "time", "zone"]) {
                text.push_str(" with time zone");
            } else if self.words(&["without", "time", "zone"]) {
                text.push_str(" without time zone");
            }
        }
        while self.peek_mark(0) == Some("[") {
            let bound = usize::from(matches!(
                self.tokens.get(self.at + 1),
                Some(Token::Number(_))
            ));
            if self.peek_mark(1 + bound) != Some("]") {
                break;
            }
            text.push_str("[]");
            self.at += 2 + bound;
        }
        let ty = parse_type(&text).ok()?;
        Some((self.context.resolve)(ty))
    }

    /// Reads an operator and what is on its right; nothing, and no token, when it binds less.
    fn infix(&mut self, left: Node, least: u8) -> Option<Node> {
        if let Some(mark) = self.peek_mark(0) {
            let mark = mark.to_owned();
            return self.infix_mark(left, least, &mark);
        }
        let start = self.at;
        let word = self.peek_word(0)?.to_owned();
        let list = |name, left: Node, right: Node| {
            let mut items = Vec::new();
            for node in [left, right] {
                match node {
                    Node::List(known, inner) if known == name => items.extend(inner),
                    other => items.push(other),
                }
            }
            Node::List(name, items)
        };
        match word.as_str() {
            "or" if least < OR => {
                self.at += 1;
                let right = self.expr(OR)?;
                return Some(list("OR", left, right));
            }
            "and" if least < AND => {
                self.at += 1;
                let right = self.expr(AND)?;
                return Some(list("AND", left, right));
            }
            "is" if least < IS => {
                self.at += 1;
                let not = self.word("not");
                if self.words(&["distinct", "from"]) {
                    let right = self.expr(IS)?;
                    let node = Node::Binary("IS DISTINCT FROM".into(), left.into(), right.into());
                    return Some(if not { Node::Not(node.into()) } else { node });
                }
                let what = self.peek_word(0)?.to_uppercase();
                self.at += 1;
                let not = if not { "NOT " } else { "" };
                return Some(Node::Is(left.into(), format!("{not}{what}")));
            }
            "isnull" if least < IS => {
                self.at += 1;
                return Some(Node::Is(left.into(), "NULL".into()));
            }
            "notnull" if least < IS => {
                self.at += 1;
                return Some(Node::Is(left.into(), "NOT NULL".into()));
            }
            "at" if least < AT => {
                if !self.words(&["at", "time", "zone"]) {
                    return None;
                }
                let right = self.expr(AT)?;
                return Some(Node::Binary(
                    "AT TIME ZONE".into(),
                    left.into(),
                    right.into(),
                ));
            }
            "collate" if least < COLLATE => {
                self.at += 1;
                let Node::Column(path) = self.name()? else {
                    return None;
                };
                return Some(Node::Collate(left.into(), path));
            }
            _ => {}
        }
        if least >= RANGE {
            return None;
        }
        let not = self.word("not");
        let node = self.range(left, not);
        if node.is_none() && not && self.at == start + 1 {
            self.at = start;
        }
        node
    }

    /// `IN`, `BETWEEN`, `LIKE` and what they stand for.
    fn range(&mut self, left: Node, not: bool) -> Option<Node> {
        let binary = |operator: &str, left: Node, right: Node| {
            Node::Binary(operator.into(), left.into(), right.into())
        };
        if self.word("in") {
            if !self.mark("(") {
                return None;
            }
            let mut items = self.list(")")?;
            let (operator, quantifier) = if not { ("<>", "ALL") } else { ("=", "ANY") };
            if items.len() == 1 {
                return Some(binary(operator, left, items.remove(0)));
            }
            let items = Node::Array(items);
            return Some(Node::Quantified(
                operator.into(),
                quantifier.into(),
                left.into(),
                items.into(),
            ));
        }
        if self.word("between") {
            if self.word("symmetric") {
                return None;
            }
            let low = self.expr(RANGE)?;
            if !self.word("and") {
                return None;
            }
            let high = self.expr(RANGE)?;
            let (name, from, to) = if not {
                ("OR", "<", ">")
            } else {
                ("AND", ">=", "<=")
            };
            let items = vec![binary(from, left.clone(), low), binary(to, left, high)];
            return Some(Node::List(name, items));
        }
        let operator = match (self.peek_word(0)?, not) {
            ("like", false) => "~~",
            ("like", true) => "!~~",
            ("ilike", false) => "~~*",
            ("ilike", true) => "!~~*",
            _ => return None,
        };
        self.at += 1;
        let right = self.expr(RANGE)?;
        Some(binary(operator, left, right))
    }

    fn infix_mark(&mut self, left: Node, least: u8, mark: &str) -> Option<Node> {
        let binds = match mark {
            "::" => u8::MAX,
            "[" => SUBSCRIPT,
            "<" | ">" | "=" | "<=" | ">=" | "<>" => COMPARISON,
            "+" | "-" => ADD,
            "*" | "/" | "%" => MULTIPLY,
            "^" => POWER,
            _ if mark.starts_with(|c| OPERATOR.contains(c)) => OTHER,
            _ => return None,
        };
        if binds <= least {
            return None;
        }
        self.at += 1;
        if mark == "::" {
            let ty = self.ty()?;
            return Some(Node::Cast(left.into(), ty));
        }
        if mark == "[" {
            let inner = self.expr(0)?;
            return self
                .mark("]")
                .then(|| Node::Subscript(left.into(), inner.into()));
        }
        for quantifier in ["any", "some", "all"] {
            if self.peek_mark(1) == Some("(") && self.word(quantifier) {
                self.at += 1;
                let right = self.expr(0)?;
                if !self.mark(")") {
                    return None;
                }
                let quantifier = if quantifier == "all" { "ALL" } else { "ANY" };
                return Some(Node::Quantified(
                    mark.into(),
                    quantifier.into(),
                    left.into(),
                    right.into(),
                ));
            }
        }
        let right = self.expr(binds)?;
        Some(Node::Binary(mark.into(), left.into(), right.into()))
    }
}

fn token_of_type(token: &Token) -> String {
    match token {
        Token::Quoted(name) => format!("\"{}\"", name.replace('"', "\"\"")),
        Token::Word(_) | Token::Text(_) | Token::Bits(_) | Token::Number(_) | Token::Mark(_) => {
            token.text()
        }
    }
}

/// Takes away what the server adds, from the leaves up.
fn simplify(node: Node, context: &Context<'_>) -> Node {
    let go = |node: Box<Node>| Box::new(simplify(*node, context));
    match node {
        Node::Column(_) | Node::Word(_) | Node::Text(_) | Node::Number(_) => node,
        Node::Prefix(operator, value) => match (operator.as_str(), simplify(*value, context)) {
            ("-", Node::Number(number)) => Node::Number(match number.strip_prefix('-') {
                Some(positive) => positive.into(),
                None => format!("-{number}"),
            }),
            (_, value) => Node::Prefix(operator, value.into()),
        },
        Node::Cast(value, ty) => cast(simplify(*value, context), ty, context),
        Node::Not(value) => Node::Not(go(value)),
        Node::Is(value, what) => Node::Is(go(value), what),
        Node::Collate(value, name) => Node::Collate(go(value), name),
        Node::Subscript(value, inner) => Node::Subscript(go(value), go(inner)),
        Node::Array(items) => Node::Array(
            items
                .into_iter()
                .map(|item| plain_text(simplify(item, context)))
                .collect(),
        ),
        Node::Row(items) => Node::Row(
            items
                .into_iter()
                .map(|item| simplify(item, context))
                .collect(),
        ),
        Node::List(name, items) => {
            let mut flat = Vec::new();
            for item in items {
                match simplify(item, context) {
                    Node::List(inner, items) if inner == name => flat.extend(items),
                    other => flat.push(other),
                }
            }
            Node::List(name, flat)
        }
        Node::Case(operand, whens, otherwise) => Node::Case(
            operand.map(go),
            whens
                .into_iter()
                .map(|(when, then)| {
                    (
                        plain_text(simplify(when, context)),
                        plain_text(simplify(then, context)),
                    )
                })
                .collect(),
            plain_text(simplify(*otherwise, context)).into(),
        ),
        Node::Quantified(operator, quantifier, left, right) => {
            let (left, right) = (simplify(*left, context), simplify(*right, context));
            let ty = type_of(&left, context);
            let right = match right {
                Node::Cast(inner, array) if array.array => match *inner {
                    Node::Array(items) if !items.is_empty() => {
                        let element = DataType {
                            array: false,
                            ..array
                        };
                        Node::Array(
                            items
                                .into_iter()
                                .map(|item| same_type(item, Some(&element)))
                                .collect(),
                        )
                    }
                    other => Node::Cast(other.into(), array),
                },
                other => other,
            };
            let right = match right {
                Node::Array(items) => Node::Array(
                    items
                        .into_iter()
                        .map(|item| element_of(item, ty.as_ref()))
                        .collect(),
                ),
                other => other,
            };
            let element = type_of(&right, context).filter(|array| array.array);
            let left = match element {
                Some(array) => same_type(
                    left,
                    Some(&DataType {
                        array: false,
                        ..array
                    }),
                ),
                None => unwidened(left, context),
            };
            Node::Quantified(operator, quantifier, left.into(), right.into())
        }
        Node::Binary(operator, left, right) => binary(
            operator,
            simplify(*left, context),
            simplify(*right, context),
            context,
        ),
        Node::Call(path, arguments) => call(path, arguments, context),
    }
}

fn cast(value: Node, ty: DataType, context: &Context<'_>) -> Node {
    let plain = ty.modifiers.is_empty();
    match value {
        Node::Text(text) if is_number(&ty) && plain && is_numeral(&text) => Node::Number(text),
        Node::Number(text) if is_number(&ty) && plain => Node::Number(text),
        Node::Word(word) if word == "NULL" => Node::Word(word),
        Node::Text(text) if ty == DataType::builtin("boolean") => match boolean(&text) {
            Some(word) => Node::Word(word.into()),
            None => Node::Cast(Node::Text(text).into(), ty),
        },
        // `('x'::character varying)::text`
        Node::Cast(inner, first)
            if is_text(&first) && first.modifiers.is_empty() && is_text(&ty) =>
        {
            Node::Cast(inner, ty)
        }
        // Of a literal the cast says what it is; of text it says nothing.
        value @ (Node::Column(_) | Node::Call(..) | Node::Binary(..))
            if is_text(&ty)
                && plain
                && type_of(&value, context).is_some_and(|from| is_text(&from)) =>
        {
            value
        }
        value => Node::Cast(value.into(), ty),
    }
}

fn is_numeral(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn boolean(text: &str) -> Option<&'static str> {
    match text {
        "t" | "true" => Some("TRUE"),
        "f" | "false" => Some("FALSE"),
        _ => None,
    }
}

fn binary(operator: String, left: Node, right: Node, context: &Context<'_>) -> Node {
    let compares = matches!(
        operator.as_str(),
        "=" | "<>"
            | "<"
            | ">"
            | "<="
            | ">="
            | "~~"
            | "!~~"
            | "~~*"
            | "!~~*"
            | "~"
            | "!~"
            | "~*"
            | "!~*"
            | "IS DISTINCT FROM"
    );
    if operator == "=" {
        match (left, right) {
            (Node::Row(a), Node::Row(b)) if a.len() == b.len() => {
                let pairs = a.into_iter().zip(b);
                return Node::List(
                    "AND",
                    pairs
                        .map(|(a, b)| binary("=".into(), a, b, context))
                        .collect(),
                );
            }
            (left, right) => return compare(operator, left, right, context),
        }
    }
    if compares {
        return compare(operator, left, right, context);
    }
    if operator == "AT TIME ZONE" {
        return Node::Binary(operator, left.into(), plain_text(right).into());
    }
    if operator == "||" {
        let textual = |node: &Node| match node {
            Node::Text(_) => true,
            other => type_of(other, context).is_some_and(|ty| is_text(&ty)),
        };
        if textual(&left) && textual(&right) {
            return Node::Binary(operator, plain_text(left).into(), plain_text(right).into());
        }
    }
    // `->` and its kin take text on their right.
    if matches!(operator.as_str(), "->" | "->>" | "?") {
        return Node::Binary(operator, left.into(), plain_text(right).into());
    }
    // Arithmetic finds its types by the casts; other operators take two of a kind.
    let arithmetic = matches!(operator.as_str(), "+" | "-" | "*" | "/" | "%" | "^" | "||");
    if arithmetic {
        return Node::Binary(operator, left.into(), right.into());
    }
    let known = |node: &Node| type_of(node, context).filter(|_| !is_literal(node));
    let (of_left, of_right) = (known(&left), known(&right));
    let left = match of_right {
        Some(ty) => same_type(left, Some(&ty)),
        None => left,
    };
    let right = match of_left {
        Some(ty) => same_type(right, Some(&ty)),
        None => right,
    };
    Node::Binary(operator, left.into(), right.into())
}

/// Tells whether a node is text, with or without a cast.
fn is_literal(node: &Node) -> bool {
    match node {
        Node::Text(_) => true,
        Node::Cast(inner, _) => matches!(**inner, Node::Text(_)),
        _ => false,
    }
}

fn compare(operator: String, left: Node, right: Node, context: &Context<'_>) -> Node {
    let (of_left, of_right) = (type_of(&left, context), type_of(&right, context));
    let both = is_literal(&left) && is_literal(&right);
    let (left, right) = if both {
        (left, right)
    } else if is_literal(&right) {
        (left, same_type(right, of_left.as_ref()))
    } else if is_literal(&left) {
        (same_type(left, of_right.as_ref()), right)
    } else {
        (left, right)
    };
    Node::Binary(
        operator,
        unwidened(left, context).into(),
        unwidened(right, context).into(),
    )
}

/// Takes a cast of a number column to a wider number away; in a comparison it changes nothing.
fn unwidened(node: Node, context: &Context<'_>) -> Node {
    match node {
        Node::Cast(inner, ty) if is_number(&ty) && ty.modifiers.is_empty() => {
            let number = matches!(*inner, Node::Column(_))
                && type_of(&inner, context).is_some_and(|from| {
                    let change = super::types::type_change(&from, &ty);
                    is_number(&from) && !change.narrowing
                });
            if number {
                *inner
            } else {
                Node::Cast(inner, ty)
            }
        }
        other => other,
    }
}

/// Takes the cast of a literal away where it meets a value of that type.
fn same_type(node: Node, ty: Option<&DataType>) -> Node {
    let like = |a: &DataType| match ty {
        Some(b) => {
            (a.name == b.name && a.schema == b.schema && a.array == b.array)
                || is_text(a) && is_text(b)
                || is_padded(a) && is_padded(b)
        }
        None => is_text(a),
    };
    match node {
        Node::Cast(inner, cast) if like(&cast) && cast.modifiers.is_empty() => match *inner {
            Node::Text(text) => Node::Text(text),
            other => Node::Cast(other.into(), cast),
        },
        Node::Text(text) if ty.is_some_and(is_number) && is_numeral(&text) => Node::Number(text),
        other => other,
    }
}

/// Writes a literal in an array so that the array has the type of its elements.
fn element_of(node: Node, element: Option<&DataType>) -> Node {
    match (same_type(node, element), element) {
        (Node::Text(text), Some(element)) if !is_text(element) && !is_number(element) => {
            let ty = if is_padded(element) {
                DataType::builtin("bpchar")
            } else {
                DataType {
                    modifiers: String::new(),
                    ..element.clone()
                }
            };
            Node::Cast(Node::Text(text).into(), ty)
        }
        (node, _) => node,
    }
}

/// Tells whether the type holds text filled up with blanks.
fn is_padded(ty: &DataType) -> bool {
    ty.schema.is_none() && !ty.array && matches!(ty.name.as_str(), "character" | "bpchar")
}

/// Takes the cast to text of a literal away.
fn plain_text(node: Node) -> Node {
    same_type(node, None)
}

fn call(path: Vec<String>, arguments: Vec<Argument>, context: &Context<'_>) -> Node {
    let mut arguments: Vec<Argument> = arguments
        .into_iter()
        .map(|argument| Argument {
            keyword: argument.keyword,
            value: argument
                .value
                .map(|value| argument_text(simplify(value, context))),
        })
        .collect();
    let name = if path.len() == 1 {
        path[0].as_str()
    } else {
        ""
    };
    match (name, arguments.as_mut_slice()) {
        ("nextval" | "currval", [only]) => {
            if let Some(Node::Text(sequence)) = &mut only.value {
                if !sequence.contains('.') {
                    *sequence = format!("public.{sequence}");
                }
                let value = Node::Text(sequence.clone());
                only.value = Some(Node::Cast(value.into(), DataType::builtin("regclass")));
            }
            Node::Call(path, arguments)
        }
        ("timezone", [zone, value]) => match (zone.value.take(), value.value.take()) {
            (Some(zone @ Node::Text(_)), Some(value)) => {
                Node::Binary("AT TIME ZONE".into(), value.into(), zone.into())
            }
            (a, b) => {
                zone.value = a;
                value.value = b;
                Node::Call(path, arguments)
            }
        },
        ("trim", [only]) if only.keyword.is_none() => {
            only.keyword = Some("from");
            let both = Argument {
                keyword: Some("both"),
                value: None,
            };
            arguments.insert(0, both);
            Node::Call(path, arguments)
        }
        _ => Node::Call(path, arguments),
    }
}

fn argument_text(node: Node) -> Node {
    match node {
        Node::Cast(inner, ty)
            if matches!(*inner, Node::Text(_))
                && ty.schema.is_none()
                && matches!(ty.name.as_str(), "regclass" | "regconfig" | "regdictionary") =>
        {
            *inner
        }
        other => plain_text(other),
    }
}

/// Returns the type of a value, as far as it is easy to see.
fn type_of(node: &Node, context: &Context<'_>) -> Option<DataType> {
    match node {
        Node::Column(path) => (context.column)(path.last()?),
        Node::Cast(_, ty) => Some(ty.clone()),
        Node::Collate(inner, _) => type_of(inner, context),
        Node::Call(path, arguments) => {
            let first = || type_of(arguments.first()?.value.as_ref()?, context);
            match path.last()?.as_str() {
                "lower" | "upper" | "trim" | "btrim" | "ltrim" | "rtrim" | "replace" | "left"
                | "right" | "substr" | "substring" | "md5" | "concat" | "initcap"
                | "regexp_replace" | "to_char" | "split_part" => Some(DataType::builtin("text")),
                "length" | "char_length" | "octet_length" | "cardinality" | "array_length" => {
                    Some(DataType::builtin("integer"))
                }
                "coalesce" | "nullif" | "greatest" | "least" => first(),
                "now" => Some(DataType::builtin("timestamp with time zone")),
                _ => None,
            }
        }
        Node::Binary(operator, left, right) => match operator.as_str() {
            "->>" | "#>>" => Some(DataType::builtin("text")),
            "||" => type_of(left, context).or_else(|| type_of(right, context)),
            _ => None,
        },
        Node::Word(_)
        | Node::Text(_)
        | Node::Number(_)
        | Node::Prefix(..)
        | Node::Quantified(..)
        | Node::List(..)
        | Node::Not(_)
        | Node::Is(..)
        | Node::Array(_)
        | Node::Row(_)
        | Node::Subscript(..)
        | Node::Case(..) => None,
    }
}

/// Takes away what storing a value in a column of this type does by itself.
fn stored_as(node: Node, target: &DataType) -> Node {
    match node {
        Node::Cast(inner, ty) if target.array && ty.array => match *inner {
            Node::Array(items) if items.is_empty() => Node::Text("{}".into()),
            Node::Array(items) => stored_as(Node::Array(items), target),
            other => same_type(Node::Cast(other.into(), ty), Some(target)),
        },
        Node::Array(items) if target.array => {
            let element = DataType {
                array: false,
                ..target.clone()
            };
            Node::Array(
                items
                    .into_iter()
                    .map(|item| element_of(item, Some(&element)))
                    .collect(),
            )
        }
        Node::Text(text) if *target == DataType::builtin("boolean") => match boolean(&text) {
            Some(word) => Node::Word(word.into()),
            None => Node::Text(text),
        },
        other => same_type(other, Some(target)),
    }
}

fn print(node: &Node) -> String {
    match node {
        Node::Column(path) if path.len() == 1 && path[0] == "value" => "VALUE".into(),
        Node::Column(path) => qualified(path),
        Node::Word(word) if word == "TRUE" || word == "FALSE" => word.to_lowercase(),
        Node::Word(word) => word.clone(),
        Node::Text(text) => quote_literal(text),
        Node::Number(number) => number.clone(),
        Node::Call(path, arguments) => print_call(path, arguments),
        Node::Prefix(operator, value) => format!("({operator} {})", print(value)),
        Node::Binary(operator, left, right) => {
            format!("({} {operator} {})", print(left), print(right))
        }
        Node::Quantified(operator, quantifier, left, right) => {
            format!(
                "({} {operator} {quantifier} ({}))",
                print(left),
                print(right)
            )
        }
        Node::List(name, items) => format!("({})", print_all(items, &format!(" {name} "))),
        Node::Not(value) => format!("(NOT {})", print(value)),
        Node::Is(value, what) => format!("({} IS {what})", print(value)),
        Node::Cast(value, ty) => {
            let value = match **value {
                Node::Text(_) | Node::Array(_) => print(value),
                _ => format!("({})", super::normalize::strip_parens(&print(value))),
            };
            format!("{value}::{}", spell(ty))
        }
        Node::Collate(value, name) => format!("({} COLLATE {})", print(value), qualified(name)),
        Node::Array(items) => format!("ARRAY[{}]", print_all(items, ", ")),
        Node::Row(items) => format!("ROW({})", print_all(items, ", ")),
        Node::Subscript(value, inner) => format!("({})[{}]", print(value), print(inner)),
        Node::Case(operand, whens, otherwise) => {
            let mut text = String::from("CASE");
            if let Some(operand) = operand {
                text.push_str(&format!(" {}", print(operand)));
            }
            for (when, then) in whens {
                text.push_str(&format!(" WHEN {} THEN {}", print(when), print(then)));
            }
            format!("{text} ELSE {} END", print(otherwise))
        }
    }
}

fn print_all(items: &[Node], between: &str) -> String {
    let items: Vec<String> = items.iter().map(print).collect();
    items.join(between)
}

fn print_call(path: &[String], arguments: &[Argument]) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    // The server has functions of these names, which are called with quotes alone.
    let values = [
        "current_catalog",
        "current_role",
        "current_user",
        "session_user",
        "user",
    ];
    let mut name = match path {
        [only] if only.chars().all(plain) && !values.contains(&only.as_str()) => only.clone(),
        _ => qualified(path),
    };
    let keywords = arguments.iter().any(|argument| argument.keyword.is_some());
    if keywords || matches!(name.as_str(), "coalesce" | "nullif" | "greatest" | "least") {
        name = name.to_uppercase();
    }
    let mut text = String::new();
    for (n, argument) in arguments.iter().enumerate() {
        let between = match argument.keyword {
            None if n > 0 => ", ",
            Some(_) if n > 0 => " ",
            None | Some(_) => "",
        };
        text.push_str(between);
        if let Some(keyword) = argument.keyword {
            text.push_str(&keyword.to_uppercase());
        }
        if let Some(value) = &argument.value {
            if argument.keyword.is_some() {
                text.push(' ');
            }
            text.push_str(&print(value));
        }
    }
    format!("{name}({text})")
}

fn qualified(path: &[String]) -> String {
    match path {
        [schema, name] => {
            let name = Name::new(schema.as_str(), name.as_str());
            Quoted(&name).to_string()
        }
        _ => {
            let parts: Vec<String> = path
                .iter()
                .map(|part| Quoted(&Ident::new(part)).to_string())
                .collect();
            parts.join(".")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let column = |name: &str| {
            let ty = match name {
                "v" => "varchar(20)",
                "c" => "text",
                "a" => "integer",
                "n" => "numeric",
                "f" => "float8",
                "m" => "app.mood",
                "d" => "date",
                "j" => "jsonb",
                _ => return None,
            };
            parse_type(ty).ok()
        };
        fold(
            text,
            &Context {
                column: &column,
                resolve: &|ty| ty,
                target: None,
            },
        )
    }

    #[test]
    fn the_server_s_spelling_and_a_person_s_are_one() {
        for (written, stored) in [
            ("a in (1,2)", "(a = ANY (ARRAY[1, 2]))"),
            (
                "v in ('x','y')",
                "((v)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
            ),
            ("v in ('x')", "((v)::text = 'x'::text)"),
            (
                "c NOT IN ('x', 'y')",
                "(c <> ALL (ARRAY['x'::text, 'y'::text]))",
            ),
            (
                "a between 1 and 5 or c like 'a%'",
                "(((a >= 1) AND (a <= 5)) OR (c ~~ 'a%'::text))",
            ),
            (
                "n > 0 and f > 0 and a > -1",
                "((n > (0)::numeric) AND (f > (0)::double precision) AND (a > '-1'::integer))",
            ),
            ("m = 'ok'", "(m = 'ok'::app.mood)"),
            ("a != 1", "(a <> 1)"),
            ("a is not distinct from 1", "(NOT (a IS DISTINCT FROM 1))"),
            (
                "coalesce(c, 'x') || lower(v)",
                "(COALESCE(c, 'x'::text) || lower((v)::text))",
            ),
            ("now() + interval '1 day'", "(now() + '1 day'::interval)"),
            ("current_timestamp", "CURRENT_TIMESTAMP"),
            (
                "now() at time zone 'utc'",
                "(now() AT TIME ZONE 'utc'::text)",
            ),
            ("nextval('s')", "nextval('public.s'::regclass)"),
            ("random()*100", "(random() * (100)::double precision)"),
            ("trim(c) <> ''", "(TRIM(BOTH FROM c) <> ''::text)"),
            (
                "extract(year from d) > 2000",
                "(EXTRACT(year FROM d) > (2000)::numeric)",
            ),
            (
                "substring(c from 1 for 2) = 'ab'",
                "(SUBSTRING(c FROM 1 FOR 2) = 'ab'::text)",
            ),
            (
                "case when a>1 then 'x' end = 'x'",
                "(CASE\n    WHEN (a > 1) THEN 'x'::text\n    ELSE NULL::text\nEND = 'x'::text)",
            ),
            ("j->>'k' = 'v'", "((j ->> 'k'::text) = 'v'::text)"),
            ("a + 2 * a < 10", "((a + (2 * a)) < 10)"),
            ("not (a = 1)", "(NOT (a = 1))"),
            ("num_nonnulls(a, c) = 1", "(num_nonnulls(a, c) = 1)"),
        ] {
            let once = folded(stored);
            assert_eq!(folded(written), once);
            assert_eq!(folded(&once), once);
        }
    }

    #[test]
    fn what_differs_stays_different() {
        for (one, other) in [
            ("a / 2", "(a)::numeric / (2)::numeric"),
            ("a or (a and c)", "(a or a) and c"),
            ("md5(a::text)", "md5(a)"),
            ("now() - '1 day'::interval", "now() - '1 day'::timestamptz"),
            ("'A' = c", "'a' = c"),
            ("\"A\" = 1", "a = 1"),
            ("a - 1 - 1", "a - (1 - 1)"),
            ("lower(c)", "upper(c)"),
        ] {
            assert_ne!(folded(one), folded(other));
        }
    }
}
