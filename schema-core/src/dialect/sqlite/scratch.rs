//! An empty copy of the database in memory, where a plan is tried before it is applied.
//!
//! SQLite says what is wrong with a view or a trigger only when it is used, or when ALTER TABLE
//! happens to read it: here that is found without touching the file.

use std::collections::{BTreeMap, BTreeSet};

use super::session::SqliteSession;
use super::sql;
use crate::change::Change;
use crate::db::{DbError, SessionOptions};
use crate::plan::{Plan, Refusal};
use crate::schema::{Ident, Name, Quoted, quote_literal};
use crate::step::Step;

const OBJECTS: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema \
     WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
     ORDER BY CASE type WHEN 'table' THEN sql NOT LIKE 'CREATE VIRTUAL%' WHEN 'index' THEN 2 \
     WHEN 'view' THEN 3 ELSE 4 END, rowid";

const TRIGGERS: &str = "SELECT tbl_name, group_concat(name, ', ') FROM sqlite_schema \
     WHERE type = 'trigger' GROUP BY tbl_name ORDER BY 1";

const VIEWS: &str = "SELECT name, '' FROM sqlite_schema WHERE type = 'view' ORDER BY 1";

/// Tries the plan on an empty copy, and returns what stands in its way or would not work after it.
///
/// # Errors
///
/// What the database says when it is read.
pub async fn rehearse(session: &mut SqliteSession, plan: &Plan) -> Result<Vec<Refusal>, DbError> {
    if let Some(refusal) = untaught(session, plan).await? {
        return Ok(vec![refusal]);
    }
    let objects = concerned(session.fetch_texts(OBJECTS).await?, plan);
    // What an application has taught SQLite alone, such as a function, is not there.
    let Some(mut copy) = copied(&objects).await else {
        return uncompiled(session, plan).await;
    };
    let mut refusals = Vec::new();
    let keys = copy.fetch_i64(KEYS).await.is_ok();
    let before = broken(&mut copy).await?;
    for step in plan.steps() {
        for statement in &step.statements {
            let Err(error) = copy.execute(&statement.sql).await else {
                continue;
            };
            let told = error.message.replace("_sync_new_", "");
            // What is made of the model alone is read before anything else.
            let cure = match is_no_sql(&told) {
                true => "look at the SQL of the model (default, check, ..); -v shows the statement",
                false => "change or drop by hand first what stands in the way",
            };
            let message = format!("cannot be changed so: {told}");
            refusals.push(Refusal::new(place(step), message, cure));
            copy.close().await;
            return Ok(refusals);
        }
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for change in &plan.changes {
        if let Change::RenameTable { from, to } = change {
            names.insert(to.name.to_string(), from.name.to_string());
        }
    }
    for (place, fault) in broken(&mut copy).await? {
        let old = (place.0, names.get(&place.1).unwrap_or(&place.1).clone());
        if !before.contains_key(&place) && !before.contains_key(&old) {
            refusals.push(fault);
        }
    }
    if keys && let Err(error) = copy.fetch_i64(KEYS).await {
        refusals.push(Refusal::new(
            "foreign keys",
            error.message,
            "keep a primary key, a unique constraint or a unique index over what is referenced",
        ));
    }
    copy.close().await;
    Ok(refusals)
}

/// Indexes whose keys have a collation that may not be SQLite's own.
const COLLATIONS: &str = "SELECT i.name, k.coll FROM sqlite_schema AS i, pragma_index_xinfo(i.name) AS k \
     WHERE i.type = 'index' AND i.sql IS NOT NULL AND k.key \
     AND upper(k.coll) NOT IN ('BINARY', 'NOCASE', 'RTRIM') ORDER BY 1, 2";

const UNTAUGHT: &str = "which only the application defines";
const BY_APPLICATION: &str =
    "let the application make this change, or drop the index by hand first";

/// Before a rename, and before it drops a column, SQLite reads all indexes that the file has then.
async fn untaught(session: &mut SqliteSession, plan: &Plan) -> Result<Option<Refusal>, DbError> {
    let reads_all = |sql: &str| {
        let words = sql::tokens(sql);
        let first = words.first().is_some_and(|it| it.is("ALTER"));
        first && words.iter().any(|it| it.is("RENAME") || it.is("DROP"))
    };
    let steps: Vec<&Step> = plan.steps().collect();
    let reader = (steps.iter()).position(|it| it.statements.iter().any(|it| reads_all(&it.sql)));
    let Some(reader) = reader else {
        return Ok(None);
    };
    // One that is made again needs its collation all the same.
    let changes = || steps[..=reader].iter().flat_map(|it| &it.changes);
    let again = |name: &Ident| {
        let made = |it: &Change| matches!(it, Change::CreateIndex { index, .. } if index.name.as_ref() == Some(name));
        plan.changes.iter().any(made)
    };
    let gone = |name: &Ident| {
        let goes = |it: &Change| matches!(it, Change::DropIndex { index, .. } if index.name.as_ref() == Some(name));
        changes().any(goes) && !again(name)
    };
    for (index, collation) in pairs(session.fetch_texts(COLLATIONS).await?) {
        if !gone(&Ident::new(&*index)) && !session.has_collation(&Name::bare(&*collation)).await {
            let message = format!(
                "cannot be changed so: index `{index}` has collation `{collation}`, {UNTAUGHT}"
            );
            return Ok(Some(Refusal::new(
                place(steps[reader]),
                message,
                BY_APPLICATION,
            )));
        }
    }
    Ok(None)
}

/// What is to be made with a collation that is not there.
async fn uncompiled(session: &mut SqliteSession, plan: &Plan) -> Result<Vec<Refusal>, DbError> {
    const MISSING: &str = "no such collation sequence: ";
    for step in plan.steps() {
        for statement in &step.statements {
            if !statement.sql.starts_with("CREATE ") {
                continue;
            }
            let told = session
                .fetch_texts(&format!("EXPLAIN {}", statement.sql))
                .await;
            let Some(collation) = told.err().and_then(|error| {
                let at = error.message.find(MISSING)?;
                Some(error.message[at + MISSING.len()..].to_owned())
            }) else {
                continue;
            };
            let message =
                format!("cannot be changed so: it needs collation `{collation}`, {UNTAUGHT}");
            return Ok(vec![Refusal::new(
                place(step),
                message,
                "let the application make this change",
            )]);
        }
    }
    Ok(Vec::new())
}

/// Tells whether SQLite could not even read a statement. What is wrong elsewhere is named first: `error
/// in view v: no such column`.
fn is_no_sql(message: &str) -> bool {
    let unread = ["syntax error", "unrecognized token", "incomplete input"];
    let unknown = ["no such column: ", "no such function: "];
    let is_unknown = unknown.iter().any(|it| message.starts_with(it));
    is_unknown || unread.iter().any(|it| message.contains(it))
}

/// The table that a step is about.
fn place(step: &Step) -> String {
    let table = step.changes.iter().find_map(Change::table);
    table.map_or_else(|| "plan".into(), ToString::to_string)
}

/// Fails where a foreign key leads to what is not unique.
const KEYS: &str = "SELECT count(*) FROM pragma_foreign_key_check";

/// Returns what the plan is about, and what may notice: who refers to it, views and triggers that name
/// it, and all that they name. Of thousands of tables that is a few.
fn concerned(objects: Vec<Vec<Option<String>>>, plan: &Plan) -> Vec<Vec<Option<String>>> {
    let text = |row: &[Option<String>], n: usize| {
        let text = row.get(n).and_then(Option::as_deref);
        text.unwrap_or_default().to_ascii_lowercase()
    };
    let known: BTreeSet<String> = objects.iter().map(|row| text(row, 1)).collect();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for change in &plan.changes {
        names.extend(
            change
                .table()
                .map(|it| it.name.as_str().to_ascii_lowercase()),
        );
        if let Change::RenameTable { from, .. } = change {
            names.insert(from.name.as_str().to_ascii_lowercase());
        } else if let Change::DropOther { other, .. } | Change::CreateOther { other } = change {
            names.insert(other.name.name.as_str().to_ascii_lowercase());
        }
    }
    let mut left: Vec<(String, String, BTreeSet<String>)> = objects
        .iter()
        .map(|row| {
            let words = sql::tokens(row.get(3).and_then(Option::as_deref).unwrap_or_default())
                .iter()
                .map(|token| token.name().to_ascii_lowercase())
                .filter(|word| known.contains(word))
                .collect();
            (text(row, 0), text(row, 1), words)
        })
        .collect();
    let touched = names.clone();
    loop {
        let before = names.len();
        left.retain(|(kind, name, words)| {
            let noticed = match kind.as_str() {
                "table" => names.contains(name) || !words.is_disjoint(&touched),
                "index" => false,
                _ => names.contains(name) || !words.is_disjoint(&names),
            };
            if noticed {
                names.insert(name.clone());
                if kind != "table" {
                    names.extend(words.iter().cloned());
                }
            }
            !noticed
        });
        if names.len() == before {
            break;
        }
    }
    let mut objects = objects;
    objects.retain(|row| names.contains(&text(row, 1)) || names.contains(&text(row, 2)));
    objects
}

/// Makes everything anew without its rows; `None` where a table cannot be made.
async fn copied(objects: &[Vec<Option<String>>]) -> Option<SqliteSession> {
    let options = SessionOptions::default();
    let mut copy = SqliteSession::open("sqlite::memory:", &options)
        .await
        .ok()?;
    copy.execute("PRAGMA foreign_keys = OFF").await.ok()?;
    for object in objects {
        let [Some(kind), Some(name), _, Some(sql)] = object.as_slice() else {
            continue;
        };
        let made = copy.execute(sql).await;
        if made.is_err() && kind == "table" {
            let is_there = format!(
                "SELECT count(*) FROM sqlite_schema WHERE name = {}",
                quote_literal(name)
            );
            let module = sql.to_ascii_uppercase().starts_with("CREATE VIRTUAL");
            if !module && copy.fetch_i64(&is_there).await.ok()? == 0 {
                return None;
            }
        }
    }
    Some(copy)
}

/// What does not work: the kind of an object and its name.
type Place = (&'static str, String);

/// Compiles every view, and what fires every trigger.
async fn broken(copy: &mut SqliteSession) -> Result<BTreeMap<Place, Refusal>, DbError> {
    let mut found = BTreeMap::new();
    let cure = "change or drop it by hand first, or keep what it needs";
    for (name, _) in pairs(copy.fetch_texts(VIEWS).await?) {
        let select = format!("EXPLAIN SELECT * FROM {}", Quoted(&*name));
        if let Err(error) = copy.fetch_texts(&select).await {
            let message = format!("would not work any more: {}", error.message);
            let refusal = Refusal::new(format!("view {name}"), message, cure);
            found.insert(("view", name), refusal);
        }
    }
    for (table, triggers) in pairs(copy.fetch_texts(TRIGGERS).await?) {
        for statement in firing(copy, &table).await {
            if let Err(error) = copy.fetch_texts(&statement).await {
                let verb = statement.split_whitespace().nth(1).unwrap_or_default();
                let message = format!("{verb} on table `{table}` would fail: {}", error.message);
                let refusal = Refusal::new(format!("trigger {triggers}"), message, cure);
                let place = match verb {
                    "INSERT" => "insert",
                    "UPDATE" => "update",
                    _ => "delete",
                };
                found.insert((place, table.clone()), refusal);
            }
        }
    }
    Ok(found)
}

/// Returns statements that fire any trigger of a table, to be compiled alone.
async fn firing(copy: &mut SqliteSession, table: &str) -> Vec<String> {
    let quoted = Quoted(table);
    let mut statements = vec![
        format!("EXPLAIN INSERT INTO {quoted} DEFAULT VALUES"),
        format!("EXPLAIN DELETE FROM {quoted}"),
    ];
    let columns = format!(
        "SELECT name, '' FROM pragma_table_xinfo({}) WHERE hidden = 0",
        quote_literal(table)
    );
    let columns = copy.fetch_texts(&columns).await.map(pairs);
    let sets: Vec<String> = columns
        .unwrap_or_default()
        .iter()
        .map(|(name, _)| format!("{0} = {0}", Quoted(&**name)))
        .collect();
    if !sets.is_empty() {
        let sets = sets.join(", ");
        statements.push(format!("EXPLAIN UPDATE {quoted} SET {sets}"));
    }
    statements
}

fn pairs(rows: Vec<Vec<Option<String>>>) -> Vec<(String, String)> {
    let pair = |row: Vec<Option<String>>| match row.as_slice() {
        [Some(one), Some(other)] => Some((one.clone(), other.clone())),
        _ => None,
    };
    rows.into_iter().filter_map(pair).collect()
}
