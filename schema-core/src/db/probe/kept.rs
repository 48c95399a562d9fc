//! Constraints and unique indexes that stay while values change beneath them.

use std::collections::BTreeMap;

use super::Question;
use super::before::Before;
use super::constraint::{Demand, against, duplicates};
use super::stored::Stored;
use crate::change::Change;
use crate::plan::Plan;
use crate::schema::{ConstraintKind, Ident, IndexKey, Name};

/// Rows that would be against what stays.
pub(super) fn questions(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
) -> Vec<Question> {
    let mut out = Vec::new();
    for (name, rows) in stored {
        let Some(table) = before.after.tables.get(name) else {
            continue;
        };
        for constraint in &table.constraints {
            let proven = !constraint.inherited && !constraint.not_valid && !constraint.not_enforced;
            let part = constraint.name.as_ref();
            if proven && !is_asked(plan, name, part) && touched(stored, name, &constraint.kind) {
                let question = against(before, stored, name, constraint);
                out.extend(question.map(|question| {
                    Question {
                        message: question
                            .message
                            .replace("cannot be added", "would not hold"),
                        ..question
                    }
                }));
            }
        }
        for index in table.indexes.iter().filter(|it| it.unique && !it.inherited) {
            let reads = |key: &IndexKey| match key {
                IndexKey::Column(column) => rows.changes(column),
                IndexKey::Expr(expr) => rows.touches(expr.sql()),
            };
            let changes = index.parts.iter().any(|part| reads(&part.key))
                || index.predicate.iter().any(|it| rows.touches(it.sql()));
            if changes && !is_asked(plan, name, index.name.as_ref()) {
                out.extend(duplicates(name, rows, Demand::of(index)));
            }
        }
    }
    out
}

/// Tells whether a change of the plan asks for it.
fn is_asked(plan: &Plan, owner: &Name, part: Option<&Ident>) -> bool {
    plan.changes.iter().any(|change| {
        if let Change::AddConstraint { table, constraint }
        | Change::ValidateConstraint { table, constraint }
        | Change::AlterConstraint {
            table,
            to: constraint,
            ..
        } = change
        {
            table == owner && constraint.name.as_ref() == part
        } else if let Change::CreateIndex { table, index } = change {
            table == owner && index.name.as_ref() == part
        } else if let Change::CreateTable { table } = change {
            table.name == *owner
        } else {
            false
        }
    })
}

/// Tells whether a constraint reads values that may become others.
pub(super) fn touched(
    stored: &BTreeMap<Name, Stored>,
    table: &Name,
    kind: &ConstraintKind,
) -> bool {
    let changes = |table: &Name, columns: &[Ident]| {
        let rows = stored.get(table);
        rows.is_some_and(|rows| columns.iter().any(|it| rows.changes(it)))
    };
    let touches = |sql: &str| stored.get(table).is_some_and(|rows| rows.touches(sql));
    match kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            changes(table, &key.columns)
        }
        ConstraintKind::Check { expr, .. } => touches(expr.sql()),
        ConstraintKind::ForeignKey(key) => {
            changes(table, &key.columns) || changes(&key.table, &key.references)
        }
        ConstraintKind::Exclude(exclude) => {
            let mut elements = exclude.elements.iter();
            elements.any(|element| match &element.part.key {
                IndexKey::Column(column) => changes(table, std::slice::from_ref(column)),
                IndexKey::Expr(expr) => touches(expr.sql()),
            }) || exclude.predicate.iter().any(|it| touches(it.sql()))
        }
    }
}
