//! Names that nobody wrote: those that the server would give.
//!
//! The rules are PostgreSQL's `makeObjectName`, `ChooseRelationName` and `ChooseConstraintName`.

use std::collections::BTreeSet;

use crate::change::mentions;
use crate::schema::{
    Column, Constraint, ConstraintKind, Ident, Index, IndexKey, IndexPart, Table, object_name,
};

/// Returns a name for a constraint that is not in `taken`.
pub(crate) fn constraint_name(
    table: &Table,
    constraint: &Constraint,
    taken: &BTreeSet<Ident>,
) -> Ident {
    let (columns, label) = match &constraint.kind {
        ConstraintKind::PrimaryKey(_) => (String::new(), "pkey"),
        ConstraintKind::Unique(key) => (join(&key.columns), "key"),
        ConstraintKind::ForeignKey(key) => (join(&key.columns), "fkey"),
        ConstraintKind::Exclude(exclude) => {
            let parts = exclude.elements.iter().map(|element| &element.part);
            (parts_name(parts), "excl")
        }
        ConstraintKind::Check { expr, .. } => {
            let mut used = table
                .columns
                .iter()
                .filter(|column| mentions(expr, &column.name))
                .map(|c| &c.name);
            let columns = match (used.next(), used.next()) {
                (Some(only), None) => only.as_str().to_owned(),
                (Some(_) | None, Some(_) | None) => String::new(),
            };
            (columns, "check")
        }
    };
    choose(table.name.name.as_str(), &columns, label, taken)
}

/// Returns a name for an index that is not in `taken`.
pub(crate) fn index_name(table: &Table, index: &Index, taken: &BTreeSet<Ident>) -> Ident {
    let included = index
        .include
        .iter()
        .map(|column| IndexPart::column(column.clone()));
    let included: Vec<IndexPart> = included.collect();
    let columns = parts_name(index.parts.iter().chain(&included));
    choose(table.name.name.as_str(), &columns, "idx", taken)
}

/// Returns a name for the NOT NULL of a column that is not in `taken`.
pub(crate) fn not_null_name(table: &Table, column: &Column, taken: &BTreeSet<Ident>) -> Ident {
    let table = table.name.name.as_str();
    choose(table, column.name.as_str(), "not_null", taken)
}

fn join(columns: &[Ident]) -> String {
    columns
        .iter()
        .map(Ident::as_str)
        .collect::<Vec<_>>()
        .join("_")
}

/// As `ChooseIndexColumnNames`: a column's name, a function's name, or `expr`.
fn parts_name<'a>(parts: impl Iterator<Item = &'a IndexPart>) -> String {
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let stem = match &part.key {
            IndexKey::Column(column) => column.as_str().to_owned(),
            IndexKey::Expr(expr) => {
                let call = expr.as_str().split('(').next().unwrap_or_default().trim();
                let plain = call.rsplit('.').next().unwrap_or_default();
                let is_call = expr.as_str().contains('(')
                    && !plain.is_empty()
                    && plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                if is_call {
                    plain.to_lowercase()
                } else {
                    "expr".to_owned()
                }
            }
        };
        let mut name = stem.clone();
        let mut n = 1;
        while names.contains(&name) {
            name = format!("{stem}{n}");
            n += 1;
        }
        names.push(name);
    }
    names.join("_")
}

fn choose(table: &str, columns: &str, label: &str, taken: &BTreeSet<Ident>) -> Ident {
    let mut n = 0;
    loop {
        let numbered = if n == 0 {
            label.to_owned()
        } else {
            format!("{label}{n}")
        };
        let name = Ident::new(object_name(table, columns, &numbered));
        if !taken.contains(&name) {
            return name;
        }
        n += 1;
    }
}

/// Names that need not be declared: the server gives them anyway.
pub(crate) mod own {
    use super::{BTreeSet, Constraint, ConstraintKind, Ident, Index, Table, mentions};

    /// Returns the name that a constraint has when nobody names it.
    pub(crate) fn constraint(table: &Table, constraint: &Constraint) -> Ident {
        super::constraint_name(table, constraint, &BTreeSet::new())
    }

    /// Returns the name that an index has when nobody names it.
    pub(crate) fn index(table: &Table, index: &Index) -> Ident {
        super::index_name(table, index, &BTreeSet::new())
    }

    /// Returns the one column that a check is about.
    pub(crate) fn check_column(table: &Table, constraint: &Constraint) -> Option<Ident> {
        let ConstraintKind::Check { expr, .. } = &constraint.kind else {
            return None;
        };
        let mut used = table.columns.iter().filter(|it| mentions(expr, &it.name));
        match (used.next(), used.next()) {
            (Some(only), None) => Some(only.name.clone()),
            (Some(_) | None, Some(_) | None) => None,
        }
    }
}
