//! What a plan and its outcome look like: as text, as JSON, as a pull-request comment, as annotations.

pub mod github;
pub mod json;
pub mod markdown;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, display};
use crate::db::ServerInfo;
use crate::plan::Plan;
use crate::schema::Name;
use crate::step::{Hazard, Step};
use crate::wording::{plural, thousands};

/// What stands above a report.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// `dry run`, `apply`, `verify` ...
    pub mode: &'a str,
    /// Which server.
    pub server: &'a ServerInfo,
    /// A remark on the choice of the database.
    pub remark: Option<&'a str>,
    /// `14 models from app_models`.
    pub models_line: Option<&'a str>,
}

/// `PostgreSQL 16.4 · shop at db.example.com as app`.
pub fn server_line(server: &ServerInfo) -> String {
    let mut line = server.product.clone();
    if !server.version.is_empty() {
        line.push_str(&format!(" {}", server.version));
    }
    line.push_str(&format!(" · {}", server.database));
    if let Some(host) = &server.host {
        line.push_str(&format!(" at {host}"));
    }
    if let Some(user) = &server.user {
        line.push_str(&format!(" as {user}"));
    }
    line
}

/// `2 to add, 1 to alter, 0 to drop`.
pub fn tally(changes: &[Change]) -> String {
    let signs: Vec<char> = told(changes)
        .map(|change| display::line(change).sign)
        .collect();
    let count = |sign| thousands(signs.iter().filter(|&&other| other == sign).count() as u64);
    format!(
        "{} to add, {} to alter, {} to drop",
        count('+'),
        count('~'),
        count('-')
    )
}

/// `3 statements in 2 transactions`.
pub fn amount(plan: &Plan) -> String {
    let statements = plan.statements();
    let transactions = plan.groups.iter().filter(|group| group.transaction).count();
    let alone = plan.groups.len() - transactions;
    let mut text = plural(statements, "statement", "statements");
    if transactions > 0 {
        text.push_str(&format!(
            " in {}",
            plural(transactions, "transaction", "transactions")
        ));
    }
    if alone > 0 {
        text.push_str(&format!(", {alone} outside of one"));
    }
    text
}

/// The changes but for those that only prepare or complete another one: what a table lets go of before
/// it is dropped, whose a new sequence is.
fn told(changes: &[Change]) -> impl Iterator<Item = &Change> {
    let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
    for change in changes {
        if let Change::DropTable { table } = change {
            gone.insert(&table.name);
        } else if let Change::CreateTable { table } = change {
            come.insert(&table.name);
        } else if let Change::CreateSequence { name, .. } = change {
            come.insert(name);
        }
    }
    changes.iter().filter(move |change| {
        if let Change::DropConstraint { table, .. } = change {
            !gone.contains(table) || come.contains(table)
        } else if let Change::AlterSequence { name, .. } = change {
            !come.contains(name)
        } else {
            true
        }
    })
}

/// Changes by table, in the order of the plan; those of no table last.
fn by_table(plan: &Plan) -> (Vec<(&Name, Vec<&Change>)>, Vec<&Change>) {
    let mut order: Vec<&Name> = Vec::new();
    let mut tables: BTreeMap<&Name, Vec<&Change>> = BTreeMap::new();
    let mut others = Vec::new();
    for change in told(&plan.changes) {
        match change.table() {
            Some(table) => {
                let changes = tables.entry(table).or_default();
                if changes.is_empty() {
                    order.push(table);
                }
                changes.push(change);
            }
            None => others.push(change),
        }
    }
    let tables = order
        .into_iter()
        .map(|name| (name, tables.remove(name).unwrap_or_default()))
        .collect();
    (tables, others)
}

/// The note of the step that carries a change out.
fn note<'a>(plan: &'a Plan, change: &Change) -> &'a str {
    let mut steps = plan.steps();
    steps
        .find(|step| step.changes.contains(change))
        .map_or("", |step| step.note.as_str())
}

/// Hazards with the step that has them, each once, in the order of the plan.
fn hazards(plan: &Plan) -> Vec<(&Hazard, &Step)> {
    let mut seen = BTreeSet::new();
    let steps = plan.steps();
    let all = steps.flat_map(|step| step.hazards.iter().map(move |hazard| (hazard, step)));
    all.filter(|(hazard, _)| seen.insert(*hazard)).collect()
}

/// Where the table of an object such as `orders.total` is written.
fn located<'a>(plan: &'a Plan, object: &str) -> Option<&'a String> {
    let mut places: Vec<(String, &String)> = plan
        .sources
        .iter()
        .map(|(name, source)| (name.to_string(), source))
        .collect();
    // `shop.orders.total` is of `shop.orders`, not of `shop`.
    places.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let of = |name: &str| {
        let rest = object.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ', ':', ',']))
    };
    places
        .into_iter()
        .find(|(name, _)| of(name))
        .map(|(_, source)| source)
}
