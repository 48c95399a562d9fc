//! The main job: lock, introspect, plan, approve, apply, prove.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tracing::Instrument;

use super::extensions::needed_extensions;
use super::narrow::{all_match, narrow, narrow_both};
use super::probe::probe;
use super::{DbError, Outcome, Session, SessionOptions, Tick, rights, sizes};
use crate::Error;
use crate::change::Change;
use crate::dialect;
use crate::diff::{replaced_by, same_constraint};
use crate::facts::Facts;
use crate::model;
use crate::plan::{Extra, Plan, PlanOptions, Policy, Refusal, plan};
use crate::report::json;
use crate::schema::{ConstraintKind, Family, Name, Quoted, Schema};
use crate::scope::Scope;
use crate::step::Timeouts;
use crate::wording::{some_lines, some_of};

/// Where a schema comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The models that are linked into this program.
    Models,
    /// Another database.
    Url(String),
    /// A snapshot, as it was read.
    Snapshot(Schema),
}

/// What is compared, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Also drop what no model names.
    pub prune: bool,
    /// What is looked at; the schemas of models are added to it.
    pub scope: Scope,
    /// Sizes below which a table blocks nobody.
    pub plan: PlanOptions,
}

/// What happens while a plan is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody is in the way: another run, or whoever holds a lock.
    Waiting(String),
    /// The plan is made.
    Planned {
        /// How many statements it has.
        statements: usize,
    },
    /// A statement begins.
    Statement {
        /// Which one, from 0.
        index: usize,
        /// Of how many.
        total: usize,
        /// Its SQL.
        sql: String,
    },
    /// A long statement goes on.
    Work {
        /// Which one, from 0.
        index: usize,
        /// How much is done.
        done: u64,
        /// Of how much, by an estimate.
        total: u64,
        /// Of what: `rows` or `blocks`.
        unit: &'static str,
    },
    /// A statement is done.
    Done {
        /// Which one, from 0.
        index: usize,
    },
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The plan.
    pub plan: Plan,
    /// The statements that were run, and are committed.
    pub done: Vec<Done>,
    /// How it ended.
    pub outcome: Outcome,
}

/// A statement that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its SQL.
    pub sql: String,
    /// The milliseconds that its group took, on the first statement of the group; else 0.
    pub millis: u64,
}

/// Plans without a change: the dry run.
///
/// # Errors
///
/// See [`Error`].
pub async fn plan_for(
    session: &mut Session,
    desired: Source,
    options: &Options,
) -> Result<Plan, Error> {
    let desired = desired_schema(session, desired, &options.scope).await?;
    let mut plan = make_plan(session, desired, options).await?;
    leave_out_what_holds(session, &mut plan).await;
    Ok(plan)
}

/// Makes the database what is desired, and proves it.
///
/// # Errors
///
/// See [`Error`]. What could not be done for a reason is no error: see [`Outcome`].
pub async fn sync(
    session: &mut Session,
    desired: &Source,
    options: &Options,
    policy: &Policy,
    events: &mut (dyn FnMut(Event) + Send),
) -> Result<Report, Error> {
    sync_expecting(session, desired, options, policy, None, events).await
}

/// As [`sync`], but only if the plan is still the one that was reviewed.
///
/// # Errors
///
/// See [`Error`].
pub async fn sync_expecting(
    session: &mut Session,
    desired: &Source,
    options: &Options,
    policy: &Policy,
    reviewed: Option<&json::Report>,
    events: &mut (dyn FnMut(Event) + Send),
) -> Result<Report, Error> {
    let desired = desired_schema(session, desired.clone(), &options.scope).await?;
    session
        .lock(&mut |holder| events(Event::Waiting(holder.to_owned())))
        .await
        .map_err(|error| before_the_first(Error::Lock(error)))?;
    let report = locked(session, &desired, options, policy, reviewed, events).await;
    // On an error the lock goes with the session at the latest.
    let unlocked = session.unlock().await;
    let report = report?;
    unlocked.map_err(Error::Introspect)?;
    Ok(report)
}

/// Says of an interruption that it came before anything was changed.
fn before_the_first(mut error: Error) -> Error {
    if let Error::Lock(reason) | Error::Introspect(reason) = &mut error
        && reason.is_interruption()
    {
        reason.message.push_str(": nothing was changed");
    }
    error
}

async fn locked(
    session: &mut Session,
    desired: &Desired,
    options: &Options,
    policy: &Policy,
    reviewed: Option<&json::Report>,
    events: &mut (dyn FnMut(Event) + Send),
) -> Result<Report, Error> {
    let plan = plan_when_free(session, desired, options, events)
        .await
        .map_err(before_the_first)?;
    if let Some(refusal) = reviewed.and_then(|it| stale(it, &plan)) {
        return Ok(Report {
            plan,
            done: Vec::new(),
            outcome: Outcome::Refused(vec![refusal]),
        });
    }
    if plan.is_empty() {
        return Ok(Report {
            plan,
            done: Vec::new(),
            outcome: Outcome::InSync,
        });
    }
    let lacking = rights::lacking(session, &plan).await;
    let mut refusals = lacking.map_err(Error::Introspect)?;
    let approved = match plan.approve(policy) {
        Ok(approved) if refusals.is_empty() => approved,
        other => {
            refusals.extend(other.err().unwrap_or_default());
            return Ok(Report {
                plan,
                done: Vec::new(),
                outcome: Outcome::Refused(refusals),
            });
        }
    };
    let total = approved.plan().statements();
    let span = tracing::info_span!("apply", statements = total);
    events(Event::Planned { statements: total });
    let mut done: Vec<Done> = Vec::new();
    for group in &approved.plan().groups {
        let statements: Vec<String> = group
            .steps
            .iter()
            .flat_map(|step| {
                step.statements
                    .iter()
                    .map(|statement| statement.sql.clone())
            })
            .collect();
        let Some(first) = statements.first() else {
            continue;
        };
        let before = done.len();
        events(Event::Statement {
            index: before,
            total,
            sql: first.clone(),
        });
        let begun = Instant::now();
        let mut at = before;
        let batched =
            (group.steps.iter()).any(|step| step.statements.iter().any(|it| it.batch.is_some()));
        let mut worked = false;
        let outcome = session
            .run(group, &mut |tick| match tick {
                Tick::Waiting(who) => events(Event::Waiting(who)),
                Tick::Work { done, total, unit } => {
                    worked |= done > 0;
                    events(Event::Work {
                        index: at,
                        done,
                        total,
                        unit,
                    });
                }
                Tick::Done(index) => {
                    events(Event::Done {
                        index: before + index,
                    });
                    if let Some(sql) = statements.get(index + 1) {
                        at = before + index + 1;
                        let sql = sql.clone();
                        events(Event::Statement {
                            index: at,
                            total,
                            sql,
                        });
                    }
                }
            })
            .instrument(span.clone())
            .await;
        if let Err(failed) = outcome {
            let sql = statements
                .get(failed.index)
                .cloned()
                .unwrap_or_else(|| "COMMIT".into());
            return Err(Error::Apply(Box::new(super::ApplyError {
                sql,
                error: failed.error,
                blockers: failed.blockers,
                done,
                pieces: batched && worked,
                alone: !group.transaction,
            })));
        }
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        done.extend(statements.into_iter().enumerate().map(|(at, sql)| Done {
            sql,
            millis: if at == 0 { millis } else { 0 },
        }));
    }
    let proof = make_plan(session, desired.clone(), options).await?;
    let outcome = if proof.changes.is_empty() && proof.refusals.is_empty() {
        Outcome::Applied
    } else {
        Outcome::Drifted(proof.changes)
    };
    Ok(Report {
        plan,
        done,
        outcome,
    })
}

/// Plans when no other session is building an index that the plan is about: half-built, it looks
/// like what a build that was cut off left behind.
async fn plan_when_free(
    session: &mut Session,
    desired: &Desired,
    options: &Options,
    events: &mut (dyn FnMut(Event) + Send),
) -> Result<Plan, Error> {
    let begun = Instant::now();
    let mut told = false;
    loop {
        // What ends while the plan is made was seen half-built all the same.
        let mut builds = session.builds().await.map_err(Error::Introspect)?;
        let plan = make_plan(session, desired.clone(), options).await?;
        if plan.changes.is_empty() {
            return Ok(plan);
        }
        builds.extend(session.builds().await.map_err(Error::Introspect)?);
        let mut indexes = plan.changes.iter().filter_map(index_of);
        let build = indexes.find_map(|index| builds.get_key_value(&index));
        let Some((index, who)) = build else {
            return Ok(plan);
        };
        if begun.elapsed() >= session.wait() {
            return Err(Error::Lock(DbError {
                message: format!(
                    "index {index} is being built by another session ({who}), which did not end within {} s; wait for it, or raise --wait",
                    session.wait().as_secs()
                ),
                code: "55P03".into(),
            }));
        }
        if !told {
            events(Event::Waiting(format!(
                "index {index} is being built by another session ({who}): waiting for it to end"
            )));
            told = true;
        }
        session.pause(Duration::from_millis(500)).await;
        session.check_stop().map_err(Error::Introspect)?;
    }
}

/// Returns the index that a change makes or drops.
fn index_of(change: &Change) -> Option<Name> {
    if let Change::CreateIndex { table, index } | Change::DropIndex { table, index } = change {
        Some(table.sibling(index.name.clone()?))
    } else if let Change::AddConstraint { table, constraint } = change {
        Some(table.sibling(constraint.name.clone()?))
    } else {
        None
    }
}

/// Says what has changed since a plan was reviewed, if anything has.
fn stale(reviewed: &json::Report, plan: &Plan) -> Option<Refusal> {
    let statements = |groups: &[json::Group]| -> Vec<String> {
        let all = groups.iter().flat_map(|it| &it.statements);
        all.map(|it| it.sql.clone()).collect()
    };
    let now = json::Planned::new(plan);
    let same = reviewed.fingerprint == plan.fingerprint;
    if same && statements(&reviewed.groups) == statements(&now.groups) {
        return None;
    }
    let list =
        |title: &str, lines: Vec<String>| format!("\n{title}{}", some_lines(lines.into_iter()));
    let without = |one: &[json::ChangeLine], other: &[json::ChangeLine]| -> Vec<String> {
        let others: Vec<String> = other.iter().map(json::ChangeLine::line).collect();
        let mut lines: Vec<String> = one.iter().map(json::ChangeLine::line).collect();
        lines.retain(|it| !others.contains(it));
        lines
    };
    let over = without(&reviewed.changes, &now.changes);
    let new = without(&now.changes, &reviewed.changes);
    let mut message = match same {
        true => "would now be carried out by other statements, with other options or for tables of another size",
        false => "the database or the models have changed since it was made",
    }
    .to_owned();
    if plan.is_empty() {
        message = "is done: the database is what the models say".into();
    } else if over.is_empty() && new.is_empty() && !same {
        message.push_str(", in what this plan does not touch");
    } else {
        if !over.is_empty() {
            message.push_str(&list("in the plan, and no longer to be done:", over));
        }
        if !new.is_empty() {
            message.push_str(&list("to be done, and not in the plan:", new));
        }
    }
    Some(Refusal::new(
        "plan",
        message,
        "make and review a new plan: sync --dry-run --save-plan FILE",
    ))
}

/// What is wanted, and which part of the database that is about.
#[derive(Clone)]
struct Desired {
    schema: Schema,
    scope: Scope,
    /// Tables that it has and that are not looked at.
    out_of_scope: BTreeSet<Name>,
}

async fn desired_schema(
    session: &mut Session,
    source: Source,
    scope: &Scope,
) -> Result<Desired, Error> {
    let mut scope = scope.clone();
    let family = session.family();
    let mut out_of_scope = BTreeSet::new();
    let schema = match source {
        Source::Models => {
            let schema = model::collect(family).map_err(Error::Registry)?;
            if family == Family::Postgres {
                // Only schemas that models name are looked at.
                let mut used: BTreeSet<_> = schema.namespaces.keys().cloned().collect();
                let names = schema.tables.keys().chain(schema.types.keys());
                used.extend(
                    names.map(|name| name.schema.clone().unwrap_or_else(|| "public".into())),
                );
                scope.namespaces.get_or_insert(used);
            }
            schema
        }
        Source::Url(url) => {
            let options = SessionOptions {
                read_only: true,
                ..SessionOptions::default()
            };
            let mut other = Session::open(&url, &options).await?;
            other.must_exist()?;
            if other.family() != family {
                return Err(Error::Families {
                    live: family,
                    desired: other.family(),
                });
            }
            let read = other.introspect(&scope).await;
            let (schema, facts) = read.map_err(Error::Introspect)?;
            out_of_scope = facts.out_of_scope;
            schema
        }
        Source::Snapshot(schema) => schema,
    };
    Ok(Desired {
        schema,
        scope,
        out_of_scope,
    })
}

async fn make_plan(
    session: &mut Session,
    mut desired: Desired,
    options: &Options,
) -> Result<Plan, Error> {
    // What SQLite cannot have is no matter where it is not asked for.
    if session.family() == Family::Sqlite {
        let gone = (desired.schema.tables).extract_if(.., |name, _| !desired.scope.has(name));
        desired.out_of_scope.extend(gone.map(|(name, _)| name));
    }
    let ((mut live, mut facts), wanted) = session
        .introspect_beside(&desired.scope, desired.schema)
        .instrument(tracing::info_span!("introspect"))
        .await
        .map_err(Error::Introspect)?;
    let mut wanted = wanted.map_err(Error::Unsupported)?;
    dialect::leave_to_the_server(session.family(), &mut wanted, &facts);
    let names = (live.tables.keys().chain(wanted.tables.keys()))
        .chain(facts.out_of_scope.iter().chain(&desired.out_of_scope));
    all_match(&desired.scope, names)?;
    let hidden = facts.out_of_scope.iter().chain(&desired.out_of_scope);
    narrow_both(&mut live, &mut wanted, &desired.scope, hidden);
    let notes = session.keep_versions(&mut wanted, &live).await;
    facts.notes.extend(notes.map_err(Error::Introspect)?);
    let (wanted, refusals) = session
        .canonicalize(wanted, &live, !options.prune)
        .instrument(tracing::info_span!("canonicalize"))
        .await
        .map_err(Error::Introspect)?;
    let extra = if options.prune {
        Extra::Prune
    } else {
        Extra::Keep
    };
    let plan_options = PlanOptions {
        extra,
        ..options.plan
    };
    let family = session.family();
    let make = |facts: &Facts| {
        let span = tracing::info_span!("plan");
        span.in_scope(|| plan(family, &live, &wanted, facts, &plan_options))
    };
    let mut plan = make(&facts);
    let unmeasured = sizes::unmeasured(&plan, &live);
    if !unmeasured.is_empty() {
        session.measure(&unmeasured, &mut facts).await;
        plan = make(&facts);
    }
    plan.refuse(refusals);
    let elsewhere = renamed_elsewhere(session, &wanted, &live).await;
    plan.notes.extend(elsewhere.map_err(Error::Introspect)?);
    let shared = shared_types(session, &plan, &live, &desired.scope).await;
    plan.refuse(shared.map_err(Error::Introspect)?);
    let needed = needed_extensions(session, &plan, &live).await;
    plan.refuse(needed.map_err(Error::Introspect)?);
    plan.refuse(lost_references(
        session.family(),
        &wanted,
        &live,
        &facts,
        &desired.scope,
    ));
    if plan.refusals.is_empty() && plan.statements() > 0 {
        let refusals = session.rehearse(&plan, &live, &wanted).await;
        let refusals = refusals.map_err(Error::Introspect)?;
        plan.refuse(refusals);
    }
    probe(session, &live, &mut plan).await;
    session.check_stop().map_err(Error::Introspect)?;
    Ok(plan)
}

/// Leaves out conditions that hold before the plan: they do not tell a script what has been done. An
/// apply has no use for them.
async fn leave_out_what_holds(session: &mut Session, plan: &mut Plan) {
    let steps = || plan.groups.iter().flat_map(|group| &group.steps);
    if !steps().any(|step| step.once) {
        return;
    }
    let conditions = steps().flat_map(|step| step.done.iter().chain(&step.over));
    let conditions: BTreeSet<String> = conditions.cloned().collect();
    let Ok(held) = session.held(&conditions).await else {
        return;
    };
    for step in plan.groups.iter_mut().flat_map(|group| &mut group.steps) {
        step.done.retain(|condition| !held.contains(condition));
        step.over.retain(|condition| !held.contains(condition));
    }
}

/// Says of tables that are to have been others when such stand in another schema, which may be
/// somebody else's: a new table has none of their rows.
async fn renamed_elsewhere(
    session: &mut Session,
    wanted: &Schema,
    live: &Schema,
) -> Result<Vec<String>, DbError> {
    let mut notes = Vec::new();
    for (new, old) in &wanted.hints.renamed_tables {
        let there = |name: &Name| live.tables.contains_key(name);
        if there(new) || there(&new.sibling(old.clone())) || !wanted.tables.contains_key(new) {
            continue;
        }
        for home in session.homes(old).await? {
            let found = Name::new(home.as_str(), old.as_str());
            let here = new.schema.clone().unwrap_or_default();
            if home == here || wanted.tables.contains_key(&found) {
                continue;
            }
            notes.push(format!(
                "table {new} is a new one: `{old}`, from which it is renamed, is not in schema `{here}` but in `{home}`; if that is it, move it first: ALTER TABLE {} SET SCHEMA {}",
                Quoted(&found),
                Quoted(&here)
            ));
        }
    }
    Ok(notes)
}

/// Types that go, or are made anew, and that tables have which are not looked at: those would hold on
/// to them.
async fn shared_types(
    session: &mut Session,
    plan: &Plan,
    live: &Schema,
    scope: &Scope,
) -> Result<Vec<Refusal>, DbError> {
    let cure = match scope.is_all() {
        true => "give the columns another type by hand first",
        false => {
            "let --only and --ignore leave those tables in, or give the columns another type by hand first"
        }
    };
    let dropped = plan.changes.iter().filter_map(|change| {
        if let Change::DropType { name, .. } = change {
            live.types.contains_key(name).then(|| name.clone())
        } else {
            None
        }
    });
    let mut types = replaced_by(&plan.changes);
    types.extend(dropped);
    let mut refusals = Vec::new();
    for ty in types {
        let mut columns = session.columns_of(&ty).await?;
        columns.retain(|(table, _)| !live.tables.contains_key(table));
        if columns.is_empty() {
            continue;
        }
        let columns = columns
            .iter()
            .map(|(table, column)| format!("`{table}.{column}`"));
        refusals.push(Refusal::new(
            format!("type {ty}"),
            format!(
                "gives way to another one, or goes; {} of tables that are not looked at would hold on to it",
                some_of(columns.collect::<Vec<_>>().into_iter())
            ),
            cure,
        ));
    }
    Ok(refusals)
}

/// Foreign keys to tables that neither the database nor the plan has: left out by `--only`, or not
/// managed.
fn lost_references(
    family: Family,
    wanted: &Schema,
    live: &Schema,
    facts: &Facts,
    scope: &Scope,
) -> Vec<Refusal> {
    let looked_at = |name: &Name| {
        let schema = name.schema.as_ref();
        let namespaces = scope.namespaces.as_ref();
        namespaces.is_none_or(|all| schema.is_some_and(|schema| all.contains(schema)))
    };
    let made =
        |name: &Name| wanted.tables.contains_key(name) && !wanted.hints.unmanaged.contains(name);
    // A file of SQLite may have a key to no table; where a model is that table, it has to be there.
    let said = |name: &Name, key: &Name| match family {
        Family::Postgres => true,
        Family::Sqlite => {
            let hints = &wanted.hints;
            hints.sources.contains_key(name)
                && !hints.unmanaged.contains(name)
                && hints.sources.contains_key(key)
        }
    };
    let mut refusals = Vec::new();
    for (name, table) in &wanted.tables {
        for constraint in &table.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let there =
                live.tables.contains_key(&key.table) || facts.out_of_scope.contains(&key.table);
            let had = (live.tables.get(name).into_iter())
                .flat_map(|table| &table.constraints)
                .any(|it| same_constraint(it, constraint));
            let may = had || !said(name, &key.table) || !looked_at(&key.table);
            if made(&key.table) || there || may {
                continue;
            }
            let cure = if scope.has(&key.table) {
                format!("create `{}` first", key.table)
            } else {
                format!("let --only and --ignore leave `{}` in", key.table)
            };
            let message = format!("references `{}`, which is not in the database", key.table);
            refusals.push(Refusal::new(name.to_string(), message, &cure));
        }
    }
    refusals.dedup();
    refusals
}

/// Reads the schema of a database, and the facts about it.
///
/// # Errors
///
/// See [`Error`].
pub async fn dump(session: &mut Session, scope: &Scope) -> Result<(Schema, Facts), Error> {
    session.must_exist()?;
    let (mut schema, facts) = session.introspect(scope).await.map_err(Error::Introspect)?;
    narrow(&mut schema, scope);
    if !scope.only.is_empty() {
        schema.others.clear();
    }
    Ok((schema, facts))
}

/// Writes a plan as a script that can be run twice by `psql` or `sqlite3`.
pub fn script(plan: &Plan, timeouts: &Timeouts) -> String {
    let groups = plan.groups.iter().map(|group| group.steps.clone());
    let groups: Vec<_> = groups.collect();
    dialect::script(plan.family, &groups, timeouts)
}
