//! The parts of an expression.

use crate::schema::DataType;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
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
pub(super) struct Argument {
    pub(super) keyword: Option<&'static str>,
    pub(super) value: Option<Node>,
}
