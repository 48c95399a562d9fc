//! The lock ledger: each form of statement that we emit is run on the server, and its locks,
//! scans and rewrites are read there and compared with what the plan says.
//!
//! A statement may never cost more than its form says; and each form costs all of that in one of
//! the scenes below `tests/cases/ledger`, so that the table says no more than is true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use schema_core::db::{Options, Session, SessionOptions, Source, dump, plan_for};
use schema_core::dialect::postgres::form::{Cost, Form};
use schema_core::plan::PlanOptions;
use schema_core::schema::{Ident, UserType};
use schema_core::scope::Scope;
use schema_core::step::{Lock, Statement, Txn, Work};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use tests::{PgDatabase, pg_database, pg_dump_schema, pg_major, sync_on, try_psql};

use crate::cases::{difference, run, runnable_in};

#[test]
fn a_statement_costs_what_the_plan_says() {
    let scenes = runnable_in("ledger");
    let seen = Mutex::new(Vec::new());
    run(
        &scenes,
        |scene| {
            let small = if scene.name.starts_with("small") {
                u64::MAX
            } else {
                0
            };
            let played = play(&scene.live, &scene.desired, small)?;
            let mut seen = seen.lock().expect("no thread panics with the lock");
            seen.extend(
                played
                    .into_iter()
                    .map(|(said, cost)| (scene.name.clone(), said, cost)),
            );
            Ok(())
        },
        |scene| &scene.name,
    );
    let seen = seen.into_inner().expect("no thread panics with the lock");
    let mut tight = BTreeSet::new();
    let mut loose = BTreeMap::new();
    let mut wrong = Vec::new();
    for (scene, statement, cost) in &seen {
        match judge(statement, *cost) {
            Err(reason) => wrong.push(format!("{scene}: {reason}")),
            Ok(form) if form.cost() == *cost => drop(tight.insert(form)),
            Ok(form) => drop(loose.insert(form, line(statement, *cost))),
        }
    }
    for form in Form::ALL {
        if tight.contains(form) || !can_be_shown(*form) {
            continue;
        }
        wrong.push(match loose.get(form) {
            Some(line) => format!("costs less than it says: {line}"),
            None => format!("{}: no scene has it", form.word()),
        });
    }
    let filtered = std::env::var("SYNC_TEST_CASE").is_ok();
    wrong.retain(|reason| !filtered || !reason.ends_with("no scene has it"));
    assert!(
        wrong.is_empty(),
        "{}\n\n{} wrong",
        wrong.join("\n\n"),
        wrong.len()
    );
}

/// The sequences of several groups: what is left between two of them, the next run understands.
#[test]
fn cut_off_between_groups_the_next_run_converges() {
    let mut scenes = runnable_in("ledger");
    scenes.retain(|scene| scene.name.starts_with("sequence"));
    run(
        &scenes,
        |scene| {
            let desired = filled(&scene.desired)?;
            let should = pg_dump_schema(&desired.url);
            let options = ["--desired", &desired.url, "--prune", "--small-table", "0"];
            let apply = [&["--apply"], &options[..], &["--allow", "all", "--yes"]].concat();
            for cut in 0.. {
                let live = filled(&scene.live)?;
                let rest = runtime().block_on(begin(&live.url, &desired.url, cut))?;
                let output = sync_on(&live.url, &apply);
                let is = pg_dump_schema(&live.url);
                if output.status != 0 || is != should {
                    return Err(format!(
                        "cut off after {cut} groups: {}\n{}",
                        output.all(),
                        difference(&is, &should)
                    ));
                }
                if rest == 0 {
                    break;
                }
            }
            Ok(())
        },
        |scene| &scene.name,
    );
}

/// Carries out the first groups of a plan, and returns how many are left.
async fn begin(live: &str, desired: &str, groups: usize) -> Result<usize, String> {
    let mut session = Session::open(live, &SessionOptions::default())
        .await
        .map_err(|error| error.to_string())?;
    let plan = plan_for(&mut session, Source::Url(desired.to_owned()), &options(0))
        .await
        .map_err(|error| error.to_string())?;
    let mut connection = PgConnection::connect(live)
        .await
        .expect("the server is there");
    for group in plan.groups.iter().take(groups) {
        let statements = group.steps.iter().flat_map(|step| &step.statements);
        let statements: Vec<&str> = statements.map(|statement| &*statement.sql).collect();
        let sql = statements.join(";\n");
        let sent = send(&mut connection, "SET search_path = pg_catalog").await;
        let sent = match sent {
            Ok(()) => send(&mut connection, &sql).await,
            Err(error) => Err(error),
        };
        sent.map_err(|error| format!("{error}: {sql}"))?;
    }
    Ok(plan.groups.len().saturating_sub(groups))
}

fn options(small: u64) -> Options {
    Options {
        prune: true,
        plan: PlanOptions {
            small_rows: small,
            small_bytes: small,
            ..PlanOptions::default()
        },
        ..Options::default()
    }
}

/// Forms whose full cost a server can be made to show.
fn can_be_shown(form: Form) -> bool {
    // What is not managed may be anything: the form says the worst. Tablespaces are the cluster's.
    // No script leaves a DETACH unfinished.
    !matches!(
        form,
        Form::DetachFinalize
            | Form::DropOther
            | Form::CreateOther
            | Form::Privileges
            | Form::SetTablespace
    ) && (form != Form::AddNotNull || pg_major() >= 18)
        && (form != Form::SetNotNullProven || pg_major() < 18)
        && (form != Form::AdoptForeignKey || pg_major() < 18)
        && (form != Form::DetachConcurrently || pg_major() >= 14)
        && (form != Form::SetAccessMethod || pg_major() >= 15)
        && (form != Form::SetExpression || pg_major() >= 17)
        && (form != Form::SetExpressionVirtual || pg_major() >= 18)
}

/// Compares what a statement cost with what its form says.
fn judge(statement: &Statement, cost: Cost) -> Result<Form, String> {
    let form =
        Form::named(statement.form).ok_or_else(|| format!("has no form: {}", statement.sql))?;
    let says = form.cost();
    if statement.lock != says.lock.max(says.others) || statement.work != says.work {
        return Err(format!(
            "does not say what its form says: {}",
            statement.sql
        ));
    }
    if cost.lock > says.lock || cost.others > says.others || cost.work > says.work {
        return Err(format!(
            "costs more than it says: {}",
            line(statement, cost)
        ));
    }
    Ok(form)
}

fn line(statement: &Statement, cost: Cost) -> String {
    let says = Form::named(statement.form).map(Form::cost);
    format!(
        "{}: {}\n  says {says:?}\n  cost {cost:?}",
        statement.form, statement.sql
    )
}

/// Plans, runs each statement by itself, and returns what each cost.
fn play(live: &str, desired: &str, small: u64) -> Result<Vec<(Statement, Cost)>, String> {
    let (live, desired) = (filled(live)?, filled(desired)?);
    runtime().block_on(perform(&live.url, &desired.url, small))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn filled(sql: &str) -> Result<PgDatabase, String> {
    let database = pg_database();
    try_psql(&database.url, sql)?;
    // The planner of plans goes by the server's estimates.
    try_psql(&database.url, "ANALYZE")?;
    Ok(database)
}

async fn perform(live: &str, desired: &str, small: u64) -> Result<Vec<(Statement, Cost)>, String> {
    let mut session = Session::open(live, &SessionOptions::default())
        .await
        .map_err(|error| error.to_string())?;
    let options = options(small);
    let desired = renaming(desired).await?;
    let plan = plan_for(&mut session, desired, &options)
        .await
        .map_err(|error| error.to_string())?;
    if !plan.refusals.is_empty() {
        return Err(format!("refused: {:?}", plan.refusals));
    }
    let mut connection = PgConnection::connect(live)
        .await
        .expect("the server is there");
    let mut costs = Vec::new();
    let first = State::read(&mut connection)
        .await
        .map_err(|error| error.to_string())?;
    for statement in plan.steps().flat_map(|step| &step.statements) {
        let cost = match statement.txn {
            Txn::None => alone(&mut connection, live, &first, statement).await,
            Txn::Shared | Txn::Own => inside(&mut connection, &first, statement).await,
        };
        let cost = cost.map_err(|error| format!("{}: {error}", statement.sql))?;
        costs.push((statement.clone(), cost));
    }
    Ok(costs)
}

/// Reads what is desired; what is called `new_x` there was called `x`.
async fn renaming(url: &str) -> Result<Source, String> {
    let mut session = Session::open(url, &SessionOptions::default())
        .await
        .map_err(|error| error.to_string())?;
    let (mut schema, _) = dump(&mut session, &Scope::default())
        .await
        .map_err(|error| error.to_string())?;
    let old = |name: &str| name.strip_prefix("new_").map(str::to_owned);
    for (name, table) in &schema.tables {
        if let Some(old) = old(name.name.as_str()) {
            schema
                .hints
                .renamed_tables
                .insert(name.clone(), Ident::new(old));
        }
        for column in &table.columns {
            if let Some(old) = old(column.name.as_str()) {
                let key = (name.clone(), column.name.clone());
                schema.hints.renamed_columns.insert(key, Ident::new(old));
            }
        }
    }
    for (name, ty) in &schema.types {
        let UserType::Enum(ty) = ty else { continue };
        for label in &ty.labels {
            if let Some(old) = old(label) {
                let key = (name.clone(), label.clone());
                schema.hints.renamed_labels.insert(key, old);
            }
        }
    }
    Ok(Source::Snapshot(schema))
}

/// Runs a statement in a transaction of its own.
async fn inside(
    connection: &mut PgConnection,
    first: &State,
    statement: &Statement,
) -> sqlx::Result<Cost> {
    let begin = "BEGIN; SET LOCAL search_path = pg_catalog; SET LOCAL timezone = 'UTC'; \
                 SET LOCAL max_parallel_maintenance_workers = 0";
    send(connection, begin).await?;
    let before = State::read(connection).await?;
    send(connection, &statement.sql).await?;
    let after = State::read(connection).await?;
    let locks = locks(connection, "pg_catalog.pg_backend_pid()").await?;
    send(connection, "COMMIT").await?;
    Ok(before.cost(&after, first, &locks, &statement.sql))
}

/// Runs a statement that can be in no transaction. It has to wait for others who hold on to its
/// tables, one after the other, and while it waits its locks are read.
async fn alone(
    connection: &mut PgConnection,
    url: &str,
    first: &State,
    statement: &Statement,
) -> sqlx::Result<Cost> {
    let before = State::read(connection).await?;
    let mut tables = before.named(&statement.sql);
    tables.dedup();
    let pid: i32 = connection
        .fetch_one("SELECT pg_catalog.pg_backend_pid()")
        .await?
        .get(0);
    let mut holds = Vec::new();
    for oid in &tables {
        let mut hold = PgConnection::connect(url).await?;
        let mode = if holds.is_empty() {
            "ROW EXCLUSIVE"
        } else {
            "ACCESS SHARE"
        };
        let sql = format!(
            "BEGIN; LOCK TABLE {} IN {mode} MODE",
            before.tables[oid].name
        );
        send(&mut hold, &sql).await?;
        holds.push(hold);
    }
    let mut seen = Vec::new();
    {
        let work = async {
            send(connection, "SET search_path = pg_catalog").await?;
            send(connection, &statement.sql).await?;
            send(connection, "RESET search_path").await
        };
        let watch = watch(url, pid, holds, &mut seen);
        // It ends after the last one let go; if it ends before, there is no more to see.
        let (mut work, mut watch) = (std::pin::pin!(work), std::pin::pin!(watch));
        tokio::select! {
            done = &mut work => done?,
            watched = &mut watch => {
                watched?;
                work.await?;
            }
        }
    }
    let after = State::read(connection).await?;
    Ok(before.cost(&after, first, &seen, &statement.sql))
}

/// Reads the locks of a session each time that it comes to wait, and lets one go.
async fn watch(
    url: &str,
    pid: i32,
    holds: Vec<PgConnection>,
    seen: &mut Vec<(i64, Lock)>,
) -> sqlx::Result<()> {
    let mut watcher = PgConnection::connect(url).await?;
    let mut waits: BTreeSet<String> = BTreeSet::new();
    let sql = format!(
        "SELECT format('%s %s %s', locktype, relation, virtualxid) \
         FROM pg_catalog.pg_locks WHERE pid = {pid} AND NOT granted"
    );
    for mut hold in holds {
        // Until it waits for what it has not waited for. Without an end: the caller stops watching
        // when the statement is done or has failed.
        loop {
            let sql = sqlx::raw_sql(AssertSqlSafe(sql.clone()));
            let waiting = watcher.fetch_optional(sql).await?;
            if waiting.is_some_and(|row| waits.insert(row.get(0))) {
                break;
            }
            tokio::task::yield_now().await;
        }
        seen.extend(locks(&mut watcher, &pid.to_string()).await?);
        send(&mut hold, "COMMIT").await?;
    }
    Ok(())
}

async fn send(connection: &mut PgConnection, sql: &str) -> sqlx::Result<()> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    connection.execute(sql).await.map(drop)
}

/// Returns the locks of a session, those that it waits for too.
async fn locks(connection: &mut PgConnection, pid: &str) -> sqlx::Result<Vec<(i64, Lock)>> {
    let sql = format!(
        "SELECT l.relation::int8, l.mode FROM pg_catalog.pg_locks l \
         WHERE l.pid = {pid} AND l.locktype = 'relation' AND l.relation >= 16384"
    );
    let rows = connection
        .fetch_all(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await?;
    let lock = |mode: &str| match mode {
        "ShareUpdateExclusiveLock" => Lock::ShareUpdateExclusive,
        "ShareLock" => Lock::Share,
        "ShareRowExclusiveLock" => Lock::ShareRowExclusive,
        "ExclusiveLock" | "AccessExclusiveLock" => Lock::AccessExclusive,
        _ => Lock::None,
    };
    Ok(rows
        .iter()
        .map(|row| (row.get(0), lock(row.get(1))))
        .collect())
}

/// What is there, and how often it was read.
struct State {
    tables: BTreeMap<i64, Relation>,
    /// The table of each index.
    indexes: BTreeMap<i64, (Relation, i64)>,
}

struct Relation {
    name: String,
    file: i64,
    scans: i64,
    /// Whose partition it is.
    parent: Option<i64>,
}

impl State {
    async fn read(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let sql = "SELECT c.oid::int8, format('%I.%I', n.nspname, c.relname), c.relfilenode::int8, \
                   coalesce(s.seq_scan, 0)::int8, x.indrelid::int8, i.inhparent::int8 \
                   FROM pg_catalog.pg_class c \
                   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                   LEFT JOIN pg_catalog.pg_stat_xact_user_tables s ON s.relid = c.oid \
                   LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid \
                   LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid \
                   WHERE c.relkind IN ('r', 'p', 'i', 'I') AND c.oid >= 16384 \
                   AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";
        let mut state = Self {
            tables: BTreeMap::new(),
            indexes: BTreeMap::new(),
        };
        for row in connection.fetch_all(sqlx::raw_sql(sql)).await? {
            let relation = Relation {
                name: row.get(1),
                file: row.get(2),
                scans: row.get(3),
                parent: row.get(5),
            };
            match row.get::<Option<i64>, _>(4) {
                Some(table) => drop(state.indexes.insert(row.get(0), (relation, table))),
                None => drop(state.tables.insert(row.get(0), relation)),
            }
        }
        Ok(state)
    }

    /// Returns the tables that a statement names, by themselves or by an index, in its order.
    fn named(&self, sql: &str) -> Vec<i64> {
        let edge =
            |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"');
        let at = |name: &str| {
            sql.match_indices(name).map(|(at, _)| at).find(|at| {
                edge(sql[..*at].chars().next_back()) && edge(sql[at + name.len()..].chars().next())
            })
        };
        let tables = self
            .tables
            .iter()
            .map(|(oid, table)| (at(&table.name), *oid));
        let indexes = self
            .indexes
            .values()
            .map(|(index, oid)| (at(&index.name), *oid));
        let mut found: Vec<(usize, i64)> = tables
            .chain(indexes)
            .filter_map(|(at, oid)| Some((at?, oid)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, oid)| oid).collect()
    }

    /// Tells whether a table is another or below it.
    fn below(&self, table: i64, above: Option<i64>) -> bool {
        let mut at = Some(table);
        while at.is_some() {
            if at == above {
                return true;
            }
            at = at.and_then(|oid| self.tables.get(&oid)?.parent);
        }
        false
    }

    /// Returns what a statement cost that leads from this state to another. What was not there at
    /// the `first` nobody else knows.
    fn cost(&self, after: &Self, first: &Self, locks: &[(i64, Lock)], sql: &str) -> Cost {
        let subject = self.named(sql).first().copied();
        let mut cost = Cost {
            lock: Lock::None,
            others: Lock::None,
            work: Work::Brief,
        };
        let mut left = Lock::None;
        for (oid, lock) in locks {
            // Who plans a query of a table needs its indexes.
            let oid = match self.indexes.get(oid) {
                Some((_, table)) if *lock == Lock::AccessExclusive => table,
                Some(_) | None => oid,
            };
            if !first.tables.contains_key(oid) {
                continue;
            }
            let leaves = (after.tables.get(oid))
                .is_some_and(|now| now.parent.is_none() && self.tables[oid].parent == subject);
            let side = if leaves {
                &mut left
            } else if self.below(*oid, subject) {
                &mut cost.lock
            } else {
                &mut cost.others
            };
            *side = (*side).max(*lock);
        }
        // One that leaves the table is another, if that tells more.
        if left > cost.lock {
            cost.others = cost.others.max(left);
        }
        for (oid, table) in &self.tables {
            let (Some(now), true) = (after.tables.get(oid), first.tables.contains_key(oid)) else {
                continue;
            };
            if now.scans > table.scans {
                cost.work = cost.work.max(Work::Scan);
            }
            if now.file != table.file {
                cost.work = Work::Rewrite;
            }
        }
        let files: BTreeSet<i64> = self.indexes.values().map(|(index, _)| index.file).collect();
        for (index, table) in after.indexes.values() {
            if index.file != 0 && !files.contains(&index.file) && first.tables.contains_key(table) {
                cost.work = cost.work.max(Work::Index);
            }
        }
        cost
    }
}
