//! A plan as a script for `psql`, and what a build that was cut off leaves behind.

use std::fmt::Write;

use crate::dialect::postgres::form::take_several;
use crate::schema::quote_literal;
use crate::step::{Batch, Statement, Step, Timeouts, Txn};

/// Returns the qualified, quoted name of the index that a CREATE INDEX CONCURRENTLY of ours makes.
pub(in crate::dialect::postgres) fn concurrent_index(sql: &str) -> Option<String> {
    let (create, rest) = sql.split_once("INDEX CONCURRENTLY IF NOT EXISTS ")?;
    if !matches!(create, "CREATE " | "CREATE UNIQUE ") {
        return None;
    }
    let (name, rest) = rest.split_at(identifier_end(rest));
    let table = rest.strip_prefix(" ON ")?;
    let schema = table.get(..identifier_end(table))?;
    Some(format!("{schema}.{name}"))
}

/// What has to be sent before a statement that an earlier run has not brought to its end.
pub(in crate::dialect::postgres) struct Unfinished {
    /// The condition that something is left.
    pub(in crate::dialect::postgres) left: String,
    /// What is sent then.
    pub(in crate::dialect::postgres) sql: String,
}

/// Returns what a CONCURRENTLY of ours needs that was begun before.
pub(in crate::dialect::postgres) fn unfinished(sql: &str) -> Option<Unfinished> {
    if let Some(index) = concurrent_index(sql) {
        return Some(Unfinished {
            left: is_leftover(&index),
            sql: drop_leftover(&index),
        });
    }
    let detach = sql.strip_suffix(" CONCURRENTLY")?;
    let (_, partition) = detach.split_once(" DETACH PARTITION ")?;
    Some(Unfinished {
        left: format!(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({}) AND inhdetachpending)",
            quote_literal(partition)
        ),
        sql: format!("{detach} FINALIZE"),
    })
}

/// Returns where an identifier at the front ends, quotes included.
fn identifier_end(text: &str) -> usize {
    let mut quoted = false;
    text.find(|c: char| {
        quoted ^= c == '"';
        !quoted && (c == '.' || c.is_whitespace())
    })
    .unwrap_or(text.len())
}

/// Writes the statement that drops what a build left behind.
pub(in crate::dialect::postgres) fn drop_leftover(index: &str) -> String {
    format!("DROP INDEX CONCURRENTLY IF EXISTS {index}")
}

/// Writes the condition that a build left something behind.
pub(in crate::dialect::postgres) fn is_leftover(index: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({}) AND NOT indisvalid \
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index \
         WHERE index_relid = indexrelid AND pid <> pg_catalog.pg_backend_pid()))",
        quote_literal(index)
    )
}

/// Writes groups as a script for `psql` that can be run twice.
pub fn script(groups: &[Vec<Step>], timeouts: &Timeouts) -> String {
    let mut out = String::from(HEAD);
    let several = |steps: &Vec<Step>| take_several(steps.iter().flat_map(|it| &it.statements));
    if groups.iter().any(several) {
        let _ = write!(
            out,
            "\n-- What takes several tables gives up before the server ends somebody else for a deadlock.\n\
             SELECT greatest(1, least(nullif({}, 0), setting::bigint * 2 / 5)) || 'ms' AS sync_brief\n\
             FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout' \\gset\n",
            timeouts.lock.as_millis()
        );
    }
    let marks: Vec<(usize, String)> = groups.iter().enumerate().filter_map(mark).collect();
    let once = groups.iter().flatten().any(|step| step.once);
    let last = marks.last().filter(|_| once).map_or(0, |(at, _)| *at);
    if last > 0 {
        let marks: Vec<String> = marks
            .into_iter()
            .map(|(at, done)| format!("  CASE WHEN {done}\n  THEN {at} END"))
            .collect();
        let _ = write!(
            out,
            "\n-- How much of this an earlier run has done. Types are told with their schemas.\n\
             BEGIN;\nSET LOCAL search_path = pg_catalog;\n\
             SELECT greatest(0,\n{}) AS sync_done \\gset\nCOMMIT;\n",
            marks.join(",\n")
        );
    }
    for (at, steps) in (1..).zip(groups) {
        out.push('\n');
        if at <= last {
            let _ = writeln!(out, "SELECT :sync_done < {at} AS sync_todo \\gset");
            out.push_str("\\if :sync_todo\n");
        }
        write_group(&mut out, steps, timeouts);
        if at <= last {
            out.push_str("\\endif\n");
        }
    }
    out.push_str(TAIL);
    out
}

/// Returns the number of a group, from 1, and the condition that it is done, where there is one.
fn mark((at, steps): (usize, &Vec<Step>)) -> Option<(usize, String)> {
    let mut done: Vec<&str> = Vec::new();
    for condition in steps
        .iter()
        .flat_map(|step| step.done.iter().chain(&step.over))
    {
        if !done.contains(&condition.as_str()) {
            done.push(condition);
        }
    }
    (!done.is_empty()).then(|| (at + 1, done.join("\n    AND ")))
}

fn write_group(out: &mut String, steps: &[Step], timeouts: &Timeouts) {
    let statements = steps.iter().flat_map(|step| &step.statements);
    let group: Vec<&Statement> = statements.collect();
    if let [statement] = &group[..]
        && let Some(batch) = &statement.batch
    {
        out.push_str(&fill(batch, statement.guard.as_deref()));
        return;
    }
    let brief = if take_several(group.iter().copied()) {
        "SET LOCAL lock_timeout = :'sync_brief';\n".into()
    } else {
        format!(
            "SET LOCAL lock_timeout = '{}ms';\n",
            timeouts.lock.as_millis()
        )
    };
    let alone = group.iter().any(|statement| statement.txn == Txn::None);
    if !alone {
        out.push_str("BEGIN;\n");
        if let Some(limit) = timeouts.statement {
            let _ = writeln!(
                out,
                "SET LOCAL statement_timeout = '{}ms';",
                limit.as_millis()
            );
        }
    }
    let mut patient = true;
    for statement in group {
        if !alone && statement.is_patient() != patient {
            patient = !patient;
            out.push_str(if patient { PATIENT } else { &brief });
        }
        let sql = &statement.sql;
        // An index that was not finished would make its build do nothing.
        if let Some(Unfinished { left, sql }) = unfinished(sql) {
            let _ = writeln!(out, "SELECT {} WHERE {left} \\gexec", quote_literal(&sql));
        }
        match &statement.guard {
            None => match sql.strip_prefix("SELECT ") {
                // What it returns is of no interest.
                Some(rest) => {
                    let tag = tag(&[sql]);
                    let _ = writeln!(out, "DO {tag} BEGIN PERFORM {rest}; END {tag};");
                }
                None => {
                    let _ = writeln!(out, "{sql};");
                }
            },
            Some(guard) if alone => {
                let _ = writeln!(out, "SELECT {} WHERE {guard} \\gexec", quote_literal(sql));
            }
            Some(guard) => {
                let tag = tag(&[sql, guard]);
                // A block has no place for what a query returns.
                let sql = match sql.strip_prefix("SELECT ") {
                    Some(rest) => &format!("PERFORM {rest}"),
                    None => sql,
                };
                let _ = writeln!(
                    out,
                    "DO {tag} BEGIN IF {guard} THEN\n  {sql};\nEND IF; END {tag};"
                );
            }
        }
    }
    if !alone {
        out.push_str("COMMIT;\n");
    }
}

/// Settings of the database or the role that would end what takes its time, or read a text as
/// another one, or as another moment. PostgreSQL 17 has transaction_timeout.
const HEAD: &str = "\\set ON_ERROR_STOP on
SELECT pg_catalog.concat_ws(', ', 'SET search_path = pg_catalog', nullif(pg_catalog.current_setting('search_path'), '')) \\gexec
SET check_function_bodies = off;
SET client_min_messages = warning;
SET timezone = 'UTC';
SET standard_conforming_strings = on;
SET array_nulls = on;
SET transform_null_equals = off;
SET lock_timeout = 0;
SET statement_timeout = 0;
SELECT 'SET transaction_timeout = 0' FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout' \\gexec
";

const PATIENT: &str = "SET LOCAL lock_timeout = 0;\n";

const TAIL: &str = "
RESET search_path;
RESET check_function_bodies;
RESET client_min_messages;
RESET timezone;
RESET standard_conforming_strings;
RESET array_nulls;
RESET transform_null_equals;
RESET lock_timeout;
RESET statement_timeout;
SELECT 'RESET transaction_timeout' FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout' \\gexec
";

/// Writes an UPDATE that commits after each piece. Rows go by their places: it is gone through
/// again until none is left, since rows move while others write. Its variables have names that no
/// column has.
fn fill(batch: &Batch, guard: Option<&str>) -> String {
    let Batch {
        table, set, only, ..
    } = batch;
    let tag = tag(&[table, set, only]);
    let done = match guard {
        Some(guard) => format!("  IF NOT ({guard}) THEN RETURN; END IF;\n"),
        None => String::new(),
    };
    format!(
        "-- Piece by piece, and a COMMIT after each: not to be put into a transaction.\n\
         DO {tag}\n\
         DECLARE\n  _sync_page bigint;\n  _sync_pages bigint;\n  _sync_filled bigint;\n  _sync_piece bigint;\n\
         BEGIN\n{done}  FOR _sync_round IN 1..5 LOOP\n    _sync_page := 0;\n    _sync_filled := 0;\n    \
         SELECT coalesce(max(pg_relation_size(relid)), pg_relation_size({name})) / current_setting('block_size')::bigint\n      \
         INTO _sync_pages FROM pg_partition_tree({name}) WHERE isleaf;\n    \
         WHILE _sync_page < _sync_pages LOOP\n      \
         UPDATE {table} SET {set} WHERE {only}\n        \
         AND ctid >= format('(%s,0)', _sync_page)::tid AND ctid < format('(%s,0)', _sync_page + 200)::tid;\n      \
         GET DIAGNOSTICS _sync_piece = ROW_COUNT;\n      \
         _sync_filled := _sync_filled + _sync_piece;\n      _sync_page := _sync_page + 200;\n      COMMIT;\n    \
         END LOOP;\n    EXIT WHEN _sync_filled = 0;\n  END LOOP;\nEND {tag};\n",
        name = quote_literal(table)
    )
}

/// Returns a dollar quote that is in none of the texts.
fn tag(texts: &[&String]) -> String {
    let mut tag = "$sync$".to_owned();
    while texts.iter().any(|text| text.contains(&tag)) {
        tag.insert(1, '_');
    }
    tag
}
