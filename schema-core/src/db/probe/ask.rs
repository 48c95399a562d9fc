//! Asks the server, for so long, and says what it answers.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Question;
use super::types::Computed;
use super::unknown::Unchecked;
use crate::db::{DbError, Session};
use crate::plan::{Plan, Refusal};
use crate::schema::Quoted;
use crate::wording::thousands;

/// How long the rows are looked at for one that is in the way.
pub(super) const LOOK: Duration = Duration::from_secs(10);

/// How long such rows are counted, and how many at most.
const COUNT: Duration = Duration::from_secs(5);
const MOST: i64 = 1_000;

/// Asks whether there are rows in the way, and counts them.
/// `computed` holds what to compute, by the object, where a question fails on a value: the server may
/// have asked in another order than it checks in.
pub(super) async fn ask(
    session: &mut Session,
    questions: Vec<Question>,
    computed: &BTreeMap<String, Computed>,
    plan: &mut Plan,
) {
    for question in questions {
        let Question { object, rows, .. } = &question;
        // Existence first: where there is such a row it is often found long before all are read.
        let found = session
            .ask(&format!("SELECT EXISTS (SELECT 1 {rows})::int::int8"), LOOK)
            .await;
        match found {
            Ok(0) => {}
            Ok(_) => {
                let count = format!(
                    "SELECT count(*) FROM (SELECT 1 {rows} LIMIT {}) counted",
                    MOST + 1
                );
                let count = session.ask(&count, COUNT).await;
                let figure = figure(count.unwrap_or(0));
                plan.refusals.push(Refusal {
                    message: question.message.replace("{n}", &figure),
                    find: Some(format!("SELECT {} {rows} LIMIT 20", question.show)),
                    object: question.object,
                    cures: question.cures,
                });
            }
            // A value that cannot be computed has been refused.
            Err(error) if is_of_values(&error, VALUES) && is_refused(plan, object) => {}
            Err(error) => {
                let told = plan.refusals.len();
                if let Some(computed) = computed.get(object)
                    && is_of_values(&error, computed.is_final)
                {
                    compute_one(session, computed, plan).await;
                }
                if plan.refusals.len() == told {
                    unanswered(plan, object, error);
                }
            }
        }
    }
}

/// Classes of SQLSTATE that tell what is wrong with a value.
const VALUES: &[&str] = &["22", "23"];

fn is_of_values(error: &DbError, classes: &[&str]) -> bool {
    // What may not be read says nothing of values.
    error.code != "42501" && classes.iter().any(|it| error.code.starts_with(it))
}

/// Tells whether something of the same table is refused.
fn is_refused(plan: &Plan, object: &str) -> bool {
    let of = |object: &str| object.rsplit_once('.').map(|it| it.0.to_owned());
    let table = of(object);
    table.is_some() && plan.refusals.iter().any(|it| of(&it.object) == table)
}

/// Lets the server compute what columns get.
pub(super) async fn compute(session: &mut Session, computed: &[Computed], plan: &mut Plan) {
    for computed in computed {
        compute_one(session, computed, plan).await;
    }
}

async fn compute_one(session: &mut Session, computed: &Computed, plan: &mut Plan) {
    let refusal = |message: String, find: Option<String>| Refusal {
        object: computed.object.clone(),
        message,
        find,
        cures: vec![computed.cure.into()],
    };
    let word = computed.word;
    match session.ask(&computed.sql, LOOK).await {
        Ok(0) => {}
        Ok(_) => {
            let message =
                format!("{word} gives a value that the column refuses: NULL, or too long");
            let find = computed.find.clone();
            plan.refusals.push(refusal(message, Some(find)));
        }
        Err(error) if is_of_values(&error, computed.is_final) => {
            let message = format!("{word} fails: {}", error.message);
            plan.refusals.push(refusal(message, None));
        }
        Err(error) => unanswered(plan, &computed.object, error),
    }
}

/// Says that rows are not known to fit; where a refusal says what is wrong, that is enough.
pub(super) fn unanswered(plan: &mut Plan, object: &str, error: DbError) {
    // Without hints.
    let said = error.message.lines().next().unwrap_or_default();
    let told = |refusal: &Refusal| refusal.message.contains(said);
    if !said.is_empty() && plan.refusals.iter().any(told) {
        return;
    }
    let reason = match error.code.as_str() {
        "57014" => format!("that takes longer than {} s", LOOK.as_secs()),
        _ => said.to_owned(),
    };
    let note = unchecked(object, &reason);
    if !plan.notes.contains(&note) {
        plan.notes.push(note);
    }
}

fn unchecked(object: &str, reason: &str) -> String {
    format!(
        "{object}: its rows are not checked beforehand: {reason}; if they are in the way, the apply fails there and rolls that step back"
    )
}

/// Says what no question is asked about, of tables that have rows.
pub(super) async fn say(session: &mut Session, all: Vec<Unchecked>, plan: &mut Plan) {
    for Unchecked {
        object,
        table,
        reason,
    } in all
    {
        if plan.refusals.iter().any(|it| it.object == object) {
            continue;
        }
        let any = format!(
            "SELECT EXISTS (SELECT 1 FROM {})::int::int8",
            Quoted(&table)
        );
        if !matches!(session.ask(&any, LOOK).await, Ok(0)) {
            plan.notes.push(unchecked(&object, &reason));
        }
    }
}

/// Says a number; 0 is one that could not be counted.
fn figure(n: i64) -> String {
    match n {
        0 => "rows".into(),
        1 => "1 row".into(),
        _ if n > MOST => format!("more than {} rows", thousands(MOST.unsigned_abs())),
        _ => format!("{} rows", thousands(n.unsigned_abs())),
    }
}
