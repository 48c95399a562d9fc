//! Reads tokens as an expression, with the grammar of PostgreSQL.

use super::{
    Context,
    node::{Argument, Node},
    numbers::listed,
    tokens::{OPERATOR, Token},
};
use crate::{dialect::postgres::types::parse_type, schema::DataType};

/// Returns what all of the tokens say; nothing when it is not understood.
pub(super) fn parse(tokens: &[Token], context: &Context<'_>) -> Option<Node> {
    let mut parser = Parser {
        tokens,
        at: 0,
        context,
    };
    let node = parser.expr(0)?;
    (parser.at == tokens.len()).then_some(node)
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
        let Token::Word(word) = self.tokens.get(self.at + ahead)? else {
            return None;
        };
        Some(word)
    }

    fn peek_mark(&self, ahead: usize) -> Option<&str> {
        let Token::Mark(mark) = self.tokens.get(self.at + ahead)? else {
            return None;
        };
        Some(mark)
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
            let (Token::Word(word) | Token::Quoted(word)) = self.peek()? else {
                return None;
            };
            path.push(word.clone());
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
        let first = self.ty_part()?;
        let mut text = first.clone();
        if self.mark(".") {
            text = format!("{first}.{}", self.ty_part()?);
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

    /// One name within the name of a type, as `parse_type` reads it.
    fn ty_part(&mut self) -> Option<String> {
        let part = match self.peek()? {
            Token::Word(word) => word.clone(),
            Token::Quoted(name) => format!("\"{}\"", name.replace('"', "\"\"")),
            Token::Text(_) | Token::Bits(_) | Token::Number(_) | Token::Mark(_) => return None,
        };
        self.at += 1;
        Some(part)
    }

    /// Reads an operator and what is on its right; nothing, and no token, when it binds less.
    fn infix(&mut self, left: Node, least: u8) -> Option<Node> {
        if let Some(mark) = self.peek_mark(0) {
            let mark = mark.to_owned();
            return self.infix_mark(left, least, &mark);
        }
        let start = self.at;
        let word = self.peek_word(0)?.to_owned();
        match word.as_str() {
            "or" if least < OR => {
                self.at += 1;
                let right = self.expr(OR)?;
                return Some(Node::List("OR", vec![left, right]));
            }
            "and" if least < AND => {
                self.at += 1;
                let right = self.expr(AND)?;
                return Some(Node::List("AND", vec![left, right]));
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
            let items = Node::Array(listed(&left, items, self.context));
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
