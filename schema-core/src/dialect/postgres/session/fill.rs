//! Fills a column of a large table piece by piece, each piece in a transaction of its own.
//!
//! Only rows that have no value yet are touched, so that a run that is stopped is gone on with.
//! Pieces grow and shrink to take about a fifth of a second, and between two of them is a pause.

use std::time::{Duration, Instant};

use super::run::Failed;
use super::{GroupError, PgSession};
use crate::db::{DbError, Tick};
use crate::schema::quote_literal;
use crate::step::Batch;

/// How long a piece may take before the next one is smaller; below half of it the next is larger.
const LONG: Duration = Duration::from_millis(400);

/// How often a table without a key is gone through: rows move while others write.
const ROUNDS: u32 = 5;

/// Where a piece begins, and how large pieces are.
struct Pace {
    size: u64,
    most: u64,
    done: u64,
    total: u64,
}

impl Pace {
    fn learn(&mut self, took: Duration) {
        if took > LONG {
            self.size = (self.size / 2).max(1);
        } else if took < LONG / 4 {
            self.size = (self.size * 2).min(self.most);
        }
    }
}

impl PgSession {
    /// Carries out an UPDATE piece by piece.
    pub(super) async fn fill(
        &mut self,
        batch: &Batch,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), Failed> {
        if !batch.key.is_empty() {
            return self.fill_by_key(batch, on).await;
        }
        for _ in 0..ROUNDS {
            if self.fill_by_place(batch, on).await? == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn fill_by_key(
        &mut self,
        batch: &Batch,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), Failed> {
        let mut pace = Pace {
            size: 1_000,
            most: 20_000,
            done: 0,
            total: batch.rows,
        };
        let names: Vec<&str> = batch.key.iter().map(|(name, _)| name.as_str()).collect();
        let row = format!("ROW({})", names.join(", "));
        let texts: Vec<String> = names.iter().map(|name| format!("{name}::text")).collect();
        let mut after: Option<String> = None;
        loop {
            let from = after.as_ref().map(|after| format!("{row} > {after}"));
            let last = self
                .fetch_texts(&format!(
                    "SELECT pg_catalog.json_build_array({})::text FROM {} {} ORDER BY {} OFFSET {} LIMIT 1",
                    texts.join(", "),
                    batch.table,
                    filter(from.iter()),
                    names.join(", "),
                    pace.size - 1
                ))
                .await?;
            let last = last.first().map(|last| literal(batch, last)).transpose()?;
            let to = last.as_ref().map(|last| format!("{row} <= {last}"));
            let size = pace.size;
            let conditions = from.iter().chain(&to).chain([&batch.only]);
            let sql = format!(
                "UPDATE {} SET {} {}",
                batch.table,
                batch.set,
                filter(conditions)
            );
            self.piece(&sql, &mut pace, on).await?;
            // A retry may be the better part of a piece; the key that it ends at stays.
            pace.done += size;
            let Some(last) = last else {
                break;
            };
            on(pace.tick("rows"));
            after = Some(last);
        }
        Ok(())
    }

    /// Goes through a table by the places of its rows; returns how many were without a value.
    async fn fill_by_place(
        &mut self,
        batch: &Batch,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<u64, Failed> {
        let pages = self
            .fetch_i64(&format!(
                "SELECT coalesce(max(pg_catalog.pg_relation_size(relid)), pg_catalog.pg_relation_size({table})) \
                 / pg_catalog.current_setting('block_size')::int8 \
                 FROM pg_catalog.pg_partition_tree({table}) WHERE isleaf",
                table = quote_literal(&batch.table)
            ))
            .await?;
        let mut pace = Pace {
            size: 20,
            most: 500,
            done: 0,
            total: u64::try_from(pages).unwrap_or_default(),
        };
        let mut filled = 0;
        while pace.done < pace.total {
            let (from, to) = (pace.done, pace.done + pace.size);
            // Before 14 there is no scan of a range of places, but one of each place.
            let place = if self.version >= 140_000 {
                format!("ctid >= '({from},0)' AND ctid < '({to},0)'")
            } else {
                format!(
                    "ctid = ANY (ARRAY(SELECT pg_catalog.format('(%s,%s)', page, item)::tid \
                     FROM pg_catalog.generate_series({from}::int8, {to}::int8 - 1) page, \
                     pg_catalog.generate_series(1, 291) item))"
                )
            };
            let conditions = [&place, &batch.only];
            let sql = format!(
                "UPDATE {} SET {} {}",
                batch.table,
                batch.set,
                filter(conditions.into_iter())
            );
            filled += self.piece(&sql, &mut pace, on).await?;
            pace.done = to;
            on(pace.tick("blocks"));
        }
        Ok(filled)
    }

    /// Carries out one piece, and pauses; returns how many rows it had.
    async fn piece(
        &mut self,
        sql: &str,
        pace: &mut Pace,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<u64, Failed> {
        let mut attempt = 0;
        let whole = format!("{}; {sql}", self.begin(self.options.lock_timeout));
        loop {
            let begun = Instant::now();
            let mut done = self.execute(&whole).await;
            if done.is_ok()
                && let Err(error) = self.execute_through("COMMIT").await
            {
                done = Err(error);
            }
            let took = begun.elapsed();
            pace.learn(took);
            let error = match done {
                Ok(rows) => {
                    // A quarter of the time is for others: replicas, vacuum, writers.
                    let pause = (took / 3).min(Duration::from_secs(1));
                    self.options.stop.sleep(pause).await;
                    return Ok(rows);
                }
                Err(error) => error,
            };
            let _ = self.execute_through("ROLLBACK").await;
            let failed = GroupError {
                index: 0,
                error,
                blockers: Vec::new(),
            };
            if self.try_again(&mut attempt, &failed, on).await.is_none() {
                return Err(failed.error.into());
            }
        }
    }
}

impl Pace {
    fn tick(&self, unit: &'static str) -> Tick {
        Tick::Work {
            done: self.done.min(self.total),
            total: self.total,
            unit,
        }
    }
}

fn filter<'a>(conditions: impl Iterator<Item = &'a String>) -> String {
    let conditions: Vec<&str> = conditions.map(String::as_str).collect();
    if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {}", conditions.join(" AND "))
    }
}

/// Writes a key that was read as a row of literals.
fn literal(batch: &Batch, key: &str) -> Result<String, DbError> {
    let values: Vec<String> = serde_json::from_str(key).map_err(|error| DbError {
        message: format!("table {}: its key cannot be read: {error}", batch.table),
        code: String::new(),
    })?;
    let values = values.iter().zip(&batch.key);
    let values: Vec<String> = values
        .map(|(value, (_, ty))| format!("{}::{ty}", quote_literal(value)))
        .collect();
    Ok(format!("ROW({})", values.join(", ")))
}
