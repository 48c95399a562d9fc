//! Takes away what the server adds to an expression.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rewrite names the shape that it is about; every other node stays as it is"
)]

use super::{
    Context,
    casts::{cast, element_of, is_literal, plain_text, same_type, type_of, unwidened},
    node::{Argument, Node},
};
use crate::{dialect::postgres::types::is_text, schema::DataType};

/// Takes away what the server adds, from the leaves up.
pub(super) fn simplify(node: Node, context: &Context<'_>) -> Node {
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
            let (left, right) = quantified(left, right, context);
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

/// The two sides of `left op ANY (right)`.
fn quantified(left: Node, right: Node, context: &Context<'_>) -> (Node, Node) {
    let all = |items: Vec<Node>, each: &dyn Fn(Node) -> Node| {
        Node::Array(items.into_iter().map(each).collect())
    };
    let right = match right {
        Node::Cast(inner, array) if array.array => match of_numbers(*inner) {
            Node::Array(items) if !items.is_empty() => {
                let element = array.element();
                all(items, &|item| same_type(item, Some(&element)))
            }
            other => Node::Cast(other.into(), array),
        },
        other => other,
    };
    let of_left = type_of(&left, context);
    let right = match right {
        Node::Array(items) => all(items, &|item| element_of(item, of_left.as_ref())),
        other => other,
    };
    let left = match type_of(&right, context).filter(|ty| ty.array) {
        Some(array) => same_type(left, Some(&array.element())),
        None => unwidened(left, context),
    };
    (left, right)
}

/// Takes the cast of an array of numbers away that says what it is: `ARRAY[1, 2]::integer[]`.
fn of_numbers(node: Node) -> Node {
    match node {
        Node::Cast(inner, ty) if ty.array => match *inner {
            Node::Array(items) if items.iter().all(|item| matches!(item, Node::Number(_))) => {
                Node::Array(items)
            }
            other => Node::Cast(other.into(), ty),
        },
        other => other,
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
    let (left, right) = match (left, right) {
        (Node::Row(a), Node::Row(b)) if operator == "=" && a.len() == b.len() => {
            let pairs = a.into_iter().zip(b);
            return Node::List(
                "AND",
                pairs
                    .map(|(a, b)| binary("=".into(), a, b, context))
                    .collect(),
            );
        }
        sides => sides,
    };
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
