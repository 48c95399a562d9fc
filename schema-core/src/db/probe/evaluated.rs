//! Expressions of indexes and constraints: which of them fail on a row.

use std::collections::BTreeMap;

use super::before::Before;
use super::constraint::key_sql;
use super::stored::Stored;
use super::types::{Computed, Makes, makes};
use crate::change::Change;
use crate::dialect::postgres::expression::never_fails;
use crate::plan::Plan;
use crate::schema::{ConstraintKind, Expr, Ident, Index, IndexKey, Name, Table};

/// Classes of SQLSTATE that tell of a value what an expression does not take.
const FINAL: &[&str] = &["22", "23", "54", "P0"];

/// What is computed of each row for one index or constraint.
struct Part<'a> {
    name: Ident,
    keys: Vec<&'a IndexKey>,
    /// The predicate of an index, or a check.
    condition: Option<&'a Expr>,
    is_index: bool,
}

/// Returns what may fail where nothing else is asked of all rows: plain indexes and exclusions.
pub(super) fn beforehand(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
) -> Vec<Computed> {
    let makes = makes(plan);
    let mut out = Vec::new();
    for (name, rows) in stored {
        let Some(table) = before.after.tables.get(name) else {
            continue;
        };
        let indexes = table.indexes.iter().filter(|index| {
            let is_new = is_made(plan, name, index);
            !index.unique
                && !index.inherited
                && (is_new || index.exprs().any(|it| rows.touches(it.sql())))
        });
        let exclusions = table.constraints.iter().filter(|constraint| {
            let is_exclusion = matches!(constraint.kind, ConstraintKind::Exclude(_));
            is_exclusion && super::is_demanded(plan, stored, name, constraint)
        });
        let parts = indexes
            .map(Part::of_index)
            .chain(exclusions.map(|it| Part::of(it.name.clone(), &it.kind)));
        for part in parts {
            let sure = |expr: &Expr| never_fails(expr.sql());
            if !part.exprs().all(sure) {
                out.extend(part.computed(name, rows, makes));
            }
        }
    }
    out
}

/// Returns what to compute where a question about an object fails, by the object.
pub(super) fn afterwards(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
) -> BTreeMap<String, Computed> {
    let makes = makes(plan);
    let parts_of = |table: &'_ Table, name: &Name, rows: &Stored| {
        let constraints = (table.constraints.iter()).map(|it| Part::of(it.name.clone(), &it.kind));
        let indexes = table.indexes.iter().map(Part::of_index);
        let computed = constraints.chain(indexes).filter_map(|part| {
            let is_any = part.exprs().next().is_some();
            is_any.then(|| part.computed(name, rows, makes)).flatten()
        });
        computed.collect::<Vec<_>>()
    };
    let of = |(name, rows): (&Name, &Stored)| {
        let table = before.after.tables.get(name)?;
        Some(parts_of(table, name, rows))
    };
    let all = stored.iter().filter_map(of).flatten();
    all.map(|it| (it.object.clone(), it)).collect()
}

/// Tells whether an index is made of what none was made of before.
pub(super) fn is_made(plan: &Plan, owner: &Name, index: &Index) -> bool {
    let is_it = |change: &Change| matches!(change, Change::CreateIndex { table, index: made } if table == owner && made.name == index.name);
    let keys = |index: &Index| -> Vec<IndexKey> {
        index.parts.iter().map(|part| part.key.clone()).collect()
    };
    let is_same = |change: &Change| {
        matches!(change, Change::DropIndex { table, index: gone }
            if table == owner && !gone.invalid && keys(gone) == keys(index) && gone.predicate == index.predicate)
    };
    plan.changes.iter().any(is_it) && !plan.changes.iter().any(is_same)
}

impl<'a> Part<'a> {
    fn of_index(index: &'a Index) -> Self {
        Self {
            name: index.name.clone().unwrap_or_default(),
            keys: index.parts.iter().map(|part| &part.key).collect(),
            condition: index.predicate.as_ref(),
            is_index: true,
        }
    }

    fn of(name: Option<Ident>, kind: &'a ConstraintKind) -> Self {
        let (keys, condition, is_index) = match kind {
            ConstraintKind::Check { expr, .. } => (Vec::new(), Some(expr), false),
            ConstraintKind::Exclude(exclude) => (
                exclude.elements.iter().map(|it| &it.part.key).collect(),
                exclude.predicate.as_ref(),
                true,
            ),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey(_) => (Vec::new(), None, true),
        };
        Self {
            name: name.unwrap_or_default(),
            keys,
            condition,
            is_index,
        }
    }

    fn exprs(&self) -> impl Iterator<Item = &'a Expr> {
        let keys = self.keys.iter().filter_map(|key| match key {
            IndexKey::Column(_) => None,
            IndexKey::Expr(expr) => Some(expr),
        });
        keys.chain(self.condition)
    }

    /// Asks for the expressions of the rows that the condition holds for, as the server computes them:
    /// the condition first.
    fn computed(&self, table: &Name, rows: &Stored, makes: Makes) -> Option<Computed> {
        let exprs = self.keys.iter().filter_map(|key| match key {
            IndexKey::Column(_) => None,
            IndexKey::Expr(_) => Some(key_sql(key)),
        });
        let exprs: Vec<String> = exprs.collect();
        let value = match (self.condition, exprs.as_slice()) {
            (Some(condition), []) => format!("({condition})"),
            (Some(condition), exprs) => format!(
                "CASE WHEN ({condition}) THEN num_nulls({}) END",
                exprs.join(", ")
            ),
            (None, exprs) => format!("num_nulls({})", exprs.join(", ")),
        };
        let from = rows.rows(&value)?;
        Some(Computed {
            object: format!("{table}.{}", self.name),
            word: match (self.is_index, exprs.is_empty()) {
                // Or what the plan writes there.
                _ if rows.touches(&value) => "computing it",
                (false, _) => "the check",
                (true, true) => "its predicate",
                (true, false) => "its expression",
            },
            cure: "correct the expression, or the rows",
            sql: format!(
                "SELECT (count({value}) < 0)::int::int8 FROM {}",
                from.from()
            ),
            find: String::new(),
            is_final: match makes {
                Makes::Types => &[],
                Makes::Nothing | Makes::Tables => FINAL,
            },
        })
    }
}
