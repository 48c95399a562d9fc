//! Partitions whose bounds differ: the server makes them on temporary tables, spells their bounds,
//! says which overlap, and what a bound is as a condition.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

use super::{UNDO, attempt, bare_column, before, db_error, look_from, run};
use crate::db::DbError;
use crate::dialect::postgres::bound::of_bound;
use crate::dialect::postgres::normalize::partition::printed_key;
use crate::diff::Refusal;
use crate::schema::{Name, PartitionBy, PartitionOf, Quoted, Schema, Table, quote_literal};

/// Partitioned tables with a key or with partitions in other words than the live ones, and those
/// above them whose bounds only the server says as a condition.
pub(super) fn suspicious(desired: &Schema, live: &Schema) -> Vec<Name> {
    let partitioned = |table: &&Table| table.partition_by.is_some();
    let tables = desired.tables.values().map(|table| &**table);
    let mut names: Vec<Name> = tables
        .filter(partitioned)
        .filter(|table| {
            let key = |table: &Table| table.partition_by.as_ref().map(|by| by.key.clone());
            let known = before(desired, live, &table.name);
            known.is_none_or(|known| key(known) != key(table))
                || of(desired, &table.name)
                    .any(|(child, part)| !is_live(desired, live, child, part))
        })
        .map(|table| table.name.clone())
        .collect();
    let mut at = 0;
    while let Some(name) = names.get(at) {
        let above = desired.tables[name].partition_of.as_ref();
        let by = |part: &PartitionOf| desired.tables.get(&part.parent)?.partition_by.clone();
        if let Some(part) = above
            && by(part).is_some_and(|by| of_bound(&by, &part.bound).is_none())
            && !names.contains(&part.parent)
        {
            names.push(part.parent.clone());
        }
        at += 1;
    }
    names
}

/// Returns the partitions of a table.
fn of<'a>(schema: &'a Schema, parent: &Name) -> impl Iterator<Item = (&'a Name, &'a PartitionOf)> {
    let parts = |(name, part): (&'a Name, Option<&'a PartitionOf>)| Some((name, part?));
    let tables = schema.tables.iter();
    tables
        .map(|(name, table)| (name, table.partition_of.as_ref()))
        .filter_map(parts)
        .filter(move |(_, part)| part.parent == *parent)
}

fn is_live(desired: &Schema, live: &Schema, child: &Name, part: &PartitionOf) -> bool {
    let known = before(desired, live, child).and_then(|table| table.partition_of.as_ref());
    let parent = before(desired, live, &part.parent).map(|table| &table.name);
    known.is_some_and(|known| known.bound == part.bound && Some(&known.parent) == parent)
}

/// Spells the key and the bounds of a table, and adds what the server refuses. `kept` are live
/// partitions that no model has and that stay.
pub(super) async fn spell_bounds(
    connection: &mut PgConnection,
    name: &Name,
    desired: &mut Schema,
    live: &Schema,
    kept: bool,
    refusals: &mut Vec<Refusal>,
) -> Result<(), DbError> {
    let Some(table) = desired.tables.get(name) else {
        return Ok(());
    };
    let Some(mut by) = table.partition_by.clone() else {
        return Ok(());
    };
    let scratch = Name::new("pg_temp", name.name.clone());
    let relabelled = table.columns.iter().any(|column| {
        let of = |schema: &Schema| schema.types.get(&column.ty.user()?).cloned();
        by.columns.contains(&column.name) && of(desired) != of(live)
    });
    let columns: Vec<String> = table.columns.iter().map(bare_column).collect();
    let make = format!(
        "CREATE TEMP TABLE {} ({}) PARTITION BY {} ({})",
        Quoted(&scratch),
        columns.join(", "),
        by.strategy.to_uppercase(),
        by.key.written()
    );
    run(connection, "SAVEPOINT _sync_table").await?;
    look_from(connection, name).await?;
    // A type or a function that the plan makes itself is not there yet.
    if let Err(error) = attempt(connection, &make).await? {
        return match error.code.as_str() {
            "25006" | "42501" => Err(error),
            _ => run(connection, UNDO).await,
        };
    }
    run(connection, "SET LOCAL search_path = ''").await?;
    let key = read(connection, &scratch, "pg_catalog.pg_get_partkeydef(c.oid)").await?;
    if let (Some(key), Some(table)) = (key, desired.tables.get_mut(name)) {
        if let Some((_, key)) = printed_key(&key) {
            by.key = key;
        }
        table.partition_by = Some(by.clone());
    }
    let live_parent = before(desired, live, name).map(|table| table.name.clone());
    let mut stay: Vec<(Name, String)> = Vec::new();
    let mut come: Vec<(Name, String)> = Vec::new();
    for (child, part) in of(desired, name) {
        let list = match is_live(desired, live, child, part) {
            true => &mut stay,
            false => &mut come,
        };
        list.push((child.clone(), part.bound.clone()));
    }
    if let Some(parent) = live_parent.filter(|_| kept) {
        let named: BTreeSet<&Name> = desired
            .tables
            .keys()
            .filter_map(|it| before(desired, live, it))
            .map(|table| &table.name)
            .collect();
        let left = of(live, &parent).filter(|(child, _)| !named.contains(child));
        stay.extend(left.map(|(child, part)| (child.clone(), part.bound.clone())));
    }
    let standing = stay.len();
    for (at, (child, bound)) in stay.into_iter().chain(come).enumerate() {
        let part = Name::new("pg_temp", child.name.clone());
        let make = format!(
            "CREATE TEMP TABLE {} PARTITION OF {} {bound}",
            Quoted(&part),
            Quoted(&scratch)
        );
        look_from(connection, name).await?;
        match attempt(connection, &make).await? {
            Ok(()) => {
                run(connection, "SET LOCAL search_path = ''").await?;
                let words = match at >= standing {
                    true => {
                        let words = "pg_catalog.pg_get_expr(c.relpartbound, c.oid)";
                        read(connection, &part, words).await?.unwrap_or(bound)
                    }
                    false => bound,
                };
                let condition = condition(connection, &scratch, &part, name, &by, &words).await?;
                let table = desired.tables.get_mut(&child);
                if let Some(part) = table.and_then(|table| table.partition_of.as_mut()) {
                    part.condition = condition;
                    part.bound = words;
                }
            }
            // The plan itself adds the label that this bound is about.
            Err(error) if error.code == "22P02" && relabelled => {}
            // Two partitions of one name in two schemas have one temporary schema here.
            Err(error) if at >= standing && error.code != "42P07" => {
                refusals.push(Refusal::new(
                    child.to_string(),
                    format!("cannot be a partition of {name} {bound}: {}", error.message),
                    match desired.hints.sources.is_empty() {
                        true => "correct the bound where it comes from",
                        false => "correct the bound in the model",
                    },
                ));
            }
            Err(_) => {}
        }
    }
    run(connection, UNDO).await
}

/// Reads a bound as a condition where it is not plain, and where the server takes a check with it for
/// a proof. It does not where the key has a collation of its own, and where a collation takes part in
/// a hash: both are lost when it reads the condition again.
async fn condition(
    connection: &mut PgConnection,
    scratch: &Name,
    part: &Name,
    parent: &Name,
    by: &PartitionBy,
    bound: &str,
) -> Result<Option<String>, DbError> {
    if of_bound(by, bound).is_some() || by.key.sql().contains(" COLLATE ") || bound == "DEFAULT" {
        return Ok(None);
    }
    let condition = "pg_catalog.pg_get_partition_constraintdef(c.oid)";
    if by.strategy != "hash" {
        return read(connection, part, condition).await;
    }
    let condition = format!(
        "CASE WHEN (SELECT pg_catalog.bool_and(k = 0) FROM pg_catalog.pg_partitioned_table p, \
         pg_catalog.unnest(p.partcollation) k WHERE p.partrelid = {}::pg_catalog.regclass) \
         THEN {condition} END",
        super::regclass(scratch)
    );
    let condition = read(connection, part, &condition).await?;
    // It calls the table above by a number, which is that of the temporary one here.
    let call = "satisfies_hash_partition(";
    let rest = condition.and_then(|it| Some(it.strip_prefix(call)?.split_once(", ")?.1.to_owned()));
    Ok(rest.map(|rest| {
        let parent = quote_literal(&Quoted(parent).to_string());
        format!("{call}{parent}::regclass::oid, {rest}")
    }))
}

/// Gives keys and bounds that may be another spelling of live ones those, and says of which.
pub(super) fn take_as_live(
    desired: &mut Schema,
    live: &Schema,
    partitioned: &[Name],
    taken: &mut BTreeMap<Name, BTreeSet<String>>,
) {
    for name in partitioned {
        let Some(known) = before(desired, live, name) else {
            continue;
        };
        let (parent, by) = (known.name.clone(), known.partition_by.clone());
        let children: Vec<Name> = of(desired, name).map(|(child, _)| child.clone()).collect();
        for child in children {
            let Some(known) = before(desired, live, &child) else {
                continue;
            };
            let Some(part) = known.partition_of.clone().filter(|it| it.parent == parent) else {
                continue;
            };
            let table = desired.tables.get_mut(&child);
            let Some(own) = table.and_then(|table| table.partition_of.as_mut()) else {
                continue;
            };
            if own.bound != part.bound {
                own.bound = part.bound;
                taken.entry(child).or_default().insert("its bound".into());
            }
        }
        if let (Some(table), Some(by)) = (desired.tables.get_mut(name), by)
            && table
                .partition_by
                .as_ref()
                .is_some_and(|own| own.key != by.key)
        {
            table.partition_by = Some(by);
            let what = "how it is partitioned".to_owned();
            taken.entry(name.clone()).or_default().insert(what);
        }
    }
}

async fn read(
    connection: &mut PgConnection,
    table: &Name,
    what: &str,
) -> Result<Option<String>, DbError> {
    let sql = format!(
        "SELECT {what} FROM pg_catalog.pg_class c WHERE c.oid = {}::pg_catalog.regclass",
        super::regclass(table)
    );
    let row = sqlx::raw_sql(AssertSqlSafe(sql));
    let row = row.fetch_one(&mut *connection).await.map_err(db_error)?;
    row.try_get(0).map_err(db_error)
}
