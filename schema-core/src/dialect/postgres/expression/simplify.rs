//! Takes away what the server adds to an expression.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rewrite names the shape that it is about; every other node stays as it is"
)]

use super::{
    Context,
    casts::{cast, element_of, is_literal, plain_text, same_type, type_of},
    node::{Argument, Node},
    numbers::{Number, among, before_any, between, together},
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
        Node::Array(items) => Node::Array(together(
            items
                .into_iter()
                .map(|item| plain_text(simplify(item, context)))
                .collect(),
            context,
        )),
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
        Node::Case(operand, whens, otherwise) => case(operand.map(go), whens, *otherwise, context),
        Node::Quantified(operator, quantifier, left, right) => {
            let (left, right) = (simplify(*left, context), simplify(*right, context));
            let (left, right) = quantified(&operator, left, right, context);
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

fn case(
    operand: Option<Box<Node>>,
    whens: Vec<(Node, Node)>,
    otherwise: Node,
    context: &Context<'_>,
) -> Node {
    let go = |node: Node| plain_text(simplify(node, context));
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    for (when, then) in whens {
        conditions.push(go(when));
        values.push(go(then));
    }
    values.push(go(otherwise));
    let mut values = together(values, context);
    let otherwise = values.pop().unwrap_or(Node::Word("NULL".into()));
    let whens = conditions.into_iter().zip(values).collect();
    Node::Case(operand, whens, otherwise.into())
}

/// The two sides of `left op ANY (right)`.
fn quantified(operator: &str, left: Node, right: Node, context: &Context<'_>) -> (Node, Node) {
    let all = |items: Vec<Node>, each: &dyn Fn(Node) -> Node| {
        Node::Array(items.into_iter().map(each).collect())
    };
    let right = match right {
        Node::Cast(inner, array) if array.array => match of_numbers(*inner) {
            Node::Array(items) if !items.is_empty() => {
                let element = array.element();
                all(items, &|item| elements(item, &element, context))
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
    let element = of_array(&right, context);
    match (right, &element) {
        (Node::Array(items), _) => {
            let (left, items) = among(operator, left, items, context);
            (left, Node::Array(items))
        }
        (right, Some(element)) => {
            let left = same_type(left, Some(element));
            (
                before_any(operator, left, Number::of(element), context),
                right,
            )
        }
        (right, None) => (left, right),
    }
}

/// Returns the type of the elements of an array.
fn of_array(array: &Node, context: &Context<'_>) -> Option<DataType> {
    let ty = type_of(array, context).filter(|ty| ty.array)?;
    Some(ty.element())
}

/// What an element of an array is that is cast as a whole.
fn elements(item: Node, element: &DataType, context: &Context<'_>) -> Node {
    match item {
        item @ Node::Number(_) => cast(item, element.clone(), context),
        item => same_type(item, Some(element)),
    }
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
        let (left, right) = between(&operator, left, right, context);
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
    let (left, right) = between(&operator, left, right, context);
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
    let (left, right) = between(&operator, left, right, context);
    Node::Binary(operator, left.into(), right.into())
}

fn call(path: Vec<String>, arguments: Vec<Argument>, context: &Context<'_>) -> Node {
    let name = if path.len() == 1 {
        path[0].as_str()
    } else {
        ""
    };
    let is_choice = matches!(name, "coalesce" | "greatest" | "least" | "nullif");
    let argument = |value: Node| match value {
        // The type chooses the function.
        Node::Cast(inner, ty) if !is_choice && is_null(&inner) => Node::Cast(inner, ty),
        value => argument_text(simplify(value, context)),
    };
    let mut arguments: Vec<Argument> = arguments
        .into_iter()
        .map(|it| Argument {
            keyword: it.keyword,
            value: it.value.map(argument),
        })
        .collect();
    if is_choice {
        let values = arguments.into_iter().filter_map(|it| it.value).collect();
        arguments = choice(name, values, context);
    }
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

fn is_null(node: &Node) -> bool {
    matches!(node, Node::Word(word) if word == "NULL")
}

/// What `COALESCE` and its kin choose from: all have one type. `NULLIF` compares two.
fn choice(name: &str, values: Vec<Node>, context: &Context<'_>) -> Vec<Argument> {
    let values = match <[Node; 2]>::try_from(values) {
        Ok([left, right]) if name == "nullif" => {
            let (left, right) = between("=", left, right, context);
            vec![left, right]
        }
        Ok(both) => together(both.into(), context),
        Err(values) => together(values, context),
    };
    let plain = |value| Argument {
        keyword: None,
        value: Some(value),
    };
    values.into_iter().map(plain).collect()
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
