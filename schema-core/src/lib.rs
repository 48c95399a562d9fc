//! Rust models as the source of truth for a database schema: model, diff, plan, apply.
//!
//! # Models
//!
//! A model is a struct. A crate of models needs this crate without features, and so no driver.
//!
//! ```standalone_crate
//! use schema_core::{SyncEnum, SyncTable};
//!
//! /// A customer's order.
//! #[derive(SyncTable)]
//! #[sync(table = "orders", docs)]
//! #[sync(check(name = "orders_total_positive", expr = "total >= 0"))]
//! pub struct Order {
//!     #[sync(primary_key, identity)]
//!     pub id: i64,
//!     #[sync(default_value = "draft")]
//!     pub status: OrderStatus,
//!     #[sync(index)]
//!     pub customer: String,
//!     pub total: i64,
//!     pub note: Option<String>,
//! }
//!
//! #[derive(SyncEnum)]
//! #[sqlx(type_name = "order_status", rename_all = "snake_case")]
//! pub enum OrderStatus {
//!     Draft,
//!     Placed,
//! }
//!
//! let models = schema_core::model::models();
//! assert_eq!(models.len(), 1);
//! ```
//!
//! # At start-up
//!
//! The command line is the usual way to apply: it shows the plan first, and a release runs it once.
//! An application with one copy, or with a SQLite file of its own, can do it at start-up. Copies that
//! start together wait for each other, and all but the first find nothing to do. With the feature
//! `postgres` or `sqlite`:
//!
//! ```standalone_crate
//! # #[cfg(feature = "sqlite")]
//! # mod live {
//! use schema_core::SyncTable;
//! use sqlx::SqlitePool;
//!
//! #[derive(SyncTable)]
//! #[sync(table = "visits")]
//! pub struct Visit {
//!     #[sync(primary_key)]
//!     pub id: i64,
//!     pub path: String,
//! }
//!
//! # pub
//! async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! # let url = "sqlite::memory:";
//!     let pool = SqlitePool::connect(url).await?;
//!     schema_core::sync(&pool).await?;
//!
//!     sqlx::query("INSERT INTO visits (id, path) VALUES (1, '/')")
//!         .execute(&pool)
//!         .await?;
//! #   schema_core::verify(&pool).await?;
//!     Ok(())
//! }
//! # }
//! # #[cfg(feature = "sqlite")]
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(live::start())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`sync`] accepts no hazard: a change that would lose data or stop others is [`Error::Refused`], and
//! nothing was changed. [`sync_with`] takes the hazards that are accepted, and tells of the progress.
//! An application whose release applies with the command line calls [`verify`] at start-up instead:
//! it changes nothing, and [`Error::Differs`] names what is missing.
//!
//! # In tests
//!
//! `#[sqlx::test]` gives each test a database of its own; the models make its tables:
//!
//! ```ignore
//! #[sqlx::test]
//! async fn a_visit_is_kept(pool: sqlx::PgPool) {
//!     schema_core::sync(&pool).await.unwrap();
//!     // ...
//! }
//! ```
//!
//! It takes the features `macros` and `migrate` of sqlx, 0.9 as here, and for PostgreSQL a
//! `DATABASE_URL` of a server on which databases may be made; for SQLite nothing. Where there is a
//! folder `migrations`, write `#[sqlx::test(migrations = false)]`.
//!
//! `examples/shop-service` of the repository has this, compiled and run.
//!
//! # The parts
//!
//! [`sync`] is made of parts that can be used by themselves: a [`db::Session`], [`db::plan_for`] that
//! plans and changes nothing, [`plan::Plan::approve`] with a [`plan::Policy`], [`db::sync()`], and the
//! reports in [`report`].
//!
//! ```standalone_crate
//! # #[cfg(feature = "sqlite")]
//! # mod live {
//! use schema_core::SyncTable;
//! use schema_core::db::{self, Event, Options, Outcome, Session, SessionOptions, Source};
//! use schema_core::plan::Policy;
//! use schema_core::step::HazardKind;
//!
//! #[derive(SyncTable)]
//! #[sync(table = "visits")]
//! pub struct Visit {
//!     #[sync(primary_key)]
//!     pub id: i64,
//!     pub path: String,
//! }
//!
//! # pub
//! async fn apply(url: &str) -> Result<(), schema_core::Error> {
//!     let mut session = Session::open(url, &SessionOptions::default()).await?;
//!     let plan = db::plan_for(&mut session, Source::Models, &Options::default()).await?;
//!     for change in &plan.changes {
//!         println!("{change}");
//!     }
//!     let policy = Policy {
//!         allow: [HazardKind::Recreates].into(),
//!     };
//!     let report = db::sync(
//!         &mut session,
//!         &Source::Models,
//!         &Options::default(),
//!         &policy,
//!         &mut |event| {
//!             if let Event::Statement { index, total, sql } = event {
//!                 println!("{}/{total}: {sql}", index + 1);
//!             }
//!         },
//!     )
//!     .await?;
//!     assert_eq!(report.outcome, Outcome::Applied);
//!     Ok(())
//! }
//! # }
//! # #[cfg(feature = "sqlite")]
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?
//! #     .block_on(live::apply("sqlite::memory:"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Tracing
//!
//! The spans `introspect`, `canonicalize`, `plan`, `apply` and, within the last, a `statement` for
//! each one that is sent, with its `sql`, are made with the crate `tracing`, at the level `INFO`.
//! A subscriber tells of them when it is asked to: in `tracing-subscriber` that is
//! `fmt().with_span_events(FmtSpan::CLOSE)`.
//!
//! # Features
//!
//! `postgres`, `sqlite`: live databases, by sqlx 0.9. `bigdecimal`, `chrono`, `ipnetwork`, `json`,
//! `rust_decimal`, `sqlx-types`, `time`, `uuid`: types of these crates as fields of a model.

// The derives name this crate as a user does, also in its own tests.
extern crate self as schema_core;

pub mod change;
pub mod db;
pub mod dialect;
pub mod diff;
mod error;
pub mod export;
pub mod facts;
pub mod model;
pub mod plan;
pub mod report;
pub mod schema;
pub mod scope;
pub mod step;
pub mod wording;

#[cfg(feature = "live")]
pub use db::startup::{sync, sync_with, verify};
pub use error::Error;
pub use model::{SyncFields, SyncTable};
pub use schema_derive::{SyncEnum, SyncFields, SyncTable, SyncType};

/// For the code that the derives write.
#[doc(hidden)]
pub mod __private {
    pub use inventory;

    pub use crate::model::*;
    pub use crate::schema::{Action, Literal};
}
