//! Tells which casts say nothing where they stand, and takes them away.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rewrite names the shape that it is about; every other node stays as it is"
)]

use super::{Context, node::Node, numbers::Number};
use crate::{
    dialect::postgres::types::{is_number, is_text},
    schema::DataType,
};

/// Writes a cast, unless it says what is so without it.
pub(super) fn cast(value: Node, ty: DataType, context: &Context<'_>) -> Node {
    let plain = ty.modifiers.is_empty();
    match value {
        Node::Text(text) | Node::Number(text) if plain && is_own(&text, &ty) => Node::Number(text),
        Node::Word(word) if word == "NULL" => Node::Word(word),
        Node::Text(text) if ty == DataType::builtin("boolean") => match boolean(&text) {
            Some(word) => Node::Word(word.into()),
            None => Node::Cast(Node::Text(text).into(), ty),
        },
        // `EXTRACT(..) > 2000` of a later server, read by one that compares that with inexact numbers.
        Node::Cast(inner, first)
            if matches!(*inner, Node::Number(_))
                && plain
                && first == DataType::builtin("numeric")
                && Number::of(&ty).is_some_and(Number::is_float) =>
        {
            Node::Cast(inner, ty)
        }
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

/// Tells whether these are the digits of a number that has this type without a cast.
fn is_own(text: &str, ty: &DataType) -> bool {
    let ty = Number::of(ty);
    ty.is_some() && is_numeral(text) && Number::of_digits(text) == ty
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
/// Tells whether a node is text, with or without a cast.
pub(super) fn is_literal(node: &Node) -> bool {
    match node {
        Node::Text(_) => true,
        Node::Cast(inner, _) => matches!(**inner, Node::Text(_)),
        _ => false,
    }
}

/// Takes the cast of a literal away where it meets a value of that type.
pub(super) fn same_type(node: Node, ty: Option<&DataType>) -> Node {
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
        Node::Text(text) if ty.is_some_and(|ty| is_own(&text, ty)) => Node::Number(text),
        other => other,
    }
}

/// Writes a literal in an array so that the array has the type of its elements.
pub(super) fn element_of(node: Node, element: Option<&DataType>) -> Node {
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
pub(super) fn plain_text(node: Node) -> Node {
    same_type(node, None)
}

/// Returns the type of a value, as far as it is easy to see.
pub(super) fn type_of(node: &Node, context: &Context<'_>) -> Option<DataType> {
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
                "extract" => Some(DataType::builtin("numeric")),
                "random" | "date_part" => Some(DataType::builtin("double precision")),
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
pub(super) fn stored_as(node: Node, target: &DataType) -> Node {
    match node {
        Node::Cast(inner, ty) if target.array && ty.array => match *inner {
            Node::Array(items) if items.is_empty() => Node::Text("{}".into()),
            Node::Array(items) => stored_as(Node::Array(items), target),
            other => same_type(Node::Cast(other.into(), ty), Some(target)),
        },
        Node::Array(items) if target.array => {
            let element = target.element();
            Node::Array(
                items
                    .into_iter()
                    .map(|item| stored_as(element_of(item, Some(&element)), &element))
                    .collect(),
            )
        }
        Node::Cast(inner, ty)
            if is_number(&ty)
                && ty.modifiers.is_empty()
                && Number::of(&ty) == Number::of(target)
                && matches!(*inner, Node::Number(_) | Node::Text(_)) =>
        {
            stored_as(*inner, target)
        }
        Node::Text(text) if is_number(target) && is_numeral(&text) => Node::Number(text),
        Node::Text(text) if *target == DataType::builtin("boolean") => match boolean(&text) {
            Some(word) => Node::Word(word.into()),
            None => Node::Text(text),
        },
        other => same_type(other, Some(target)),
    }
}
