//! Values that are not known before they are written: what is demanded of them is said.

use std::collections::BTreeMap;

use super::before::Before;
use super::constraint::key_sql;
use super::stored::Stored;
use super::{Question, is_demanded};
use crate::change::Change;
use crate::plan::Plan;
use crate::schema::{Column, Constraint, ConstraintKind, Ident, Name, Quoted};

/// What no question is asked about.
pub(super) struct Unchecked {
    /// The constraint, index or partition.
    pub(super) object: String,
    /// Its table, as it is called now.
    pub(super) table: Name,
    /// Why not.
    pub(super) reason: String,
}

/// Says which constraints and unique indexes read such values.
pub(super) fn unchecked(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
) -> Vec<Unchecked> {
    let mut out = Vec::new();
    for (table, rows) in stored {
        let (Some(after), Some(now)) = (before.after.tables.get(table), before.table(table)) else {
            continue;
        };
        let mut demands: Vec<(&Option<Ident>, Vec<String>, bool)> = Vec::new();
        for constraint in &after.constraints {
            if is_demanded(plan, stored, table, constraint) {
                let (reads, unique) = reads(constraint);
                demands.push((&constraint.name, reads, unique));
            }
        }
        for index in after.indexes.iter().filter(|it| it.unique) {
            let made = |change: &Change| matches!(change, Change::CreateIndex { table: owner, index: made } if owner == table && made.name == index.name);
            if plan.changes.iter().any(made) {
                let keys = index.parts.iter().map(|part| key_sql(&part.key));
                let predicate = index.predicate.iter().map(|it| it.sql().to_owned());
                demands.push((&index.name, keys.chain(predicate).collect(), true));
            }
        }
        for (name, reads, unique) in demands {
            let Some(column) = rows.unknown(&reads.join(", ")) else {
                continue;
            };
            let own = Quoted(&column.name).to_string();
            if unique && reads.contains(&own) && is_given_once(before, column) {
                continue;
            }
            out.push(Unchecked {
                object: format!("{table}.{}", name.clone().unwrap_or_default()),
                table: now.clone(),
                reason: format!("what column {} gets is known only then", column.name),
            });
        }
    }
    out
}

/// Rows that would refer to a table without any, by numbers that they get.
pub(super) fn referring_to_none(
    before: &Before<'_>,
    stored: &BTreeMap<Name, Stored>,
    table: &Name,
    constraint: &Constraint,
) -> Option<Question> {
    let ConstraintKind::ForeignKey(key) = &constraint.kind else {
        return None;
    };
    let rows = stored.get(table)?;
    let names = key.columns.iter().map(|it| Quoted(it).to_string());
    let column = rows.unknown(&names.collect::<Vec<_>>().join(", "))?;
    // Any other may be NULL.
    if key.columns.len() > 1 || !is_given_once(before, column) {
        return None;
    }
    let (now, above) = (before.table(table)?, before.table(&key.table));
    let none = above
        .filter(|above| *above != now)
        .map(|above| format!(" WHERE NOT EXISTS (SELECT 1 FROM {})", Quoted(&above)));
    Some(Question {
        object: format!("{table}.{}", constraint.name.clone().unwrap_or_default()),
        rows: format!("FROM {}{}", Quoted(&now), none?),
        show: "*".into(),
        message: format!(
            "foreign key to {} cannot be added: {{n}} without one",
            key.table
        ),
        cures: vec!["delete or correct the rows".into()],
    })
}

/// Returns what a constraint reads of a row, and whether that is to be unique.
fn reads(constraint: &Constraint) -> (Vec<String>, bool) {
    let names = |columns: &[Ident]| columns.iter().map(|it| Quoted(it).to_string()).collect();
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            (names(&key.columns), true)
        }
        ConstraintKind::Check { expr, .. } => (vec![expr.sql().to_owned()], false),
        ConstraintKind::ForeignKey(key) => (names(&key.columns), false),
        ConstraintKind::Exclude(exclude) => {
            let keys = exclude.elements.iter().map(|it| key_sql(&it.part.key));
            let predicate = exclude.predicate.iter().map(|it| it.sql().to_owned());
            (keys.chain(predicate).collect(), false)
        }
    }
}

/// Tells whether no two rows get the same value, and none gets NULL: numbers, and UUIDs.
fn is_given_once(before: &Before<'_>, column: &Column) -> bool {
    const CALLS: [&str; 5] = [
        "nextval(",
        "gen_random_uuid()",
        "uuidv4()",
        "uuidv7(",
        "uuid_generate_v",
    ];
    let default = before.default_of(column);
    let given = default.is_some_and(|it| CALLS.iter().any(|call| it.sql().contains(call)));
    column.identity.is_some() || given
}
