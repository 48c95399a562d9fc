//! Carries out groups of statements: one transaction, or one statement outside of any.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant};

use tracing::Instrument;

use super::watch::Watch;
use super::{GroupError, PgSession};
use crate::db::{DbError, Tick};
use crate::dialect::postgres::form::{take_several, takes_others};
use crate::dialect::postgres::render::{concurrent_index, drop_leftover, is_leftover, unfinished};
use crate::step::{Lock, Statement, Txn, Work};

/// What failed, and who stood in the way.
pub(super) struct Failed {
    pub(super) error: DbError,
    pub(super) blockers: Vec<String>,
}

impl From<DbError> for Failed {
    fn from(error: DbError) -> Self {
        Self {
            error,
            blockers: Vec::new(),
        }
    }
}

impl Failed {
    fn at(self, index: usize) -> GroupError {
        GroupError {
            index,
            error: self.error,
            blockers: self.blockers,
        }
    }
}

/// How long a transaction waits for locks. One that takes several tables gives up before the server
/// ends somebody else for a deadlock: who waits for it is looked at `deadlock_timeout` after that
/// began, and must not be waited for then.
#[derive(Clone, Copy)]
struct Patience {
    most: Duration,
    /// What is left in any case, where the time since the first lock was asked for counts: others
    /// queue up behind it from then on.
    least: Option<Duration>,
    /// When that was.
    since: Option<Instant>,
}

/// How often a transaction that takes several tables is tried for a moment in which nobody has one
/// and wants another: whoever waits longer makes them queue up with what they have.
const QUICK_TRIES: u32 = 20;

impl Patience {
    /// The least that is worth a try, where a try costs little.
    fn quick(&self) -> Option<Self> {
        let least = self.least?;
        Some(Self {
            most: least,
            ..*self
        })
    }

    fn asks(&mut self, lock: Lock) {
        if lock > Lock::ShareUpdateExclusive {
            self.since.get_or_insert_with(Instant::now);
        }
    }

    /// A statement that takes two tables waits twice.
    fn left_for(&self, statement: &Statement) -> Duration {
        let twice = takes_others(statement);
        self.left() / if twice { 2 } else { 1 }
    }

    fn left(&self) -> Duration {
        // In steps, so that it is not set before each statement.
        const STEP: u32 = 8;
        match self.least.zip(self.since) {
            Some((least, since)) => {
                let step = self.most / STEP;
                let steps = since.elapsed().as_nanos() / step.as_nanos().max(1);
                let gone = step * u32::try_from(steps).unwrap_or(STEP).min(STEP);
                self.most.saturating_sub(gone).max(least)
            }
            None => self.most,
        }
    }
}

impl PgSession {
    /// Runs statements that commit together, or one that can be in no transaction. A lock that
    /// cannot be had in time is tried again, with everything rolled back in between.
    ///
    /// # Errors
    ///
    /// The statement that failed; nothing of the group stands.
    pub async fn run_group(
        &mut self,
        statements: &[Statement],
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), GroupError> {
        if let [statement] = statements
            && let Some(batch) = &statement.batch
        {
            let span = tracing::info_span!("statement", sql = %statement.sql);
            let filled = self.fill(batch, on).instrument(span).await;
            filled.map_err(|failed| failed.at(0))?;
            on(Tick::Done(0));
            return Ok(());
        }
        if statements
            .iter()
            .any(|statement| statement.txn == Txn::None)
        {
            return self.run_alone(statements, on).await;
        }
        let mut attempt = 0;
        loop {
            let patience = self.patience(statements);
            let quick = patience.quick();
            let Err(mut failed) = self.try_once(statements, patience, on).await else {
                return Ok(());
            };
            for _ in 0..QUICK_TRIES {
                let (Some(quick), true) = (quick, self.may_try_again(&failed)) else {
                    break;
                };
                self.options.stop.sleep(pause(0)).await;
                match self.try_once(statements, quick, on).await {
                    Ok(()) => return Ok(()),
                    Err(again) => failed = again,
                }
            }
            self.try_again(&mut attempt, &failed, on)
                .await
                .ok_or(failed)?;
        }
    }

    async fn try_once(
        &mut self,
        statements: &[Statement],
        patience: Patience,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), GroupError> {
        let done = self.run_once(statements, patience, on).await;
        if done.is_err() {
            // Rolled back by the server or by us: the session goes on either way.
            let _ = self.execute_through("ROLLBACK").await;
        }
        done
    }

    /// Tells whether another try may have the lock.
    fn may_try_again(&self, failed: &GroupError) -> bool {
        matches!(failed.error.code.as_str(), "55P03" | "40P01" | "40001")
            && !self.options.stop.is_requested()
    }

    /// Waits before another try; `None` when there is none.
    pub(super) async fn try_again(
        &mut self,
        attempt: &mut u32,
        failed: &GroupError,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Option<()> {
        if *attempt >= self.options.retries || !self.may_try_again(failed) {
            return None;
        }
        *attempt += 1;
        let pause = pause(*attempt);
        let blockers: Vec<String> = failed
            .blockers
            .iter()
            .map(|blocker| format!("; blocked by {blocker}"))
            .collect();
        let reason = failed.error.message.lines().next().unwrap_or_default();
        on(Tick::Waiting(format!(
            "{reason}{}; rolled back, trying again in {} ms ({attempt} of {})",
            blockers.concat(),
            pause.as_millis(),
            self.options.retries
        )));
        self.options.stop.sleep(pause).await;
        Some(())
    }

    /// How long these statements wait for locks.
    fn patience(&self, statements: &[Statement]) -> Patience {
        let (lock, deadlock) = (self.options.lock_timeout, self.deadlock_timeout);
        let several = take_several(statements);
        // What worked for long would do so again at each try.
        let brief = statements.iter().all(|it| it.work == Work::Brief);
        // Zero would be no limit.
        let cap = (deadlock * 4 / 5).max(Duration::from_millis(32));
        let most = if lock.is_zero() { cap } else { lock.min(cap) };
        Patience {
            most: if several { most } else { lock },
            least: (several && brief).then(|| most.min(cap / 16)),
            since: None,
        }
    }

    /// Begins a transaction with our settings.
    pub(super) fn begin(&self, lock_timeout: Duration) -> String {
        let statement_timeout = self.options.statement_timeout.unwrap_or_default();
        format!(
            "BEGIN; SET LOCAL search_path = {}; SET LOCAL timezone = 'UTC'; \
             SET LOCAL check_function_bodies = off; SET LOCAL client_min_messages = warning; \
             SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
            self.path,
            statement_timeout.as_millis(),
            lock_timeout.as_millis()
        )
    }

    async fn run_once(
        &mut self,
        statements: &[Statement],
        mut patience: Patience,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), GroupError> {
        let plain = |index| move |error: DbError| Failed::from(error).at(index);
        let mut set = statements
            .first()
            .map_or(patience.most, |first| patience.left_for(first));
        let begin = self.begin(set);
        self.execute(&begin).await.map_err(plain(0))?;
        for (index, statement) in statements.iter().enumerate() {
            let timeout = if statement.is_patient() {
                Duration::ZERO
            } else {
                patience.left_for(statement)
            };
            if timeout != set {
                set = timeout;
                let set = format!("SET LOCAL lock_timeout = {}", timeout.as_millis());
                self.execute(&set).await.map_err(plain(index))?;
            }
            patience.asks(statement.lock);
            let span = tracing::info_span!("statement", sql = %statement.sql);
            let done = self
                .execute_watched(&statement.sql, Watch::Locks, on)
                .instrument(span)
                .await;
            done.map_err(|failed| failed.at(index))?;
            on(Tick::Done(index));
        }
        // A COMMIT is brief, and is heard out.
        self.execute_through("COMMIT")
            .await
            .map_err(plain(statements.len()))
    }

    async fn run_alone(
        &mut self,
        statements: &[Statement],
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), GroupError> {
        for (index, statement) in statements.iter().enumerate() {
            let mut attempt = 0;
            while let Err(failed) = self.run_one(statement, on).await {
                let failed = failed.at(index);
                self.try_again(&mut attempt, &failed, on)
                    .await
                    .ok_or(failed)?;
            }
            on(Tick::Done(index));
        }
        Ok(())
    }

    async fn run_one(
        &mut self,
        statement: &Statement,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), Failed> {
        // A lock timeout would count the wait for old snapshots and leave an invalid index.
        self.execute(&format!(
            "SET lock_timeout = 0; SET statement_timeout = 0; SET search_path = {}",
            self.path
        ))
        .await?;
        let index = concurrent_index(&statement.sql);
        let watch = match &index {
            Some(_) => Watch::Build,
            None => Watch::Locks,
        };
        let done = match self.finish_begun(statement, on).await {
            Ok(false) => Ok(()),
            Ok(true) => {
                let span = tracing::info_span!("statement", sql = %statement.sql);
                self.execute_watched(&statement.sql, watch, on)
                    .instrument(span)
                    .await
            }
            Err(failed) => Err(failed),
        };
        if let (Err(failed), Some(name)) = (&done, &index)
            && !failed.error.is_disconnect()
        {
            // The reason for the failure is what the reader needs; the next run drops as well.
            let _ = self.drop_at_once(name).await;
        }
        let reset = "RESET lock_timeout; RESET statement_timeout; RESET search_path";
        let reset = self.execute_through(reset).await;
        done?;
        Ok(reset?)
    }

    /// Sees to what an earlier run began and did not finish, and tells whether the statement is still
    /// to be carried out. An invalid index would make IF NOT EXISTS do nothing.
    async fn finish_begun(
        &mut self,
        statement: &Statement,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<bool, Failed> {
        let is = |condition: &str| format!("SELECT ({condition})::int::int8");
        let Some(begun) = unfinished(&statement.sql) else {
            return Ok(true);
        };
        if self.fetch_i64(&is(&begun.left)).await? != 1 {
            return Ok(true);
        }
        self.execute_watched(&begun.sql, Watch::Locks, on).await?;
        match &statement.guard {
            Some(guard) => Ok(self.fetch_i64(&is(guard)).await? == 1),
            None => Ok(true),
        }
    }

    /// Drops what a build of ours has just left, also when somebody asked to stop; but waits for
    /// nobody then.
    async fn drop_at_once(&mut self, name: &str) -> Result<(), DbError> {
        if self.options.stop.is_requested() {
            self.execute_through("SET statement_timeout = '3s'").await?;
        }
        // The server drops nothing where there is a valid one: the build would have been skipped.
        let left = format!("SELECT 1 / ({})::int", is_leftover(name));
        if self.execute_through(&left).await.is_ok() {
            self.execute_through(&drop_leftover(name)).await?;
        }
        Ok(())
    }
}

/// Returns how long to wait before a try: it doubles up to 5 s, with half of it by chance, so that
/// two runs do not keep step.
pub(super) fn pause(attempt: u32) -> Duration {
    let full = 100_u64.saturating_mul(1 << attempt.min(6)).min(5_000);
    let chance = RandomState::new().build_hasher().finish() % (full / 2 + 1);
    Duration::from_millis(full / 2 + chance)
}
