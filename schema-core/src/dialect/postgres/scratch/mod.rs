//! Canonicalization: the server itself spells the expressions that still differ, on temporary
//! tables in a transaction that is rolled back.

mod absent;
mod bounds;
mod brought;
mod collations;
mod domains;
mod extensions;
mod methods;
mod missing;
mod moved;
mod offered;
mod redefined;
mod rest;
mod unspelled;
mod whole;

pub use rest::in_the_way;

use std::collections::BTreeSet;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor, Row};

use self::bounds::spell_bounds;
use self::brought::Brought;
use self::collations::unknown_collations;
use self::extensions::unknown_extensions;
use self::methods::unknown_methods;
use self::missing::{Missing, missing_objects, unknown_types};
pub(crate) use self::offered::keep_versions;
use self::redefined::Redefined;
use super::expression::text::{stable, strip_parens};
use super::session::db_error;
use super::types::spell;
use crate::change::mentions;
use crate::db::DbError;
use crate::diff::{Refusal, live_name};
use crate::plan::called::called;
use crate::schema::{
    Column, Constraint, ConstraintKind, Exclude, Expr, Ident, IndexKey, IndexPart, Name, Quoted,
    Schema, Table, quote_literal,
};

/// An expression that differs by its text, and where it stands.
struct Item {
    table: Name,
    place: Place,
    expr: Expr,
    /// The live table has it in these words, and the plan changes what they are about: whether the
    /// server takes it is asked, and nothing else.
    known: bool,
}

#[derive(Clone)]
enum Place {
    Default(Ident),
    Generated(Ident),
    Check(usize),
    Predicate(usize),
    Part(usize, usize),
    /// The predicate of an exclusion.
    Excluding(usize),
    /// An element of an exclusion.
    Excluded(usize, usize),
    Statistics(Name, usize),
}

/// Spells what differs from `live` as the server does. The second part tells whether anything was
/// asked, the third is what the server refuses, and what it may not spell. `kept` says that live
/// partitions which no model has stay.
///
/// # Errors
///
/// What the server says to something else than the expressions.
pub async fn canonicalize(
    connection: &mut PgConnection,
    mut desired: Schema,
    live: &Schema,
    kept: bool,
) -> Result<(Schema, bool, Vec<Refusal>), DbError> {
    own_tablespace(connection, &mut desired, live).await?;
    let mut refusals = unknown_types(connection, &desired, live).await?;
    refusals.extend(unknown_collations(connection, &desired, live).await?);
    refusals.extend(unknown_methods(connection, &desired, live).await?);
    refusals.extend(unknown_extensions(connection, &desired, live).await?);
    let redefined = Redefined::new(&desired, live);
    let items = suspicious(&desired, live, &redefined);
    let partitioned = bounds::suspicious(&desired, live);
    let domains = domains::suspicious(&desired, live, &redefined);
    let asked = whole::asked(&desired, live);
    let spelled = items.is_empty() && partitioned.is_empty() && domains.is_empty();
    let nothing = spelled && asked.is_empty() && called(&desired, live).is_empty();
    if nothing || !refusals.is_empty() {
        return Ok((desired, false, refusals));
    }
    let made = spell_all(connection, &items, &mut desired, live, &mut refusals).await;
    let (missing, mut outcome) = match made {
        Ok(missing) => (missing, Ok(())),
        Err(error) => (Missing::default(), Err(error)),
    };
    for name in &domains {
        if outcome.is_ok() {
            outcome = domains::spell_domain(connection, name, &mut desired).await;
        }
    }
    for name in &partitioned {
        if outcome.is_ok() {
            let (desired, refusals) = (&mut desired, &mut refusals);
            outcome = spell_bounds(connection, name, desired, live, kept, refusals).await;
        }
    }
    if outcome.is_ok() && refusals.is_empty() {
        match whole::impossible(connection, &asked, &desired, live, &missing).await {
            Ok(more) => refusals.extend(more),
            Err(error) => outcome = Err(error),
        }
    }
    run(connection, "ROLLBACK").await?;
    match outcome {
        Ok(()) => {}
        Err(error) if is_denied(&error) => {
            let spelled = items.iter().filter(|item| !item.known);
            let mut taken = unspelled::take_as_live(&mut desired, live, spelled);
            bounds::take_as_live(&mut desired, live, &partitioned, &mut taken);
            domains::take_as_live(&mut desired, live, &domains, &mut taken);
            refusals.extend(unspelled::refusals(connection, taken, &error).await?);
        }
        Err(error) => return Err(error),
    }
    Ok((desired, true, refusals))
}

/// Takes the tablespace that everything goes into anyway for none: the catalogue says it so. Where
/// `live` comes from models, it names it too.
async fn own_tablespace(
    connection: &mut PgConnection,
    desired: &mut Schema,
    live: &Schema,
) -> Result<(), DbError> {
    let said = |name: &Name| live.tables.get(name)?.options.tablespace.clone();
    let tables = desired.tables.iter_mut();
    let named = tables.filter(|(name, table)| {
        let tablespace = &table.options.tablespace;
        tablespace.is_some() && *tablespace != said(name)
    });
    let mut named: Vec<_> = named.map(|(_, table)| table).collect();
    if named.is_empty() {
        return Ok(());
    }
    let row = connection
        .fetch_one(OWN_TABLESPACE)
        .await
        .map_err(db_error)?;
    let own = Ident::new(row.try_get::<String, _>(0).map_err(db_error)?);
    for table in &mut named {
        table.update(|table| {
            let tablespace = &mut table.options.tablespace;
            *tablespace = tablespace.take().filter(|name| *name != own);
        });
    }
    Ok(())
}

const OWN_TABLESPACE: &str = "SELECT s.spcname::text FROM pg_catalog.pg_database d \
    JOIN pg_catalog.pg_tablespace s ON s.oid = d.dattablespace \
    WHERE d.datname = pg_catalog.current_database()";

/// Tells whether the names or the types of columns are to blame. A function that is not the server's
/// own may be made for another type as well.
fn is_of_columns(error: &DbError, expr: &Expr) -> bool {
    let types = ["42703", "42804", "42846", "42725", "42704"];
    error.code == "42883" && !calls_own(expr.sql())
        || error.code.starts_with("22")
        || types.contains(&error.code.as_str())
}

/// Read-only, on a standby, or without the right to make temporary tables.
fn is_denied(error: &DbError) -> bool {
    matches!(error.code.as_str(), "25006" | "42501")
}

/// Returns the live table that a desired one is, under the name that it has now.
fn before<'a>(desired: &Schema, live: &'a Schema, name: &Name) -> Option<&'a Table> {
    let name = live_name(live, desired, name)?;
    live.tables.get(&name).map(|table| &**table)
}

/// Expressions that no part of the live table has in the same words, or that name columns which are
/// renamed away or change their types; in what is new, those that no server has printed, or that call
/// functions which may not be here. A snapshot of models holds what a person wrote.
fn suspicious(desired: &Schema, live: &Schema, redefined: &Redefined) -> Vec<Item> {
    let mut items = Vec::new();
    for (name, table) in &desired.tables {
        if live.tables.get(name) == Some(table) {
            continue;
        }
        let before = before(desired, live, name);
        let new = before.is_none();
        let none = Table::default();
        let before = before.unwrap_or(&none);
        let odd = redefined::columns(table, redefined);
        let moved = moved::columns(desired, table, before);
        let by_model = desired.hints.sources.contains_key(name);
        let mut add = |place: Place, expr: &Expr, new: bool, known: bool| {
            let by_default = match &place {
                Place::Default(column) | Place::Generated(column) => odd.contains(column),
                Place::Check(_) | Place::Predicate(_) => false,
                Place::Part(..) | Place::Excluding(_) | Place::Excluded(..) => false,
                Place::Statistics(..) => false,
            };
            // The server would read it with the type that the plan replaces.
            if by_default || redefined::mentioned(desired, table, expr, &odd, redefined) {
                return;
            }
            if new && !by_model && expr.is_printed() && !calls_own(expr.sql()) {
                return;
            }
            items.push(Item {
                table: name.clone(),
                place,
                expr: expr.clone(),
                known,
            });
        };
        for column in &table.columns {
            let twin = before.column(&column.name);
            if let Some(default) = &column.default {
                let known = twin.is_some_and(|twin| twin.default.as_ref() == Some(default));
                let changes = !column.inherited && moved.contains(&column.name);
                if !known || changes {
                    let place = Place::Default(column.name.clone());
                    add(place, default, twin.is_none(), known);
                }
            }
            if let Some(generated) = &column.generated {
                let expr = &generated.expr;
                let twin = twin.and_then(|twin| twin.generated.as_ref());
                let known = twin.is_some_and(|twin| twin.expr == *expr);
                if !known || moved::mentioned(expr, &moved) {
                    let new = before.column(&column.name).is_none();
                    add(Place::Generated(column.name.clone()), expr, new, known);
                }
            }
        }
        for (at, constraint) in table.constraints.iter().enumerate() {
            if let ConstraintKind::Check { expr, .. } = &constraint.kind {
                let known = has_check(before, expr);
                if !known || !constraint.inherited && moved::mentioned(expr, &moved) {
                    add(Place::Check(at), expr, new, known);
                }
            }
            if let ConstraintKind::Exclude(exclude) = &constraint.kind {
                let has = |test: &dyn Fn(&Exclude) -> bool| excludes(before).any(test);
                if let Some(predicate) = &exclude.predicate
                    && !has(&|other| other.predicate.as_ref() == Some(predicate))
                {
                    add(Place::Excluding(at), predicate, new, false);
                }
                for (n, element) in exclude.elements.iter().enumerate() {
                    let key = &element.part.key;
                    let alike =
                        |other: &Exclude| other.elements.iter().any(|it| it.part.key == *key);
                    if let IndexKey::Expr(expr) = key
                        && !has(&alike)
                    {
                        add(Place::Excluded(at, n), expr, new, false);
                    }
                }
            }
        }
        for (at, index) in table.indexes.iter().enumerate() {
            let has =
                |test: &dyn Fn(&crate::schema::Index) -> bool| before.indexes.iter().any(test);
            let moves = |expr: &Expr| !index.inherited && moved::mentioned(expr, &moved);
            if let Some(predicate) = &index.predicate {
                let known = has(&|other| other.predicate.as_ref() == Some(predicate));
                if !known || moves(predicate) {
                    add(Place::Predicate(at), predicate, new, known);
                }
            }
            for (n, part) in index.parts.iter().enumerate() {
                if let IndexKey::Expr(expr) = &part.key {
                    let known = has(&|other| other.parts.iter().any(|it| it.key == part.key));
                    if !known || moves(expr) {
                        add(Place::Part(at, n), expr, new, known);
                    }
                }
            }
        }
    }
    items.extend(in_statistics(desired, live, redefined));
    items
}

/// The same of extended statistics that are there in other words.
fn in_statistics(desired: &Schema, live: &Schema, redefined: &Redefined) -> Vec<Item> {
    let mut items = Vec::new();
    for (name, statistics) in &desired.statistics {
        let twin = live.statistics.get(name);
        let (Some(twin), Some(table)) = (twin, desired.tables.get(&statistics.table)) else {
            continue;
        };
        let odd = redefined::columns(table, redefined);
        for (at, expr) in statistics.on.iter().enumerate() {
            let spelled_later = redefined::mentioned(desired, table, expr, &odd, redefined);
            // A column is spelled in one way alone.
            let mut columns = table.columns.iter();
            let is_column = columns.any(|it| Quoted(&it.name).to_string() == expr.sql());
            if !is_column && !twin.on.contains(expr) && !spelled_later {
                items.push(Item {
                    table: table.name.clone(),
                    place: Place::Statistics(name.clone(), at),
                    expr: expr.clone(),
                    known: false,
                });
            }
        }
    }
    items
}

/// Tells whether an expression calls a function that is not the server's own: `app.slug(..)`.
fn calls_own(sql: &str) -> bool {
    let outside: String = sql.split('\'').step_by(2).collect();
    outside.match_indices('(').any(|(at, _)| {
        let before = outside[..at]
            .trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"'));
        before.ends_with('.') && !before.ends_with("pg_catalog.")
    })
}

fn has_check(table: &Table, wanted: &Expr) -> bool {
    table
        .constraints
        .iter()
        .any(|constraint| match &constraint.kind {
            ConstraintKind::Check { expr, .. } => expr == wanted,
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => false,
        })
}

/// Returns what the exclusions of a table say.
fn excludes(table: &Table) -> impl Iterator<Item = &Exclude> {
    table.constraints.iter().filter_map(exclusion)
}

fn exclusion(constraint: &Constraint) -> Option<&Exclude> {
    match &constraint.kind {
        ConstraintKind::Exclude(exclude) => Some(exclude),
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Check { .. } => None,
    }
}

async fn run(connection: &mut PgConnection, sql: &str) -> Result<(), DbError> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    connection.execute(sql).await.map(drop).map_err(db_error)
}

/// Lets names be found as where something is to be: in its schema, then in `public`.
async fn look_from(connection: &mut PgConnection, name: &Name) -> Result<(), DbError> {
    let schema = name.schema.clone().unwrap_or_else(|| "public".into());
    let path = format!("SET LOCAL search_path = {}, public", Quoted(&schema));
    run(connection, &path).await
}

/// Runs what may fail alone.
pub(super) async fn attempt(
    connection: &mut PgConnection,
    sql: &str,
) -> Result<Result<(), DbError>, DbError> {
    run(connection, "SAVEPOINT _sync").await?;
    match run(connection, sql).await {
        Ok(()) => {
            run(connection, "RELEASE SAVEPOINT _sync").await?;
            Ok(Ok(()))
        }
        Err(error) if matches!(error.code.as_str(), "25006" | "") => Err(error),
        Err(error) => {
            run(connection, "ROLLBACK TO SAVEPOINT _sync").await?;
            Ok(Err(error))
        }
    }
}

const SETTINGS: &str = "BEGIN; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; \
    SET LOCAL intervalstyle = 'postgres'; SET LOCAL quote_all_identifiers = off; \
    SET LOCAL extra_float_digits = 1; SET LOCAL standard_conforming_strings = on; \
    SET LOCAL client_min_messages = error; SET LOCAL lock_timeout = '2s'; SET LOCAL check_function_bodies = off";

async fn spell_all(
    connection: &mut PgConnection,
    items: &[Item],
    desired: &mut Schema,
    live: &Schema,
    refusals: &mut Vec<Refusal>,
) -> Result<Missing, DbError> {
    run(connection, SETTINGS).await?;
    let missing = missing_objects(connection, desired, live).await?;
    for (function, error) in &missing.functions {
        // It takes rows of a table that is still to come, or values of a domain that calls it.
        let there = |name: &Name| live.tables.contains_key(name) || live.types.contains_key(name);
        let wanted =
            |name: &Name| desired.tables.contains_key(name) || desired.types.contains_key(name);
        let mut of = function.depends_on.iter().map(|(name, _)| name);
        let to_come = of.any(|name| wanted(name) && !there(name));
        if !to_come && !missing.denied {
            let cure = "make it by hand first, or what it needs";
            refusals.push(Refusal::new(function.title(), error.message.clone(), cure));
        }
    }
    let relabelled = relabelled(desired, live);
    let mut at = 0;
    while at < items.len() {
        let table = items[at].table.clone();
        let end = items[at..]
            .iter()
            .position(|item| item.table != table)
            .map_or(items.len(), |more| at + more);
        let items = &items[at..end];
        for (item, error) in spell_table(connection, &table, items, desired).await? {
            // A label that this plan adds to an enum is not known yet, nor is what the user may not
            // make, which is refused by itself.
            let new_label = error.code == "22P02" && may_be_of(item, desired, &relabelled);
            let not_made = missing.denied
                && matches!(error.code.as_str(), "42704" | "42883" | "3F000" | "42P01");
            let other = item.known && !is_of_columns(&error, &item.expr);
            // The whole of it is asked about by itself.
            let element = matches!(item.place, Place::Excluded(..));
            if new_label || not_made || other || element || missing.has_called(&item.expr) {
                continue;
            }
            let brought = Brought::find(connection, &error, desired, live).await?;
            let (message, cure) = match &brought {
                Some(brought) => (brought.message(&error.message), brought.cure()),
                None => (error.message.clone(), corrected(desired, &error).to_owned()),
            };
            refusals.push(Refusal::new(
                place(item, desired),
                format!("`{}`: {message}", item.expr.written()),
                &cure,
            ));
        }
        at = end;
    }
    Ok(missing)
}

/// What helps where the server does not take an expression.
fn corrected(desired: &Schema, error: &DbError) -> &'static str {
    match (error.code.as_str(), desired.hints.sources.is_empty()) {
        ("42501", _) => "let the user of the URL use it",
        ("42883", true) => "make the function that it calls by hand first: CREATE FUNCTION",
        ("42883", false) => {
            "correct the expression in the model, or make the function that it calls by hand \
             first: CREATE FUNCTION"
        }
        (_, true) => "say it where it comes from in words that this server reads",
        (_, false) => "correct the expression in the model",
    }
}

/// Types that are there, and are otherwise by the end: a text that is no value may be one then.
fn relabelled(desired: &Schema, live: &Schema) -> BTreeSet<Name> {
    let now = |name: &Name| {
        let old = desired.hints.renamed_types.get(name);
        let old = old.and_then(|old| live.types.get(&name.sibling(old.clone())));
        live.types.get(name).or(old)
    };
    (desired.types.iter())
        .filter(|(name, ty)| now(name).is_some_and(|now| now != *ty))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Tells whether an expression may be about values of some types. The default of a column of the
/// server's own types is about those that it names.
fn may_be_of(item: &Item, desired: &Schema, types: &BTreeSet<Name>) -> bool {
    let names = |ty: &Name| mentions(&item.expr, &ty.name);
    let own = match &item.place {
        Place::Default(column) => {
            let table = desired.tables.get(&item.table);
            let column = table.and_then(|table| table.column(column));
            column.is_some_and(|column| column.ty.user().is_none())
        }
        Place::Generated(_) | Place::Check(_) | Place::Predicate(_) => false,
        Place::Part(..) | Place::Excluding(_) | Place::Excluded(..) => false,
        Place::Statistics(..) => false,
    };
    match own {
        true => types.iter().any(names),
        false => !types.is_empty(),
    }
}

/// Returns those that the server does not take. What is made for it is undone: with that go its locks,
/// of which a server has not many.
async fn spell_table<'a>(
    connection: &mut PgConnection,
    name: &Name,
    items: &'a [Item],
    desired: &mut Schema,
) -> Result<Vec<(&'a Item, DbError)>, DbError> {
    run(connection, "SAVEPOINT _sync_table").await?;
    let failed = spell_items(connection, name, items, desired).await?;
    run(connection, UNDO).await?;
    Ok(failed)
}

/// Undoes what was made for a table.
const UNDO: &str = "ROLLBACK TO SAVEPOINT _sync_table; RELEASE SAVEPOINT _sync_table";

async fn spell_items<'a>(
    connection: &mut PgConnection,
    name: &Name,
    items: &'a [Item],
    desired: &mut Schema,
) -> Result<Vec<(&'a Item, DbError)>, DbError> {
    let mut failed = Vec::new();
    let Some(table) = desired.tables.get(name).cloned() else {
        return Ok(failed);
    };
    let scratch = Name::new("pg_temp", name.name.clone());
    let columns: Vec<String> = table.columns.iter().map(bare_column).collect();
    look_from(connection, name).await?;
    let create = format!(
        "CREATE TEMP TABLE {} ({})",
        Quoted(&scratch),
        columns.join(", ")
    );
    match attempt(connection, &create).await? {
        Ok(()) => {}
        Err(error) if is_denied(&error) => return Err(error),
        // A type that the plan makes itself: the plan compares by text alone.
        Err(_) => return Ok(failed),
    }
    for (n, item) in items.iter().enumerate() {
        look_from(connection, name).await?;
        let alter = format!("ALTER TABLE {}", Quoted(&scratch));
        let expr = item.expr.written();
        let (sql, read) = match &item.place {
            Place::Default(column) => (
                format!("{alter} ALTER COLUMN {} SET DEFAULT {expr}", Quoted(column)),
                read_default(&scratch, column),
            ),
            Place::Generated(column) => {
                let ty = table
                    .column(column)
                    .map(|column| spell(&column.ty))
                    .unwrap_or_default();
                let probe = Ident::new(format!("_sync_{n}"));
                (
                    format!(
                        "{alter} ADD COLUMN {} {ty} GENERATED ALWAYS AS ({expr}) STORED",
                        Quoted(&probe)
                    ),
                    read_default(&scratch, &probe),
                )
            }
            Place::Check(_) => (
                format!("{alter} ADD CONSTRAINT _sync_{n} CHECK ({expr})"),
                format!(
                    "SELECT pg_catalog.pg_get_expr(conbin, conrelid) FROM pg_catalog.pg_constraint \
                     WHERE conrelid = {}::pg_catalog.regclass AND conname = '_sync_{n}'",
                    regclass(&scratch)
                ),
            ),
            Place::Predicate(_) | Place::Excluding(_) => {
                let first = table
                    .columns
                    .first()
                    .map(|column| column.name.clone())
                    .unwrap_or_default();
                (
                    format!(
                        "CREATE INDEX _sync_{n} ON {} (({} IS NULL)) WHERE {expr}",
                        Quoted(&scratch),
                        Quoted(&first)
                    ),
                    format!(
                        "SELECT pg_catalog.pg_get_expr(indpred, indrelid) FROM pg_catalog.pg_index \
                         WHERE indexrelid = 'pg_temp._sync_{n}'::pg_catalog.regclass"
                    ),
                )
            }
            Place::Part(at, part) => {
                let index = &table.indexes[*at];
                spelled_part(&scratch, n, expr, &index.method, &index.parts[*part])
            }
            Place::Excluded(at, element) => {
                let Some(exclude) = exclusion(&table.constraints[*at]) else {
                    continue;
                };
                let part = &exclude.elements[*element].part;
                spelled_part(&scratch, n, expr, &exclude.method, part)
            }
            Place::Statistics(..) => (
                format!(
                    "CREATE STATISTICS pg_temp._sync_{n} ON {expr} FROM {}",
                    Quoted(&scratch)
                ),
                format!(
                    "SELECT (pg_catalog.pg_get_statisticsobjdef_expressions(oid))[1] \
                     FROM pg_catalog.pg_statistic_ext WHERE stxname = '_sync_{n}' \
                     AND stxrelid = {}::pg_catalog.regclass",
                    regclass(&scratch)
                ),
            ),
        };
        if let Err(mut error) = attempt(connection, &sql).await? {
            if let Place::Generated(column) = &item.place {
                // The column that is tried has another name.
                let message = error
                    .message
                    .replace(&format!("_sync_{n}"), column.as_str());
                error.message = message;
            }
            failed.push((item, error));
            continue;
        }
        if item.known {
            continue;
        }
        run(connection, "SET LOCAL search_path = ''").await?;
        let sql = sqlx::raw_sql(AssertSqlSafe(read));
        let row = sql.fetch_one(&mut *connection).await.map_err(db_error)?;
        let Some(text) = row.try_get::<Option<String>, _>(0).map_err(db_error)? else {
            continue;
        };
        // A column of the table itself is never qualified by it; a temporary schema is a trace.
        let text = text.replace("pg_temp.", "");
        put(desired, item, Expr::printed(stable(strip_parens(&text))));
    }
    Ok(failed)
}

/// The statements that give the part of an index to the server, and read it again.
fn spelled_part(
    scratch: &Name,
    n: usize,
    expr: &str,
    method: &str,
    part: &IndexPart,
) -> (String, String) {
    let opclass = part.opclass.clone().unwrap_or_default();
    (
        format!(
            "CREATE INDEX _sync_{n} ON {} USING {method} (({expr}) {opclass})",
            Quoted(scratch)
        ),
        format!(
            "SELECT pg_catalog.pg_get_indexdef('pg_temp._sync_{n}'::pg_catalog.regclass, 1, false)"
        ),
    )
}

/// A column as far as expressions, keys and bounds go by it.
fn bare_column(column: &Column) -> String {
    let collation = column.collation.as_ref();
    let collate = collation.map(|name| format!(" COLLATE {}", Quoted(name)));
    let collate = collate.unwrap_or_default();
    format!("{} {}{collate}", Quoted(&column.name), spell(&column.ty))
}

fn regclass(name: &Name) -> String {
    quote_literal(&Quoted(name).to_string())
}

fn read_default(table: &Name, column: &Ident) -> String {
    format!(
        "SELECT (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
         WHERE d.adrelid = {}::pg_catalog.regclass AND a.attname = {})",
        regclass(table),
        quote_literal(column.as_str())
    )
}

/// Where an expression stands, for the reader: the field of the model if it is known.
fn place(item: &Item, desired: &Schema) -> String {
    let column = |column: &Ident, what: &str| {
        let field = desired
            .hints
            .fields
            .get(&(item.table.clone(), column.clone()));
        let field = field.map(|field| format!(" ({field})")).unwrap_or_default();
        format!("{what} of column {}.{column}{field}", item.table)
    };
    let index = |at: usize| {
        let table = desired.tables.get(&item.table);
        let name = table.and_then(|table| table.indexes[at].name.as_ref());
        let what = name.map_or_else(|| "an index".to_owned(), |name| format!("index {name}"));
        format!("{what} of table {}", item.table)
    };
    let constraint = |at: usize| {
        let table = desired.tables.get(&item.table);
        let name = table.and_then(|it| it.constraints[at].name.as_ref());
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        format!("{name} of table {}", item.table)
    };
    match &item.place {
        Place::Default(name) => column(name, "default"),
        Place::Generated(name) => column(name, "computed value"),
        Place::Check(at) => format!("check{}", constraint(*at)),
        Place::Excluding(at) => format!("predicate of exclusion{}", constraint(*at)),
        Place::Excluded(at, _) => format!("expression of exclusion{}", constraint(*at)),
        Place::Predicate(at) => format!("predicate of {}", index(*at)),
        Place::Part(at, _) => format!("expression of {}", index(*at)),
        Place::Statistics(name, _) => format!("expression of statistics {name}"),
    }
}

fn put(desired: &mut Schema, item: &Item, text: Expr) {
    if let Place::Statistics(name, at) = &item.place {
        if let Some(statistics) = desired.statistics.get_mut(name) {
            statistics.on[*at] = Expr::printed(format!("({text})"));
        }
        return;
    }
    let Some(table) = desired.tables.get_mut(&item.table) else {
        return;
    };
    match &item.place {
        Place::Default(name) => {
            if let Some(column) = table.columns.iter_mut().find(|column| column.name == *name) {
                column.default = Some(text);
            }
        }
        Place::Generated(name) => {
            let column = table.columns.iter_mut().find(|column| column.name == *name);
            if let Some(generated) = column.and_then(|column| column.generated.as_mut()) {
                generated.expr = text;
            }
        }
        Place::Check(at) => {
            if let ConstraintKind::Check { expr, .. } = &mut table.constraints[*at].kind {
                *expr = text;
            }
        }
        Place::Excluding(at) => {
            if let ConstraintKind::Exclude(exclude) = &mut table.constraints[*at].kind {
                exclude.predicate = Some(text);
            }
        }
        Place::Excluded(at, n) => {
            if let ConstraintKind::Exclude(exclude) = &mut table.constraints[*at].kind {
                exclude.elements[*n].part.key = IndexKey::Expr(text);
            }
        }
        Place::Predicate(at) => table.indexes[*at].predicate = Some(text),
        Place::Part(at, part) => table.indexes[*at].parts[*part].key = IndexKey::Expr(text),
        Place::Statistics(..) => {}
    }
}
