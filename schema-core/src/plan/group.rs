//! Transaction boundaries: what can be atomic is.

use std::collections::BTreeSet;

use super::locks::Locks;
use super::{Group, anew};
use crate::change::{Change, steps_out};
use crate::schema::{Family, Name};
use crate::step::{Lock, Statement, Step, Txn};

/// Splits steps into groups that commit together, and tells whether one has no room for all of it.
pub(super) fn group(
    family: Family,
    steps: Vec<Step>,
    anew: &BTreeSet<Name>,
    mut room: Locks,
) -> (Vec<Group>, bool) {
    let mut groups: Vec<Group> = Vec::new();
    let mut divided_for_room = false;
    let mut last = None;
    // Whoever holds two tables in the other order than a writer ends in a deadlock with it, and so
    // does who comes to lock a table more strongly. A plan that is no single transaction anyway takes
    // them one after the other, and once.
    let divided = family == Family::Postgres
        && steps
            .iter()
            .flat_map(|step| &step.statements)
            .any(|statement| statement.txn != Txn::Shared);
    let mut held: Option<(Name, Lock)> = None;
    let mut together = 0_usize;
    let joined = anew::joined(&steps, anew);
    let changes: Vec<Change> = (steps.iter().flat_map(|step| &step.changes).cloned()).collect();
    for (at, mut step) in steps.into_iter().enumerate() {
        let locked = locks(&step);
        let within = together > 0 || joined.contains(&at);
        for change in &step.changes {
            if let Change::DropOther { other, again: true } = change {
                // Who reads a view takes it before its tables.
                let after_another = held
                    .take()
                    .is_some_and(|(held, _)| Some(held) != other.table);
                if divided && !within && after_another && last == Some(Txn::Shared) {
                    last = Some(Txn::Own);
                }
                together += 1;
            } else if matches!(change, Change::CreateOther { .. }) {
                together = together.saturating_sub(1);
            } else if let Change::DetachPartition { table, .. } = change
                && steps_out(table, &changes)
            {
                together += 1;
            } else if let Change::AttachPartition { table, .. } = change
                && steps_out(table, &changes)
            {
                together = together.saturating_sub(1);
            }
        }
        if let Some((table, lock)) = locked {
            let harms =
                (held.as_ref()).is_some_and(|(held, so_far)| *held != table || *so_far < lock);
            if divided && harms && !within && last == Some(Txn::Shared) {
                // What follows opens a group.
                last = Some(Txn::Own);
            }
            let so_far = held.take().filter(|(held, _)| *held == table);
            let lock = so_far.map_or(lock, |(_, so_far)| so_far.max(lock));
            held = Some((table, lock));
        }
        if family == Family::Postgres {
            if last != Some(Txn::Shared) {
                room.let_go();
            }
            if !room.take(&step, within) {
                last = Some(Txn::Own);
                divided_for_room = true;
            }
        }
        // What tells of the step stands with its first statement, and that it is over with its last.
        let statements = std::mem::take(&mut step.statements);
        let over = std::mem::take(&mut step.over);
        let mut head = Some(step);
        if statements.is_empty()
            && let Some(head) = head.take()
        {
            add(&mut groups, &mut last, head, Txn::Shared);
        }
        for statement in statements {
            // SQLite's whole plan is one transaction.
            let txn = match family {
                Family::Sqlite => Txn::Shared,
                Family::Postgres => statement.txn,
            };
            match head.take() {
                Some(mut piece) => {
                    piece.statements.push(statement);
                    add(&mut groups, &mut last, piece, txn);
                }
                None => continue_step(&mut groups, &mut last, statement, txn),
            }
        }
        if let Some(piece) = groups.last_mut().and_then(|group| group.steps.last_mut()) {
            piece.over = over;
        }
    }
    (groups, divided_for_room)
}

/// Returns the table that a step locks against writers, and how strongly.
fn locks(step: &Step) -> Option<(Name, Lock)> {
    let lock = step
        .statements
        .iter()
        .map(|statement| statement.lock)
        .max()?;
    let table = step.changes.first()?.table()?;
    (lock > Lock::ShareUpdateExclusive).then(|| (table.clone(), lock))
}

/// Puts a piece into the group at the end, or into a new one.
fn add(groups: &mut Vec<Group>, last: &mut Option<Txn>, piece: Step, txn: Txn) {
    let joins = *last == Some(Txn::Shared) && txn == Txn::Shared;
    *last = Some(txn);
    match groups.last_mut() {
        Some(group) if joins => group.steps.push(piece),
        Some(_) | None => groups.push(Group {
            transaction: txn != Txn::None,
            steps: vec![piece],
        }),
    }
}

/// Appends a statement to the step at the end, unless a boundary lies between.
fn continue_step(groups: &mut Vec<Group>, last: &mut Option<Txn>, statement: Statement, txn: Txn) {
    let joins = *last == Some(Txn::Shared) && txn == Txn::Shared;
    match groups.last_mut().and_then(|group| group.steps.last_mut()) {
        Some(step) if joins => step.statements.push(statement),
        Some(_) | None => {
            let piece = Step {
                statements: vec![statement],
                ..Step::default()
            };
            add(groups, last, piece, txn);
        }
    }
}
