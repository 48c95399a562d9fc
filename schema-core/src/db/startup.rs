//! An application makes or checks its own database: at start-up, and in its tests.

use super::{Database, Event, Options, Outcome, Report, SessionOptions, Source};
use crate::Error;
use crate::plan::Policy;

/// Makes a database what the linked models say, if that has no hazard.
///
/// # Errors
///
/// See [`Error`]: one is [`Error::Refused`], and then nothing was changed.
pub async fn sync<D: Database + ?Sized>(database: &D) -> Result<Report, Error> {
    let (options, policy) = (Options::default(), Policy::default());
    sync_with(database, &options, &policy, &mut |_| {}).await
}

/// As [`sync`], with options, with hazards that are accepted, and with somebody who hears of the
/// progress.
///
/// ```
/// use schema_core::db::{Event, Options};
/// use schema_core::plan::Policy;
/// use schema_core::step::HazardKind;
///
/// # async fn start<D: schema_core::db::Database>(pool: D) -> Result<(), schema_core::Error> {
/// let policy = Policy {
///     allow: [HazardKind::Rewrite].into(),
/// };
/// let mut events = |event: Event| {
///     if let Event::Statement { index, total, sql } = event {
///         println!("{}/{total}: {sql}", index + 1);
///     }
/// };
/// schema_core::sync_with(&pool, &Options::default(), &policy, &mut events).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// See [`sync`].
pub async fn sync_with<D: Database + ?Sized>(
    database: &D,
    options: &Options,
    policy: &Policy,
    events: &mut (dyn FnMut(Event) + Send),
) -> Result<Report, Error> {
    let mut session = database.session(&SessionOptions::default()).await?;
    let report = super::sync(&mut session, &Source::Models, options, policy, events).await;
    session.close().await;
    let report = report?;
    match report.outcome {
        Outcome::InSync | Outcome::Applied => Ok(report),
        Outcome::Refused(refusals) => Err(Error::Refused(refusals)),
        Outcome::Drifted(changes) => Err(Error::Drifted(changes)),
    }
}

/// Tells whether a database is what the linked models say. Nothing is changed.
///
/// # Errors
///
/// See [`Error`]: one is [`Error::Differs`], with what differs.
pub async fn verify<D: Database + ?Sized>(database: &D) -> Result<(), Error> {
    let options = SessionOptions {
        read_only: true,
        ..SessionOptions::default()
    };
    let mut session = database.session(&options).await?;
    let plan = super::plan_for(&mut session, Source::Models, &Options::default()).await;
    session.close().await;
    let plan = plan?;
    if plan.is_empty() {
        Ok(())
    } else if plan.changes.is_empty() {
        Err(Error::Refused(plan.refusals))
    } else {
        Err(Error::Differs(plan.changes))
    }
}

/// An application may do it in a task of its own.
#[cfg(test)]
mod tests {
    use super::{sync, verify};

    fn is_send<T: Send>(future: T) -> T {
        future
    }

    #[test]
    fn a_task_may_do_it() {
        drop(is_send(sync("sqlite::memory:")));
        drop(is_send(verify("sqlite::memory:")));
    }
}
