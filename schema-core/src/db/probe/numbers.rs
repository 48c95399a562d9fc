//! Sequences that have given a number which they could not have given as they are to be.

use std::collections::BTreeSet;

use super::ask::{LOOK, unanswered};
use super::before::Before;
use crate::change::{Change, ColumnChange};
use crate::db::Session;
use crate::plan::{Plan, Refusal};
use crate::schema::{Name, Quoted, SequenceOptions, quote_literal};
use crate::wording::thousands;

/// A sequence whose numbers have other bounds from now on.
struct Narrowed {
    object: String,
    /// Its name before the plan.
    sequence: Name,
    lowest: i64,
    highest: i64,
}

/// Refuses new bounds that the last number of a sequence is outside of.
pub(super) async fn numbers(before: &Before<'_>, session: &mut Session, plan: &mut Plan) {
    let narrowed: Vec<Narrowed> = (plan.changes.iter())
        .filter_map(|it| narrowed(before, it))
        .collect();
    let mut told = BTreeSet::new();
    for it in narrowed {
        let sql = format!("SELECT last_value FROM {}", Quoted(&it.sequence));
        match session.ask(&sql, LOOK).await {
            Ok(last) if (it.lowest..=it.highest).contains(&last) => {}
            Ok(last) if told.insert(it.sequence.clone()) => plan.refusals.push(it.refusal(last)),
            Ok(_) => {}
            Err(error) => unanswered(plan, &it.object, error),
        }
    }
}

impl Narrowed {
    fn of(object: String, sequence: &Name, old: (i64, i64), new: (i64, i64)) -> Option<Self> {
        let (lowest, highest) = new;
        (old.0 < lowest || old.1 > highest).then(|| Self {
            object,
            sequence: sequence.clone(),
            lowest,
            highest,
        })
    }

    fn refusal(&self, last: i64) -> Refusal {
        let number = |n: i64| {
            let sign = if n < 0 { "-" } else { "" };
            format!("{sign}{}", thousands(n.unsigned_abs()))
        };
        let (sequence, lowest, highest) = (&self.sequence, self.lowest, self.highest);
        let mut refusal = Refusal::new(
            self.object.clone(),
            format!(
                "sequence {sequence} has come to {}, and is to give {} to {}",
                number(last),
                number(lowest),
                number(highest)
            ),
            "keep the bounds, or the type, that it has",
        );
        refusal.cures.push(format!(
            "where the numbers after it are free, let it go on at one within them: SELECT setval({}, ..)",
            quote_literal(&Quoted(sequence).to_string())
        ));
        refusal
    }
}

/// Finds the sequence that a change gives narrower bounds, and does not start again.
fn narrowed(before: &Before<'_>, change: &Change) -> Option<Narrowed> {
    if let Change::AlterSequence { name, from, to } = change {
        let sequence = before.sequences.get(name).unwrap_or(name);
        before.live.sequences.get(sequence)?;
        let object = format!("sequence {name}");
        let (old, new) = (from.options.bounds(&from.ty), to.options.bounds(&to.ty));
        return (!starts_again(&from.options, new))
            .then(|| Narrowed::of(object, sequence, old, new))?;
    }
    let Change::AlterColumn {
        table,
        column,
        change,
    } = change
    else {
        return None;
    };
    let (now, name) = (before.table(table)?, before.column(table, &column.name)?);
    let live = before.live.tables.get(&now)?.column(&name)?;
    let (from, to) = (live.identity.as_ref()?, column.identity.as_ref()?);
    let (object, sequence) = (
        format!("column {table}.{}", column.name),
        from.name_of_sequence(&now, &name),
    );
    let old = from.options.bounds(&live.ty);
    if let ColumnChange::Type { .. } = change {
        // The server takes the new type's bounds for the old one's, and starts nothing again.
        let new = from.options.bounds(&column.ty);
        Narrowed::of(object, &sequence, old, new)
    } else if let ColumnChange::Identity { .. } = change {
        let new = to.options.bounds(&column.ty);
        (!starts_again(&from.options, new)).then(|| Narrowed::of(object, &sequence, old, new))?
    } else {
        None
    }
}

/// Tells whether a sequence starts again where its last number is outside of its new bounds: it could
/// not start with its first one any more.
fn starts_again(from: &SequenceOptions, (lowest, highest): (i64, i64)) -> bool {
    !(lowest..=highest).contains(&from.first())
}
