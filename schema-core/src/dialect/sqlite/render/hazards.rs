//! What a change may cost.

use std::collections::BTreeSet;

use super::super::{sql, types};
use crate::change::{Change, ColumnChange};
use crate::facts::Facts;
use crate::schema::{Constraint, ConstraintKind, DataType, Name, quote_literal};
use crate::step::{Hazard, HazardKind};

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`unsupported` lists every variant"
)]
pub(super) fn hazards(change: &Change, facts: &Facts) -> Vec<Hazard> {
    let hazard = |kind, message| Hazard { kind, message };
    let rows = |table: &Name| match facts.size(table).rows {
        0 => "",
        _ => ", and its rows with it",
    };
    match change {
        Change::DropTable { table } => vec![hazard(
            HazardKind::DataLoss,
            format!("table `{}` is dropped{}", table.name, rows(&table.name)),
        )],
        // Its values can be computed again.
        Change::DropColumn { column, .. } if column.generated.is_some() => Vec::new(),
        Change::DropColumn { table, column, .. } => vec![hazard(
            HazardKind::DataLoss,
            format!(
                "column `{table}.{}` is dropped with its values",
                column.name
            ),
        )],
        Change::RenameTable { from, to } => vec![hazard(
            HazardKind::BreaksRunningApp,
            format!("table `{from}` is `{to}` from then on; the running release asks for `{from}`"),
        )],
        Change::RenameColumn { table, from, to } => vec![hazard(
            HazardKind::BreaksRunningApp,
            format!(
                "column `{table}.{from}` is `{to}` from then on; the running release asks for \
                 `{from}`"
            ),
        )],
        Change::AlterTable { table, from, to } if to.strict && !from.strict => vec![hazard(
            HazardKind::Narrowing,
            format!(
                "table `{table}` becomes STRICT: values of other types than declared are refused"
            ),
        )],
        Change::AddColumn { table, column, .. }
            if !column.nullable && column.default.is_none() && column.generated.is_none() =>
        {
            vec![hazard(
                HazardKind::BreaksRunningApp,
                format!(
                    "column `{table}.{}` is NOT NULL without a default; the running release does \
                     not fill it",
                    column.name
                ),
            )]
        }
        Change::AlterColumn {
            table,
            column,
            change,
        } => match change {
            ColumnChange::Type { from, .. }
                if !types::keeps(types::affinity(&from.ty), types::affinity(&column.ty)) =>
            {
                vec![hazard(
                    HazardKind::Narrowing,
                    format!(
                        "column `{table}.{}`: values of {} may not be {}",
                        column.name,
                        type_word(&from.ty),
                        type_word(&column.ty)
                    ),
                )]
            }
            ColumnChange::Values { renamed } => renamed
                .iter()
                .map(|(old, new)| {
                    hazard(
                        HazardKind::BreaksRunningApp,
                        format!(
                            "column `{table}.{}`: '{old}' is '{new}' from then on; the running \
                             release knows it by this name",
                            column.name
                        ),
                    )
                })
                .collect(),
            ColumnChange::Default { to: None, .. }
                if !column.nullable && column.identity.is_none() && column.generated.is_none() =>
            {
                vec![hazard(
                    HazardKind::BreaksRunningApp,
                    format!(
                        "column `{table}.{}` is NOT NULL and has no default any more; the running \
                         release may not fill it",
                        column.name
                    ),
                )]
            }
            ColumnChange::SetNotNull { .. } if column.default.is_none() => vec![hazard(
                HazardKind::BreaksRunningApp,
                format!(
                    "column `{table}.{}` becomes NOT NULL without a default; the running release \
                     may write NULL",
                    column.name
                ),
            )],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn type_word(ty: &DataType) -> String {
    match types::sql(ty) {
        none if none.is_empty() => "no type".into(),
        ty => format!("`{ty}`"),
    }
}

/// Words of a table's text that no model can say: a rebuild writes the table without them.
pub(super) fn lost_words(table: &Name, facts: &Facts) -> Option<Hazard> {
    let words = facts.unsaid.get(table)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Some(Hazard {
        kind: HazardKind::DataLoss,
        message: format!(
            "table `{table}` is rebuilt without `{}`, which no model can say",
            words.join("`, `")
        ),
    })
}

/// Finds values that a check had and its successor has not: labels of an enum.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`unsupported` lists every variant"
)]
pub(super) fn lost_values(changes: &[&Change]) -> Vec<Hazard> {
    let checks = |dropped: bool| {
        changes.iter().filter_map(move |change| match change {
            Change::DropConstraint { table, constraint } if dropped => {
                in_list(constraint).map(|(column, values)| (table, column, values))
            }
            Change::AddConstraint { table, constraint } if !dropped => {
                in_list(constraint).map(|(column, values)| (table, column, values))
            }
            _ => None,
        })
    };
    let mut hazards = Vec::new();
    for (table, column, old) in checks(true) {
        for (_, _, new) in checks(false).filter(|(_, same, _)| *same == column) {
            let renamed = |value: &String| {
                changes.iter().any(|change| {
                    matches!(change, Change::AlterColumn { column: of, change: ColumnChange::Values { renamed }, .. }
                        if of.name.as_str() == column && renamed.iter().any(|(old, _)| quote_literal(old) == *value))
                })
            };
            for value in old.difference(&new).filter(|value| !renamed(value)) {
                hazards.push(Hazard {
                    kind: HazardKind::DataLoss,
                    message: format!(
                        "column `{table}.{column}`: {value} is no longer one of its values"
                    ),
                });
            }
        }
    }
    hazards
}

/// Returns column and values of a check `column IN ('a', 'b')`.
fn in_list(constraint: &Constraint) -> Option<(String, BTreeSet<String>)> {
    let ConstraintKind::Check { expr, .. } = &constraint.kind else {
        return None;
    };
    let tokens = sql::tokens(expr.as_str());
    let [column, is_in, open, values @ .., end] = tokens.as_slice() else {
        return None;
    };
    let list = is_in.is("IN") && open.is("(") && end.is(")");
    let plain = values
        .iter()
        .all(|token| token.kind == sql::Kind::Text || token.is(","));
    (list && plain).then(|| {
        let texts = values.iter().filter(|token| token.kind == sql::Kind::Text);
        (
            column.name(),
            texts.map(|token| token.text.to_owned()).collect(),
        )
    })
}
