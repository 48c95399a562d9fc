//! Tells which casts of numbers the server adds by itself, and takes only these away: any other chooses
//! the operator or the function, and with that the value.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rewrite names the shape that it is about; every other node stays as it is"
)]

use super::{Context, casts::type_of, node::Node};
use crate::schema::DataType;

/// The types of numbers; each becomes those after it by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Number {
    Smallint,
    Integer,
    Bigint,
    Numeric,
    Real,
    Double,
}

impl Number {
    /// Returns which of them a type is, of any length.
    pub(super) fn of(ty: &DataType) -> Option<Self> {
        if ty.schema.is_some() || ty.array {
            return None;
        }
        Some(match ty.name.as_str() {
            "smallint" => Self::Smallint,
            "integer" => Self::Integer,
            "bigint" => Self::Bigint,
            "numeric" => Self::Numeric,
            "real" => Self::Real,
            "double precision" => Self::Double,
            _ => return None,
        })
    }

    /// Returns the type that a number has without a cast.
    pub(super) fn of_digits(number: &str) -> Option<Self> {
        let digits = number.strip_prefix('-').unwrap_or(number);
        let whole = digits.chars().all(|c| c.is_ascii_digit());
        let exact = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
        if !digits.chars().all(exact) {
            return None;
        }
        Some(match whole {
            true if number.parse::<i32>().is_ok() => Self::Integer,
            true if number.parse::<i64>().is_ok() => Self::Bigint,
            true | false => Self::Numeric,
        })
    }

    fn is_whole(self) -> bool {
        self <= Self::Bigint
    }

    pub(super) fn is_float(self) -> bool {
        self >= Self::Real
    }

    fn name(self) -> &'static str {
        match self {
            Self::Smallint => "smallint",
            Self::Integer => "integer",
            Self::Bigint => "bigint",
            Self::Numeric => "numeric",
            Self::Real => "real",
            Self::Double => "double precision",
        }
    }
}

fn as_type(node: Node, ty: Number) -> Node {
    Node::Cast(node.into(), DataType::builtin(ty.name()))
}

/// Returns which type of numbers a value has.
pub(super) fn number_type(node: &Node, context: &Context<'_>) -> Option<Number> {
    match node {
        Node::Number(digits) => Number::of_digits(digits),
        Node::Prefix(sign, value) if matches!(sign.as_str(), "-" | "+" | "@") => {
            number_type(value, context)
        }
        Node::Binary(operator, left, right) => {
            let (left, right) = (number_type(left, context)?, number_type(right, context)?);
            result(operator, left, right)
        }
        other => Number::of(&type_of(other, context)?),
    }
}

/// Returns the type of what an operator gives.
fn result(operator: &str, left: Number, right: Number) -> Option<Number> {
    let (one, other) = (
        read_as(operator, left, right)?,
        read_as(operator, right, left)?,
    );
    let calculates = matches!(
        operator,
        "+" | "-" | "*" | "/" | "%" | "^" | "&" | "|" | "#"
    );
    calculates.then(|| one.max(other))
}

/// Returns the type that the server makes of a number where an operator has another one on its other
/// side.
fn read_as(operator: &str, own: Number, other: Number) -> Option<Number> {
    let wider = own.max(other);
    match operator {
        // There is one for each type alone.
        "%" if !wider.is_float() => Some(wider),
        "&" | "|" | "#" if wider.is_whole() => Some(wider),
        "^" if wider == Number::Numeric => Some(wider),
        "^" => Some(Number::Double),
        // There is one for each two of the whole types, and for each two of the inexact ones.
        "+" | "-" | "*" | "/" | "=" | "<>" | "<" | ">" | "<=" | ">=" | "IS DISTINCT FROM" => {
            Some(match (own, other) {
                _ if own.is_float() || own.is_whole() && other.is_whole() => own,
                _ if other.is_float() => Number::Double,
                _ => Number::Numeric,
            })
        }
        _ => None,
    }
}

/// Takes the casts of numbers and of columns away that an operator needs and the server adds.
pub(super) fn between(
    operator: &str,
    left: Node,
    right: Node,
    context: &Context<'_>,
) -> (Node, Node) {
    let plain = |node: Node, other: &Node, of: fn(&Node) -> bool| {
        let other = number_type(other, context);
        without_added(operator, node, other, of, context)
    };
    let left = plain(left, &right, is_number);
    let right = plain(right, &left, is_number);
    let left = plain(left, &right, is_column);
    let right = plain(right, &left, is_column);
    (left, right)
}

fn is_number(node: &Node) -> bool {
    matches!(node, Node::Number(_))
}

fn is_column(node: &Node) -> bool {
    matches!(node, Node::Column(_))
}

/// Takes the cast away that the server adds where there is a number of type `other` on the other side.
/// A column of a domain is read as what is beneath that.
fn without_added(
    operator: &str,
    node: Node,
    other: Option<Number>,
    of: fn(&Node) -> bool,
    context: &Context<'_>,
) -> Node {
    match node {
        Node::Cast(inner, ty) if of(&inner) && ty.modifiers.is_empty() => {
            let (own, to) = (number_type(&inner, context), Number::of(&ty));
            let read = own.zip(other);
            let read = read.and_then(|(own, other)| read_as(operator, own, other));
            match to.is_some() && (own == to || read == to) {
                true => *inner,
                false => Node::Cast(inner, ty),
            }
        }
        other => other,
    }
}

/// Takes the casts of numbers away that give several values the one type which they have together.
pub(super) fn together(values: Vec<Node>, context: &Context<'_>) -> Vec<Node> {
    let Some(common) = common(&values, context) else {
        return values;
    };
    let values = values.into_iter();
    values.map(|it| without(it, common)).collect()
}

/// Takes the cast of a number to this type away.
fn without(node: Node, ty: Number) -> Node {
    match node {
        Node::Cast(inner, cast)
            if is_number(&inner) && cast.modifiers.is_empty() && Number::of(&cast) == Some(ty) =>
        {
            *inner
        }
        other => other,
    }
}

/// Returns the type that values have together when nobody casts the numbers among them.
fn common(values: &[Node], context: &Context<'_>) -> Option<Number> {
    let is_null = |it: &&Node| matches!(it, Node::Word(word) if word == "NULL");
    let types = values.iter().filter(|it| !is_null(it)).map(|it| match it {
        Node::Cast(inner, _) if is_number(inner) => number_type(inner, context),
        other => number_type(other, context),
    });
    let types: Option<Vec<Number>> = types.collect();
    types?.into_iter().max()
}

/// The same of `left op ANY (ARRAY[..])`: the array becomes one of what is on the left, or that is read
/// as an element.
pub(super) fn among(
    operator: &str,
    left: Node,
    items: Vec<Node>,
    context: &Context<'_>,
) -> (Node, Vec<Node>) {
    let items = together(items, context);
    let read = common(&items, context)
        .zip(number_type(&left, context))
        .and_then(|(own, left)| read_as(operator, own, left));
    let items: Vec<Node> = match read {
        Some(read) => items.into_iter().map(|it| without(it, read)).collect(),
        None => items,
    };
    let element = items.iter().map(|it| number_type(it, context));
    let element = element.collect::<Option<Vec<_>>>();
    let element = element.and_then(|types| types.into_iter().max());
    (before_any(operator, left, element, context), items)
}

/// The same of what stands before `ANY` of an array whose elements are of a type.
pub(super) fn before_any(
    operator: &str,
    left: Node,
    element: Option<Number>,
    context: &Context<'_>,
) -> Node {
    let left = without_added(operator, left, element, is_number, context);
    without_added(operator, left, element, is_column, context)
}

/// The elements of `left IN (..)`, which the server gives one type together with what is on the left.
pub(super) fn listed(left: &Node, items: Vec<Node>, context: &Context<'_>) -> Vec<Node> {
    let types = std::iter::once(left).chain(&items);
    let types: Option<Vec<Number>> = types.map(|it| number_type(it, context)).collect();
    let Some(common) = types.and_then(|types| types.into_iter().max()) else {
        return items;
    };
    let cast = |it: Node| match number_type(&it, context) == Some(common) {
        true => it,
        false => as_type(it, common),
    };
    items.into_iter().map(cast).collect()
}
