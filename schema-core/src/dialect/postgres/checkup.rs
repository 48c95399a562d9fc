//! Asks the server what would stand in the way of a run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::session::PgSession;
use crate::db::{Checkup, DbError};
use crate::schema::{Ident, Name};

/// Asks what would stand in the way.
///
/// # Errors
///
/// What the server says.
pub async fn checkup(session: &mut PgSession) -> Result<Checkup, DbError> {
    let mut checkup = Checkup {
        creates_schemas: session.fetch_i64(CREATES_SCHEMAS).await? == 1,
        clock: clock(session).await?,
        ..Checkup::default()
    };
    for line in session.fetch_texts(SCHEMAS).await? {
        if let Some((may, schema)) = line.split_once(' ') {
            checkup.schemas.insert(Ident::new(schema), may == "1");
        }
    }
    for line in session.fetch_texts(OTHERS_TABLES).await? {
        let mut parts = line.splitn(3, '\n');
        if let (Some(owner), Some(schema), Some(table)) = (parts.next(), parts.next(), parts.next())
        {
            let name = Name::new(schema, table);
            checkup.others_tables.insert(name, Ident::new(owner));
        }
    }
    checkup.read_only = session.fetch_texts(READ_ONLY).await?.into_iter().next();
    checkup.pooled = session.is_pooled().await?;
    Ok(checkup)
}

async fn clock(session: &mut PgSession) -> Result<Duration, DbError> {
    let here = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
    };
    let before = here();
    let there = session.fetch_i64(CLOCK).await?;
    // The server looked at its clock somewhere between.
    let middle = before + (here() - before) / 2;
    Ok(Duration::from_millis(there.abs_diff(middle)))
}

const CLOCK: &str = "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8";

const CREATES_SCHEMAS: &str =
    "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')::int::int8";

const SCHEMAS: &str = "SELECT pg_catalog.has_schema_privilege(oid, 'CREATE')::int || ' ' || nspname \
    FROM pg_catalog.pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' \
    ORDER BY nspname";

const OTHERS_TABLES: &str = "SELECT pg_catalog.pg_get_userbyid(c.relowner) || E'\\n' || n.nspname || E'\\n' || c.relname \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
    AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') ORDER BY 1";

const READ_ONLY: &str = "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() \
    THEN 'the server is a standby' \
    WHEN pg_catalog.current_setting('default_transaction_read_only') = 'on' \
    THEN 'default_transaction_read_only is on' END";
