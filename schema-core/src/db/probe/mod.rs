//! Questions to the data before the first statement: what would fail is refused with the rows.

mod ask;
mod before;
mod column;
mod constraint;
mod domain;
mod evaluated;
mod filled;
mod kept;
mod labels;
mod long;
mod numbered;
mod numbers;
mod partition;
mod reordered;
mod stored;
mod types;
mod unknown;
mod within;

use std::collections::{BTreeMap, BTreeSet};

use self::before::Before;
use self::constraint::{Demand, against, duplicates};
pub(super) use self::filled::is_filled;
use self::stored::Stored;
use super::Session;
use crate::change::{Change, ColumnChange, descendants};
use crate::dialect::postgres::bound;
use crate::dialect::postgres::fit::Fit;
use crate::plan::Plan;
use crate::schema::{Constraint, ConstraintKind, Family, Name, Schema};

/// A question to the rows, and what is refused when there are such.
pub(crate) struct Question {
    /// What it is about.
    pub(crate) object: String,
    /// Rows in the way, as `FROM .. WHERE ..`.
    pub(crate) rows: String,
    /// What is selected to show them.
    pub(crate) show: String,
    /// The refusal; `{n}` is the number.
    pub(crate) message: String,
    /// What can be done about it.
    pub(crate) cures: Vec<String>,
}

/// Asks what the plan depends on, and adds refusals for what is in the way. What cannot be asked,
/// or takes too long, is said.
pub(super) async fn probe(session: &mut Session, live: &Schema, plan: &mut Plan) {
    if plan.changes.is_empty() {
        return;
    }
    if plan.family == Family::Sqlite {
        let questions = crate::dialect::sqlite::questions(live, plan);
        return ask::ask(session, questions, &BTreeMap::new(), plan).await;
    }
    let before = Before::new(live, plan);
    filled::fired(&before, plan);
    let stored = stored(&before, plan);
    let questions = questions(&before, plan, &stored);
    let mut computed = types::computed(plan, &stored);
    computed.extend(evaluated::beforehand(&before, plan, &stored));
    ask::compute(session, &computed, plan).await;
    let afterwards = evaluated::afterwards(&before, plan, &stored);
    ask::ask(session, questions, &afterwards, plan).await;
    numbers::numbers(&before, session, plan).await;
    unasked(&before, plan);
    let mut unchecked = unknown::unchecked(&before, plan, &stored);
    unchecked.extend(reordered::unchecked(&before, plan));
    ask::say(session, unchecked, plan).await;
}

/// Says which type changes cannot be asked about.
fn unasked(before: &Before<'_>, plan: &mut Plan) {
    let mut notes = Vec::new();
    for change in &plan.changes {
        if let Some((table, column, Fit::Unknown)) = types::retyped(before, plan, change) {
            notes.push(format!(
                "{table}.{column}: whether its values fit the new type is not checked beforehand; if they do not, the apply fails there and rolls that step back"
            ));
        }
    }
    plan.notes.extend(notes);
}

/// Returns the rows of all tables that are there and that the plan is about, as it leaves them.
fn stored(before: &Before<'_>, plan: &Plan) -> BTreeMap<Name, Stored> {
    let tables: BTreeSet<&Name> = plan.changes.iter().filter_map(Change::table).collect();
    let below = (tables.iter()).flat_map(|table| descendants(&before.after, table));
    let mut all: BTreeSet<Name> = below.chain(tables.iter().copied().cloned()).collect();
    // And those that they refer to, or that refer to them, or have rows that would be theirs.
    let mut beside = Vec::new();
    let above = |name: &Name| Some(&before.after.tables.get(name)?.partition_of.as_ref()?.parent);
    let above: BTreeSet<&Name> = all.iter().filter_map(above).collect();
    let defaults = above.into_iter();
    beside.extend(defaults.filter_map(|name| bound::default_of(&before.after, name)));
    for (name, table) in &before.after.tables {
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && (all.contains(name) || all.contains(&key.table))
            {
                beside.extend([name.clone(), key.table.clone()]);
            }
        }
    }
    all.extend(beside);
    let rows = |table: Name| Some((table.clone(), Stored::new(before, plan, &table)?));
    all.into_iter().filter_map(rows).collect()
}

fn questions(before: &Before<'_>, plan: &Plan, stored: &BTreeMap<Name, Stored>) -> Vec<Question> {
    let mut out = Vec::new();
    for change in &plan.changes {
        out.extend(question(before, plan, stored, change));
        out.extend(numbered::without_number(before, change));
        out.extend(partition::in_default(before, plan, stored, change));
        out.extend(partition::left_behind(before, plan, change));
        out.extend(partition::referred(before, plan, change));
        // The rows of one that is made anew are there.
        if let Change::CreateTable { table } = change
            && before.table(&table.name).is_some()
        {
            for constraint in &table.constraints {
                let added = Change::AddConstraint {
                    table: table.name.clone(),
                    constraint: constraint.clone(),
                };
                out.extend(question(before, plan, stored, &added));
            }
        }
    }
    out.extend(column::values(plan, stored));
    out.extend(domain::written(before, plan, stored));
    out.extend(kept::questions(before, plan, stored));
    out.extend(filled::questions(before, plan, stored));
    out.extend(long::questions(before, plan, stored));
    out
}

fn question(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
    change: &Change,
) -> Option<Question> {
    if let Change::AddColumn {
        table,
        column,
        backfill: None,
    } = change
    {
        return column::missing_value(plan, before, table, column);
    }
    if let Change::AlterColumn {
        table,
        column,
        change: ColumnChange::SetNotNull { backfill: None } | ColumnChange::ValidateNotNull { .. },
    } = change
    {
        return column::nulls(plan, stored, table, column);
    }
    if let Change::CreateIndex { table, index } = change
        && index.unique
    {
        return duplicates(table, stored.get(table)?, Demand::of(index));
    }
    if let Change::ValidateConstraint { table, constraint } = change {
        return against(before, stored, table, constraint);
    }
    if let Change::AlterConstraint { table, from, to } = change {
        let begins = from.not_enforced && !to.not_enforced && !to.not_valid;
        return begins.then(|| against(before, stored, table, to))?;
    }
    let Change::AddConstraint { table, constraint } = change else {
        return labels::removed(before, plan, change)
            .or_else(|| domain::altered(before, change))
            .or_else(|| partition::out_of_bound(before, stored, change))
            .or_else(|| types::misfits(before, plan, change));
    };
    if !is_new(plan, stored, table, constraint) {
        return None;
    }
    against(before, stored, table, constraint)
        .or_else(|| unknown::referring_to_none(before, stored, table, constraint))
}

/// Tells whether rows are held against a constraint that is added. What is only made again holds
/// already, if it was proven.
fn is_new(
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
    table: &Name,
    constraint: &Constraint,
) -> bool {
    let again = plan.changes.iter().any(|other| {
        matches!(other, Change::DropConstraint { table: owner, constraint: gone }
            if owner == table && gone.kind == constraint.kind && !gone.not_valid && !gone.not_enforced)
    });
    let again = again && !kept::touched(stored, table, &constraint.kind);
    !again && !constraint.not_valid && !constraint.not_enforced
}

/// Tells whether a plan adds a constraint that rows are held against.
fn is_demanded(
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
    table: &Name,
    constraint: &Constraint,
) -> bool {
    let adds = |change: &Change| matches!(change, Change::AddConstraint { table: owner, constraint: added } if owner == table && added == constraint);
    plan.changes.iter().any(adds) && is_new(plan, stored, table, constraint)
}
