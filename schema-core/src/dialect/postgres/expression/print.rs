//! Writes an expression in its one spelling.

use super::{
    node::{Argument, Node},
    text::strip_parens,
};
use crate::{
    dialect::postgres::types::spell,
    schema::{Ident, Name, Quoted, quote_literal},
};

/// Writes a node; one of several parts stands in parentheses.
pub(super) fn print(node: &Node) -> String {
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
            let bare = matches!(**value, Node::Text(_) | Node::Array(_));
            let value = print(value);
            let value = if bare {
                value
            } else {
                format!("({})", strip_parens(&value))
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
