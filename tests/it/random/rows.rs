//! Random rows in the first schema of a pair: what is not allowed to be lost is there afterwards.

use std::collections::BTreeMap;

use tests::{pg_texts, pg_try_each, psql, sync_on};

use super::generate::{Random, q, table_names};

/// All but `data_loss`.
const ALLOWED: &str = "narrowing,rewrite,blocking_scan,blocking_index,breaks_running_app,recreates";

/// Values that are tried, each in every column.
const VALUES: [&str; 18] = [
    "'1'",
    "'2'",
    "'42'",
    "'one'",
    "'Two'",
    "'it''s'",
    "'{one}'",
    "'{1,2}'",
    "'[1,5)'",
    "'2020-02-03'",
    "'10.0.0.0/8'",
    "'101'",
    "'{\"a\": 1}'",
    "'true'",
    "'12:30'",
    "'(1,x)'",
    "'00000000-0000-0000-0000-000000000001'",
    "NULL",
];

/// Types whose values are the same text in each other.
const TEXTS: [&str; 3] = ["text", "character varying", "citext"];

pub(super) fn keeps(seed: u64) -> Result<(), String> {
    let (from, to) = super::pair(seed);
    fill(&from.url, seed);
    let before = contents(&from.url);
    let mut options = vec!["--apply", "--yes", "--desired", &to.url, "--allow", ALLOWED];
    // Every other pair is made as on large tables.
    if seed % 2 == 1 {
        psql(&from.url, "ANALYZE");
        options.extend(["--small-table", "0"]);
    }
    let applied = sync_on(&from.url, &options);
    let after = contents(&from.url);
    let text = applied.all();
    match applied.status {
        0 | 3 => {}
        // What only the server can tell is said before, and rolled back.
        1 if text.contains("does not fit") || server_refused_values(&text) => {}
        status => return Err(format!("apply: exit code {status}\n{text}")),
    }
    for (place, (ty, values)) in &before {
        let Some((new, kept)) = after.get(place) else {
            return Err(format!("{place} is gone\n{text}"));
        };
        let same_text =
            TEXTS.iter().any(|it| ty.starts_with(it)) && TEXTS.iter().any(|it| new.starts_with(it));
        let alike = if ty == new || same_text {
            values == kept
        } else {
            let set = |list: &[String]| list.iter().filter(|it| *it != "∅").count();
            set(values) == set(kept) && values.len() == kept.len()
        };
        if !alike {
            return Err(format!(
                "{place}: {ty} {values:?} became {new} {kept:?}\n{text}"
            ));
        }
    }
    Ok(())
}

/// Errors of the rows: the plan cannot know them all, and the statement is rolled back.
fn server_refused_values(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "invalid input",
        "out of range",
        "violates",
        "duplicate key",
        "could not create",
        "contains null values",
        "too long",
        "is violated by some row",
        "malformed",
        "invalid value",
        "cannot cast",
        "conflicting key value",
        "overflow",
        "numeric field",
        "column \"",
        // An index or a check that no model has may not go with the new type of a column.
        "operator does not exist",
        "must be marked IMMUTABLE",
        "does not allow null values",
        "is not a valid binary digit",
        "does not match type bit",
    ];
    text.contains("rolled back") && WORDS.iter().any(|word| text.contains(word))
}

fn fill(url: &str, seed: u64) {
    let mut random = Random::new(seed, "rows");
    let mut statements = Vec::new();
    for table in table_names(seed).into_iter().chain(["parted", "heir"]) {
        let sql = format!(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass({}) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            literal(&q(table))
        );
        let columns = pg_texts(url, &sql);
        for _ in 0..12 {
            statements.push(format!("INSERT INTO {} DEFAULT VALUES", q(table)));
            for _ in 0..10 {
                let some: Vec<&String> = columns.iter().filter(|_| random.below(2) == 0).collect();
                let names: Vec<String> = some.iter().map(|it| q(it)).collect();
                let values: Vec<&str> = some.iter().map(|_| random.pick(&VALUES)).collect();
                if !names.is_empty() {
                    statements.push(format!(
                        "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({}) ON CONFLICT DO NOTHING",
                        q(table), names.join(", "), values.join(", ")
                    ));
                }
            }
        }
        // One value at a time is taken more often.
        for column in &columns {
            for value in VALUES {
                statements.push(format!("UPDATE {} SET {} = {value}", q(table), q(column)));
                statements.push(format!(
                    "UPDATE {0} SET {1} = {value} WHERE ctid = (SELECT min(ctid) FROM {0})",
                    q(table),
                    q(column)
                ));
            }
        }
    }
    pg_try_each(url, &statements);
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The values of every plain column of every table, as text, sorted.
fn contents(url: &str) -> BTreeMap<String, (String, Vec<String>)> {
    let columns = pg_texts(
        url,
        "SELECT json_build_array(c.oid::regclass::text, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod))::text
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
           AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''",
    );
    let mut contents = BTreeMap::new();
    for row in columns {
        let [table, column, ty]: [String; 3] = serde_json::from_str(&row).expect("three texts");
        let sql = format!(
            "SELECT it FROM (SELECT coalesce({column}::text, '∅') AS it FROM {table}) t ORDER BY it COLLATE \"C\""
        );
        let values = pg_texts(url, &sql);
        contents.insert(format!("{table}.{column}"), (ty, values));
    }
    contents
}
