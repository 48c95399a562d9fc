//! Walks `tests/cases/postgres/<topic>/<case>.sql`: live is made desired, and then a dump of both
//! is the same and nothing is left to do. Each case runs in both directions.
//!
//! `SYNC_TEST_CASE=enums` runs the cases whose path has that in it.

use std::{
    fmt::Write as _,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tests::{
    Output, PgDatabase, pg_database, pg_dump_schema, pg_has_extension, pg_major, pg_texts,
    psql_script, repo, sync_on, try_psql,
};

/// One file.
pub(crate) struct Case {
    /// `<topic>/<case>`.
    pub(crate) name: String,
    /// What the database has.
    pub(crate) live: String,
    /// What it is to have.
    pub(crate) desired: String,
    /// What works afterwards.
    pub(crate) next: String,
    /// Only from live to desired.
    pub(crate) one_way: bool,
    /// What the refusal says, where the change cannot be made.
    pub(crate) refused: Option<String>,
    min: u32,
    max: u32,
    needs: Vec<String>,
}

#[test]
fn every_case_converges_in_both_directions() {
    let jobs = both_directions();
    run(
        &jobs,
        |(_, live, desired)| converge(live, desired),
        |job| &job.0,
    );
}

/// The online way of each change, as the script of `--sql`.
#[test]
fn every_case_converges_by_its_script_on_large_tables() {
    let jobs = both_directions();
    run(
        &jobs,
        |(_, live, desired)| converge_by_script(live, desired),
        |job| &job.0,
    );
}

/// The name, the live and the desired SQL of each case, and of its way back.
fn both_directions() -> Vec<(String, String, String)> {
    let mut jobs = Vec::new();
    for case in runnable() {
        jobs.push((
            format!("{} →", case.name),
            case.live.clone(),
            case.desired.clone(),
        ));
        if !case.one_way {
            jobs.push((format!("{} ←", case.name), case.desired, case.live));
        }
    }
    jobs
}

#[test]
fn what_cannot_be_done_is_refused_before_anything_is_sent() {
    let cases = on_this_server("postgres").into_iter().filter_map(|case| {
        let message = case.refused.clone()?;
        Some((case, message))
    });
    let cases: Vec<(Case, String)> = cases.collect();
    run(
        &cases,
        |(case, message)| refuse(&case.live, &case.desired, message),
        |(case, _)| &case.name,
    );
}

/// Returns the cases that this server can run and that are not refused.
pub(crate) fn runnable() -> Vec<Case> {
    runnable_in("postgres")
}

/// Returns the cases of a folder that this server can run and that are not refused.
pub(crate) fn runnable_in(folder: &str) -> Vec<Case> {
    let mut cases = on_this_server(folder);
    cases.retain(|case| case.refused.is_none());
    cases
}

/// Returns the cases of a folder that this server can run; says which it cannot.
fn on_this_server(folder: &str) -> Vec<Case> {
    let filter = std::env::var("SYNC_TEST_CASE").unwrap_or_default();
    let mut cases = all(folder);
    cases.retain(|case| case.name.contains(&filter));
    assert!(!cases.is_empty(), "no case has `{filter}` in its name");
    cases.retain(|case| {
        let missing = case.needs.iter().find(|name| !pg_has_extension(name));
        let reason = if pg_major() < case.min {
            Some(format!("needs PostgreSQL {} or later", case.min))
        } else if pg_major() > case.max {
            Some(format!("needs PostgreSQL {} or earlier", case.max))
        } else {
            missing.map(|name| format!("the server has no extension `{name}`"))
        };
        if let Some(reason) = &reason {
            eprintln!("skipped {}: {reason}", case.name);
        }
        reason.is_none()
    });
    cases
}

/// Does a job for each, four at a time, and panics with all failures at the end.
pub(crate) fn run<T: Sync>(
    jobs: &[T],
    work: impl Fn(&T) -> Result<(), String> + Sync,
    name: impl Fn(&T) -> &str + Sync,
) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = catch_unwind(AssertUnwindSafe(|| work(job)))
                        .unwrap_or_else(|panic| Err(panic_text(&*panic)));
                    if let Err(reason) = done {
                        failures
                            .lock()
                            .expect("no thread panics with the lock")
                            .push(format!("✗ {}\n{reason}", name(job)));
                    }
                }
            });
        }
    });
    let mut failures = failures
        .into_inner()
        .expect("no thread panics with the lock");
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} of {} failed\n\n{}",
        failures.len(),
        jobs.len(),
        failures.join("\n\n")
    );
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (None, Some(text)) => (*text).to_owned(),
        (None, None) => "panicked".to_owned(),
    }
}

fn converge(live: &str, desired: &str) -> Result<(), String> {
    let (from, to) = (pg_database(), pg_database());
    try_psql(&from.url, live).map_err(|reason| format!("the SQL of live: {reason}"))?;
    try_psql(&to.url, desired).map_err(|reason| format!("the SQL of desired: {reason}"))?;

    let options = ["--desired", &to.url, "--prune"];
    let format = ["--format", "json"];
    let apply = [
        &["--apply"],
        &options[..],
        &["--allow", "all", "--yes"],
        &format,
    ]
    .concat();
    let applied = sync_on(&from.url, &apply);
    if applied.status != 0 {
        return Err(format!(
            "apply: exit code {}\n{}",
            applied.status,
            applied.all()
        ));
    }
    crate::report::check(&applied.stdout)?;
    converged(&from, &to)
}

/// Makes the server believe that every table is large.
const LARGE: &str = "UPDATE pg_class SET reltuples = 5000000, relpages = 100000 \
     WHERE relkind = 'r' AND oid >= 16384";

fn converge_by_script(live: &str, desired: &str) -> Result<(), String> {
    let (from, to) = (pg_database(), pg_database());
    try_psql(&from.url, live).map_err(|reason| format!("the SQL of live: {reason}"))?;
    try_psql(&to.url, desired).map_err(|reason| format!("the SQL of desired: {reason}"))?;
    let plan = plan_of_large_tables(&from, &to)?;
    if plan.status != 0 {
        return Err(format!("plan: exit code {}\n{}", plan.status, plan.all()));
    }
    run_twice(&plan.stdout, &from, &to)
}

/// Writes the script that makes one database the other, as if every table were large.
pub(crate) fn plan_of_large_tables(from: &PgDatabase, to: &PgDatabase) -> Result<Output, String> {
    try_psql(&from.url, LARGE)?;
    let options = [
        "--sql",
        "--prune",
        "--allow",
        "all",
        "--small-table",
        "0",
        "--desired",
        &to.url,
    ];
    Ok(sync_on(&from.url, &options))
}

/// Runs a script, and once more: each time one database is the other, and the second run makes
/// nothing anew.
pub(crate) fn run_twice(script: &str, from: &PgDatabase, to: &PgDatabase) -> Result<(), String> {
    let mut made = Vec::new();
    for time in ["first", "second"] {
        psql_script(&from.url, script)
            .and_then(|()| converged(from, to))
            .map_err(|reason| format!("the {time} run of\n{script}\n{reason}"))?;
        made.push(pg_texts(&from.url, MADE));
    }
    if made[0] != made[1] {
        let anew = difference(&made[0].join("\n"), &made[1].join("\n"));
        return Err(format!(
            "the second run of\n{script}\nmakes some of it anew\n{anew}"
        ));
    }
    Ok(())
}

/// What the server gives a new number, or a new file, when it is made anew.
const MADE: &str = "SELECT format('%s %s %s', oid::regclass, oid, relfilenode) FROM pg_class \
     WHERE oid >= 16384 AND relkind <> 't' AND relnamespace <> 'pg_toast'::regnamespace \
     UNION ALL SELECT format('constraint %s %s', conname, oid) FROM pg_constraint WHERE oid >= 16384 \
     UNION ALL SELECT format('type %s %s', oid::regtype, oid) FROM pg_type WHERE oid >= 16384 \
     UNION ALL SELECT format('function %s %s', oid::regprocedure, oid) FROM pg_proc WHERE oid >= 16384 \
     UNION ALL SELECT format('trigger %s %s', tgname, oid) FROM pg_trigger WHERE oid >= 16384 \
     UNION ALL SELECT format('policy %s %s', polname, oid) FROM pg_policy \
     UNION ALL SELECT format('rule %s %s', rulename, oid) FROM pg_rewrite WHERE oid >= 16384 \
     UNION ALL SELECT format('column %s %s %s', attrelid::regclass, attname, attnum) FROM pg_attribute \
     WHERE attrelid >= 16384 AND attnum > 0 ORDER BY 1";

/// Both dumps are the same, and nothing is left to do.
pub(crate) fn converged(from: &PgDatabase, to: &PgDatabase) -> Result<(), String> {
    let (is, should) = (pg_dump_schema(&from.url), pg_dump_schema(&to.url));
    if is != should {
        return Err(format!("the dumps differ\n{}", difference(&is, &should)));
    }
    let again = ["--dry-run", "--exit-code", "--prune", "--desired", &to.url];
    let again = sync_on(&from.url, &again);
    if again.status != 0 {
        return Err(format!(
            "dry run after apply: exit code {}\n{}",
            again.status,
            again.all()
        ));
    }
    Ok(())
}

fn refuse(live: &str, desired: &str, message: &str) -> Result<(), String> {
    let (from, to) = (pg_database(), pg_database());
    try_psql(&from.url, live).map_err(|reason| format!("the SQL of live: {reason}"))?;
    try_psql(&to.url, desired).map_err(|reason| format!("the SQL of desired: {reason}"))?;
    let before = pg_dump_schema(&from.url);
    let options = ["--desired", &to.url, "--prune", "--apply", "--yes"];
    let applied = sync_on(&from.url, &[&options[..], &["--allow", "all"]].concat());
    // By the plan, not by the server's error.
    if applied.status != 3 || !applied.all().contains(message) {
        return Err(format!(
            "exit code {}, no refusal with `{message}`\n{}",
            applied.status,
            applied.all()
        ));
    }
    let after = pg_dump_schema(&from.url);
    if before != after {
        return Err(format!(
            "something was changed\n{}",
            difference(&after, &before)
        ));
    }
    Ok(())
}

/// Writes the lines that only one of two texts has.
pub(crate) fn difference(is: &str, should: &str) -> String {
    let mut text = String::new();
    for (mark, here, there) in [('+', is, should), ('-', should, is)] {
        for line in here.lines() {
            if !there.lines().any(|other| other == line) {
                writeln!(text, "  {mark} {line}").expect("writing to a string");
            }
        }
    }
    if text.is_empty() {
        text = format!("--- is\n{is}\n--- should be\n{should}");
    }
    text
}

/// Returns the cases of a folder.
pub(crate) fn all(folder: &str) -> Vec<Case> {
    let root = repo().join("tests/cases").join(folder);
    let mut paths = Vec::new();
    for entry in entries(&root) {
        if entry.is_dir() {
            paths.extend(entries(&entry));
        } else {
            paths.push(entry);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(&root, path)).collect()
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir)
        .unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
        .map(|entry| entry.expect("a folder can be read").path())
        .collect()
}

fn read(root: &Path, path: &Path) -> Case {
    let name = path
        .strip_prefix(root)
        .expect("cases are below their root")
        .with_extension("")
        .display()
        .to_string();
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut case = Case {
        name,
        live: String::new(),
        desired: String::new(),
        next: String::new(),
        one_way: false,
        refused: None,
        min: 0,
        max: u32::MAX,
        needs: Vec::new(),
    };
    let mut section = None;
    for line in text.lines() {
        match line.trim_end() {
            "-- live" => section = Some(0),
            "-- desired" => section = Some(1),
            "-- next" => section = Some(2),
            line => match section {
                Some(0) => case.live += &format!("{line}\n"),
                Some(1) => case.desired += &format!("{line}\n"),
                Some(_) => case.next += &format!("{line}\n"),
                None => header(&mut case, line),
            },
        }
    }
    assert!(section >= Some(1), "{}: no section `-- desired`", case.name);
    case
}

/// Reads a line above the sections: a condition, or a comment.
fn header(case: &mut Case, line: &str) {
    let line = line.trim_start_matches("--").trim();
    let number = |text: &str| text.trim().parse().expect("a major version");
    if line == "one way" {
        case.one_way = true;
    } else if let Some(message) = line.strip_prefix("refused ") {
        case.refused = Some(message.to_owned());
    } else if let Some(major) = line.strip_prefix("min ") {
        case.min = number(major);
    } else if let Some(major) = line.strip_prefix("max ") {
        case.max = number(major);
    } else if let Some(extension) = line.strip_prefix("needs ") {
        case.needs.push(extension.trim().to_owned());
    }
}
