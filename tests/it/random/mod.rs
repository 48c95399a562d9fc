//! Random pairs of schemas on the server: A is made B, and then a dump of both is the same.
//!
//! Half of them go by the script of `--sql`, as on large tables, which is run twice.
//! `SYNC_TEST_RANDOM=300` runs as many pairs, from `SYNC_TEST_RANDOM_FROM` on. The SQL of a pair is
//! written to the folder `SYNC_TEST_RANDOM_KEEP`.

mod by_hand;
mod generate;
mod rows;

use tests::{PgDatabase, pg_database, pg_dump_schema, pg_try_each, psql, sync_on, try_psql};

use crate::cases::{converged, difference, plan_of_large_tables, run, run_twice};
use generate::{Side, dependents, script};

/// What no plan does, and says so.
const REFUSED: &[&str] = &[
    "no table becomes a partitioned one",
    "whose fields change their places",
    "is within the values of",
    "goes on to think so, and changes its type no more",
];

#[test]
fn any_schema_becomes_any_other() {
    let seeds = seeds(12);
    run(&seeds, |(seed, _)| becomes(*seed), |(_, name)| name);
}

#[test]
fn what_somebody_altered_by_hand_comes_back() {
    let seeds = seeds(8);
    run(
        &seeds,
        |(seed, _)| by_hand::comes_back(*seed),
        |(_, name)| name,
    );
}

#[test]
fn no_row_and_no_value_is_lost_unless_it_is_allowed() {
    let seeds = seeds(6);
    run(&seeds, |(seed, _)| rows::keeps(*seed), |(_, name)| name);
}

fn seeds(few: u64) -> Vec<(u64, String)> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>());
    let number = |name| number(name).map(|it| it.expect("a number"));
    let count = number("SYNC_TEST_RANDOM").unwrap_or(few);
    let from = number("SYNC_TEST_RANDOM_FROM").unwrap_or(1);
    (from..from + count)
        .map(|seed| (seed, format!("seed {seed}")))
        .collect()
}

fn made(seed: u64, side: Side) -> PgDatabase {
    let database = pg_database();
    let script = script(seed, side);
    pg_try_each(&database.url, &script);
    if let Ok(folder) = std::env::var("SYNC_TEST_RANDOM_KEEP") {
        let side = match side {
            Side::Live => "live",
            Side::Desired => "desired",
        };
        let path = format!("{folder}/{seed}.{side}.sql");
        std::fs::write(path, script.join(";\n") + ";\n").expect("the folder is there");
    }
    database
}

/// Makes both schemas of a pair, with the views that both can have.
fn pair(seed: u64) -> (PgDatabase, PgDatabase) {
    let (from, to) = (made(seed, Side::Live), made(seed, Side::Desired));
    for (create, drop) in dependents(seed) {
        let both = [&from, &to].map(|database| try_psql(&database.url, &create).is_ok());
        match both {
            [true, false] => psql(&from.url, &drop),
            [false, true] => psql(&to.url, &drop),
            [true, true] | [false, false] => {}
        }
    }
    (from, to)
}

fn becomes(seed: u64) -> Result<(), String> {
    let (from, to) = pair(seed);
    // Every other one by a script, as on large tables.
    goes_to(&from, &to, seed.is_multiple_of(2))
}

/// Makes one database the other, or is refused and leaves it as it is.
fn goes_to(from: &PgDatabase, to: &PgDatabase, by_script: bool) -> Result<(), String> {
    let before = pg_dump_schema(&from.url);
    let apply = [
        "--apply",
        "--allow",
        "all",
        "--yes",
        "--prune",
        "--desired",
        &to.url,
    ];
    let applied = if by_script {
        plan_of_large_tables(from, to)?
    } else {
        sync_on(&from.url, &apply)
    };
    let text = applied.all();
    match applied.status {
        0 if by_script => run_twice(&applied.stdout, from, to),
        0 => converged(from, to),
        // There is no script of what is refused.
        1 | 3 if REFUSED.iter().any(|reason| text.contains(reason)) => {
            let is = pg_dump_schema(&from.url);
            if is == before {
                return Ok(());
            }
            Err(format!(
                "refused, and changed\n{}",
                difference(&is, &before)
            ))
        }
        status => Err(format!("apply: exit code {status}\n{text}")),
    }
}
