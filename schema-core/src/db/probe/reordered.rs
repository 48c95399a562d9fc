//! Enum values that get another order: which conditions may then refuse rows that they took.

use std::collections::BTreeSet;

use super::before::Before;
use super::labels::relabelled;
use super::unknown::Unchecked;
use crate::change::mentions;
use crate::plan::Plan;
use crate::schema::{Column, ConstraintKind, Ident, Name, Table, UserType};

/// Says which checks and bounds compare by such an order. No row can be asked before the type is there.
pub(super) fn unchecked(before: &Before<'_>, plan: &Plan) -> Vec<Unchecked> {
    let types: BTreeSet<Name> = (plan.changes.iter())
        .filter_map(|change| relabelled(plan, change))
        .filter(|(_, from, to)| is_other_order(from, to))
        .map(|(name, _, _)| name)
        .collect();
    if types.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (name, table) in &before.after.tables {
        let Some(now) = before.table(name) else {
            continue;
        };
        let ordered = |column: &&Column| types.iter().any(|ty| is_of(before, column, ty));
        let columns: Vec<&Column> = table.columns.iter().filter(ordered).collect();
        for object in compared(before, table, &columns) {
            out.push(Unchecked {
                object,
                table: now.clone(),
                reason: "values of an enum get another order, and it compares by that".into(),
            });
        }
    }
    out
}

/// Returns what compares columns by their order.
fn compared(before: &Before<'_>, table: &Table, columns: &[&Column]) -> Vec<String> {
    let mut out = Vec::new();
    for constraint in &table.constraints {
        if let ConstraintKind::Check { expr, .. } = &constraint.kind
            && !constraint.not_valid
            && !constraint.not_enforced
            && has_order(expr.sql())
            && columns.iter().any(|it| mentions(expr, &it.name))
        {
            let part = constraint.name.clone().unwrap_or_default();
            out.push(format!("{}.{part}", table.name));
        }
    }
    let above = table.partition_of.as_ref().map(|it| &it.parent);
    let parted = above.and_then(|above| before.after.tables.get(above)?.partition_by.as_ref());
    if parted.is_some_and(|by| {
        let named = |name: &Ident| columns.iter().any(|it| it.name == *name);
        by.strategy == "range" && by.columns.iter().any(named)
    }) {
        out.push(table.name.to_string());
    }
    out
}

/// Tells whether values that both have follow each other otherwise.
fn is_other_order(from: &[String], to: &[String]) -> bool {
    let kept = from.iter().filter(|label| to.contains(label));
    let order = to.iter().filter(|label| from.contains(label));
    !kept.eq(order)
}

/// Tells whether a column is of an enum, or of a domain or an array of it.
fn is_of(before: &Before<'_>, column: &Column, ty: &Name) -> bool {
    let mut of = column.ty.user();
    // Domains of domains end somewhere.
    for _ in 0..16 {
        let Some(name) = of else { break };
        if name == *ty {
            return true;
        }
        of = match before.after.types.get(&name) {
            Some(UserType::Domain(domain)) => domain.base.user(),
            Some(UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_)) | None => None,
        };
    }
    false
}

/// Tells whether an expression may compare by an order.
fn has_order(sql: &str) -> bool {
    let without = ["<>", "->>", "->", "<@", "@>"];
    let rest = without
        .iter()
        .fold(sql.to_owned(), |sql, it| sql.replace(it, ""));
    rest.contains(['<', '>'])
}
