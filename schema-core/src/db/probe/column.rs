//! Questions about columns that take no NULL.

use std::collections::BTreeMap;

use super::Question;
use super::before::Before;
use super::stored::{Origin, Stored};
use crate::plan::Plan;
use crate::schema::{Column, Name, Quoted};
use crate::wording::Cure;

/// Rows that would get NULL in a column that does not take it.
pub(super) fn values(plan: &Plan, stored: &BTreeMap<Name, Stored>) -> Vec<Question> {
    let mut out = Vec::new();
    for (table, rows) in stored {
        let own = rows.writes.iter().enumerate().filter(|(_, it)| it.is_own);
        for (at, write) in own {
            let column = &write.column;
            let cures = match write.origin {
                Origin::Backfill | Origin::Filled => {
                    Cure::Backfill.or_rows(&plan.sources, "fix the rows")
                }
                Origin::Computed if write.is_other => {
                    Cure::Optional.or_rows(&plan.sources, "fix the rows")
                }
                Origin::Default if write.given.is_some() => {
                    vec!["correct the default".into(), "fix the rows".into()]
                }
                Origin::Computed
                | Origin::Default
                | Origin::Using
                | Origin::Cast
                | Origin::Renamed => continue,
            };
            let Some(value) = (write.value.as_ref()).filter(|_| !column.nullable) else {
                continue;
            };
            let from = rows.rows_before(at, value);
            out.extend(from.map(|from| Question {
                object: format!("{table}.{}", column.name),
                rows: format!("FROM {} WHERE {value} IS NULL", from.from()),
                show: "*".into(),
                message: "is NOT NULL: {n} would get NULL".into(),
                cures: cures.clone(),
            }));
        }
    }
    out
}

/// Rows with NULL in a column that is to take none.
pub(super) fn nulls(
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
    table: &Name,
    column: &Column,
) -> Option<Question> {
    let rows = stored.get(table)?;
    let from = rows.rows(&Quoted(&column.name).to_string())?;
    Some(Question {
        object: format!("{table}.{}", column.name),
        rows: format!(
            "FROM {} WHERE {} IS NULL",
            from.from(),
            Quoted(&column.name)
        ),
        show: "*".into(),
        message: "cannot become NOT NULL: {n} with NULL".into(),
        cures: Cure::Backfill.or_rows(&plan.sources, "fix the rows"),
    })
}

/// A new column that no row has a value for.
pub(super) fn missing_value(
    plan: &Plan,
    before: &Before<'_>,
    table: &Name,
    column: &Column,
) -> Option<Question> {
    let needs = !column.nullable
        && before.default_of(column).is_none()
        && column.identity.is_none()
        && column.generated.is_none();
    if !needs {
        return None;
    }
    let old = before.table(table)?;
    Some(Question {
        object: format!("{table}.{}", column.name),
        rows: format!("FROM {}", Quoted(&old)),
        show: "*".into(),
        message: "cannot be added as NOT NULL without a default: {n} would have no value".into(),
        cures: Cure::of_no_value(&plan.sources),
    })
}
