//! What an UPDATE of the plan meets that gives rows their values: triggers, rules, checks of which old
//! rows are not proven, publications.

use std::collections::{BTreeMap, BTreeSet};

use super::Question;
use super::before::Before;
use super::constraint::against;
use super::stored::Stored;
use crate::change::{Change, descendants};
use crate::plan::{Plan, Refusal};
use crate::schema::{Column, ConstraintKind, Ident, Name, Other, Quoted};

/// Tells whether a plan gives rows of a table their values in a column by an UPDATE.
pub(in crate::db) fn is_filled(plan: &Plan, table: &Name, column: &Column) -> bool {
    let update = format!("UPDATE {} SET {} = ", Quoted(table), Quoted(&column.name));
    let mut steps = plan.groups.iter().flat_map(|group| &group.steps);
    steps.any(|step| (step.statements.iter()).any(|it| it.sql.starts_with(&update)))
}

/// Returns the tables that a plan fills so, each with a column and its change.
fn fills(plan: &Plan) -> Vec<(&Name, &Column, &Change)> {
    let mut out = Vec::new();
    for change in &plan.changes {
        if let Change::AddColumn { table, column, .. } | Change::AlterColumn { table, column, .. } =
            change
            && is_filled(plan, table, column)
        {
            out.push((table, column, change));
        }
    }
    out
}

/// Refuses what a rule would do instead, and says which triggers and rules such an UPDATE fires.
pub(super) fn fired(before: &Before<'_>, plan: &mut Plan) {
    let (mut refusals, mut notes) = (Vec::new(), BTreeSet::new());
    for (table, column, _) in fills(plan) {
        let Some(now) = before.table(table) else {
            continue;
        };
        let below = descendants(before.live, &now);
        for other in &before.live.others {
            let Some(owner) = &other.table else { continue };
            let (is_own, is_below) = (*owner == now, below.contains(owner));
            let fires = match other.kind.as_str() {
                "trigger" => (is_own || is_below) && fires_on_update(other, column),
                "rule" => is_own && is_of_update(other),
                _ => false,
            };
            if !fires || is_off(other, owner) {
                continue;
            }
            let what = format!("{} {}", other.kind, other.name.name);
            if other.kind == "rule" && does_instead(other) {
                refusals.push(Refusal::new(
                    format!("{table}.{}", column.name),
                    format!(
                        "an UPDATE gives rows their values, and {what} does something else instead"
                    ),
                    &format!(
                        "for the run: ALTER TABLE {} DISABLE RULE {}",
                        Quoted(owner),
                        Quoted(&other.name.name)
                    ),
                ));
            } else {
                let whose = if is_own {
                    String::new()
                } else {
                    format!(" of {owner}")
                };
                notes.insert(format!(
                    "{table}.{}: an UPDATE gives rows their values, and fires {what}{whose} for them",
                    column.name
                ));
            }
        }
    }
    plan.refuse(refusals);
    plan.notes.extend(notes);
}

/// Tells whether a trigger fires on an UPDATE of a column.
fn fires_on_update(trigger: &Other, column: &Column) -> bool {
    let head = format!("TRIGGER {} ", Quoted(&trigger.name.name));
    let create = trigger.create.first();
    let Some((_, rest)) = create.and_then(|create| create.split_once(&head)) else {
        return false;
    };
    let events = rest.split_once(" ON ").map_or(rest, |(events, _)| events);
    let Some((_, update)) = events.split_once("UPDATE") else {
        return false;
    };
    let Some(columns) = update.strip_prefix(" OF ") else {
        return true;
    };
    let columns = columns.split(" OR ").next().unwrap_or_default();
    let name = Quoted(&column.name).to_string();
    columns.split(", ").any(|it| it == name)
}

fn is_of_update(rule: &Other) -> bool {
    let create = rule.create.first();
    create.is_some_and(|create| create.contains(" ON UPDATE TO "))
}

fn does_instead(rule: &Other) -> bool {
    let create = rule.create.first();
    create.is_some_and(|create| create.contains(" DO INSTEAD "))
}

/// Tells whether a trigger or a rule is switched off for what is written here.
fn is_off(other: &Other, table: &Name) -> bool {
    let alter = format!("ALTER TABLE {} ", Quoted(table));
    let kind = other.kind.to_uppercase();
    let off = ["DISABLE", "ENABLE REPLICA"].map(|word| format!("{alter}{word} {kind} "));
    (other.create.iter()).any(|sql| off.iter().any(|off| sql.starts_with(off)))
}

/// Rows against a check that is not proven of them, and tables that publish updates without a word
/// of which row it is.
pub(super) fn questions(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
) -> Vec<Question> {
    let mut out = Vec::new();
    let mut published_tables = BTreeSet::new();
    for (table, column, change) in fills(plan) {
        let Some(now) = before.table(table) else {
            continue;
        };
        if published_tables.insert(table) {
            out.push(published(before, table, &now));
        }
        // Any other change fills some rows alone.
        let constraints = (before.live.tables.get(&now))
            .filter(|_| matches!(change, Change::AddColumn { .. }))
            .map(|it| &it.constraints);
        for constraint in constraints.into_iter().flatten() {
            let ConstraintKind::Check { expr, .. } = &constraint.kind else {
                continue;
            };
            let ours = constraint.name.as_ref().is_some_and(Ident::is_temporary);
            if !constraint.not_valid || constraint.not_enforced || ours {
                continue;
            }
            let question = against(before, stored, table, constraint);
            out.extend(question.map(|question| Question {
                message: format!(
                    "an UPDATE gives column {} of rows its values, and check ({expr}), which is not valid, refuses {{n}}",
                    column.name
                ),
                ..question
            }));
        }
    }
    out
}

/// Tables that publish updates, and have nothing to tell their rows apart by.
fn published(before: &Before<'_>, table: &Name, now: &Name) -> Question {
    let all = before.with_those_below(now);
    Question {
        object: table.to_string(),
        rows: format!(
            "FROM pg_class c WHERE c.oid = ANY (ARRAY[{}]::oid[]) AND c.relkind = 'r' AND c.relreplident <> 'f' \
             AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND CASE c.relreplident \
             WHEN 'd' THEN i.indisprimary AND i.indimmediate ELSE i.indisreplident END) \
             AND EXISTS (SELECT 1 FROM pg_publication p JOIN pg_publication_tables t USING (pubname) \
             WHERE p.pubupdate AND (c.oid = to_regclass(format('%I.%I', t.schemaname, t.tablename)) \
             OR EXISTS (SELECT 1 FROM pg_partition_ancestors(c.oid) a \
             WHERE a.relid = to_regclass(format('%I.%I', t.schemaname, t.tablename)))))",
            all
        ),
        show: "c.oid::regclass".into(),
        message: "an UPDATE gives rows their values, and the table publishes updates without a replica identity".into(),
        cures: vec![format!(
            "for the run at least: ALTER TABLE {} REPLICA IDENTITY FULL, or give it a primary key first",
            Quoted(now)
        )],
    }
}
