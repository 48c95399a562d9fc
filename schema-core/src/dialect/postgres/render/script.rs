//! A plan as a script for `psql`, and what a build that was cut off leaves behind.

use std::fmt::Write;

use crate::schema::quote_literal;
use crate::step::{Batch, Statement, Timeouts, Txn};

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
pub fn script(groups: &[Vec<Statement>], timeouts: &Timeouts) -> String {
    let mut out = String::from(HEAD);
    let brief = format!(
        "SET LOCAL lock_timeout = '{}ms';\n",
        timeouts.lock.as_millis()
    );
    let limit = timeouts
        .statement
        .map(|limit| format!("SET LOCAL statement_timeout = '{}ms';\n", limit.as_millis()));
    for group in groups {
        if let [statement] = &group[..]
            && let Some(batch) = &statement.batch
        {
            out.push_str(&fill(batch, statement.guard.as_deref()));
            continue;
        }
        let alone = group.iter().any(|statement| statement.txn == Txn::None);
        out.push('\n');
        if !alone {
            out.push_str("BEGIN;\n");
            out.push_str(limit.as_deref().unwrap_or_default());
        }
        let mut patient = true;
        for statement in group {
            if !alone && statement.is_patient() != patient {
                patient = !patient;
                out.push_str(if patient { PATIENT } else { &brief });
            }
            let sql = &statement.sql;
            if let Some(whole) = concurrent_index(sql) {
                // What a build that was cut off left behind would make this one do nothing.
                let _ = writeln!(
                    out,
                    "SELECT {} WHERE {} \\gexec",
                    quote_literal(&drop_leftover(&whole)),
                    is_leftover(&whole),
                );
            }
            match &statement.guard {
                None => {
                    let _ = writeln!(out, "{sql};");
                }
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
    out.push_str(TAIL);
    out
}

/// Settings of the database or the role that would end what takes its time, or read a text as
/// another moment. PostgreSQL 17 has transaction_timeout.
const HEAD: &str = "\\set ON_ERROR_STOP on
SET search_path = pg_catalog;
SET client_min_messages = warning;
SET timezone = 'UTC';
SET lock_timeout = 0;
SET statement_timeout = 0;
SELECT 'SET transaction_timeout = 0' FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout' \\gexec
";

const PATIENT: &str = "SET LOCAL lock_timeout = 0;\n";

const TAIL: &str = "
RESET search_path;
RESET client_min_messages;
RESET timezone;
RESET lock_timeout;
RESET statement_timeout;
SELECT 'RESET transaction_timeout' FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout' \\gexec
";

/// Writes an UPDATE that commits after each piece. Rows go by their places: it is gone through
/// again until none is left, since rows move while others write.
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
        "\n-- Piece by piece, and a COMMIT after each: not to be put into a transaction.\n\
         DO {tag}\n\
         DECLARE\n  page bigint;\n  pages bigint;\n  filled bigint;\n  piece bigint;\n\
         BEGIN\n{done}  FOR round IN 1..5 LOOP\n    page := 0;\n    filled := 0;\n    \
         SELECT coalesce(max(pg_relation_size(relid)), pg_relation_size({name})) / current_setting('block_size')::bigint\n      \
         INTO pages FROM pg_partition_tree({name}) WHERE isleaf;\n    \
         WHILE page < pages LOOP\n      \
         UPDATE {table} SET {set} WHERE {only}\n        \
         AND ctid >= format('(%s,0)', page)::tid AND ctid < format('(%s,0)', page + 200)::tid;\n      \
         GET DIAGNOSTICS piece = ROW_COUNT;\n      \
         filled := filled + piece;\n      page := page + 200;\n      COMMIT;\n    \
         END LOOP;\n    EXIT WHEN filled = 0;\n  END LOOP;\nEND {tag};\n",
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
