//! Tells which expressions have a value whatever a row holds.

use super::casts::is_literal;
use super::node::Node;
use crate::dialect::postgres::types::is_text;

/// Functions and operators that refuse no value.
const FUNCTIONS: [&str; 13] = [
    "btrim",
    "char_length",
    "coalesce",
    "greatest",
    "isempty",
    "least",
    "length",
    "lower",
    "ltrim",
    "md5",
    "nullif",
    "rtrim",
    "upper",
];
const OPERATORS: [&str; 15] = [
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "IS DISTINCT FROM",
    "->",
    "->>",
    "?",
    "?|",
    "?&",
    "@>",
    "<@",
    "&&",
];

/// Tells whether nothing in an expression can fail on a value.
pub(super) fn never_fails(node: &Node) -> bool {
    let all = |nodes: &[Node]| nodes.iter().all(never_fails);
    match node {
        Node::Column(_) | Node::Word(_) | Node::Text(_) | Node::Number(_) => true,
        Node::Call(path, arguments) => {
            let is_known = matches!(path.as_slice(), [name] if FUNCTIONS.contains(&name.as_str()));
            let mut values = arguments.iter().filter_map(|it| it.value.as_ref());
            is_known && values.all(never_fails)
        }
        Node::Prefix(_, _) => false,
        Node::Binary(operator, left, right) => {
            OPERATORS.contains(&operator.as_str()) && never_fails(left) && never_fails(right)
        }
        Node::Quantified(operator, _, left, right) => {
            OPERATORS.contains(&operator.as_str()) && never_fails(left) && never_fails(right)
        }
        Node::List(_, items) | Node::Array(items) | Node::Row(items) => all(items),
        Node::Not(value) | Node::Is(value, _) | Node::Collate(value, _) => never_fails(value),
        Node::Cast(value, ty) => {
            let to_text = is_text(ty) && ty.modifiers.is_empty();
            is_written(value) || to_text && never_fails(value)
        }
        Node::Subscript(value, at) => never_fails(value) && never_fails(at),
        Node::Case(value, branches, otherwise) => {
            let mut branches = branches.iter();
            value.as_deref().is_none_or(never_fails)
                && branches.all(|(when, then)| never_fails(when) && never_fails(then))
                && never_fails(otherwise)
        }
    }
}

/// Tells whether somebody wrote a value, which has been read as one.
fn is_written(node: &Node) -> bool {
    if let Node::Array(items) = node {
        return items.iter().all(is_written);
    }
    is_literal(node) || matches!(node, Node::Number(_) | Node::Word(_))
}
