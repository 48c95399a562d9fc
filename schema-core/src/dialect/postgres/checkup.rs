//! Asks the server what would stand in the way of a run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::session::PgSession;
use crate::db::{Checkup, DbError, Owned};
use crate::diff::Refusal;
use crate::schema::{Ident, Name};

/// Asks what would stand in the way.
///
/// # Errors
///
/// What the server says.
pub async fn checkup(session: &mut PgSession) -> Result<Checkup, DbError> {
    let mut checkup = Checkup {
        clock: clock(session).await?,
        pooled: session.is_pooled().await?,
        ..rights(session).await?
    };
    others(session, &mut checkup).await?;
    below(session, &mut checkup).await?;
    Ok(checkup)
}

/// Asks whose the objects are that are neither tables nor types.
///
/// # Errors
///
/// What the server says.
pub async fn others(session: &mut PgSession, checkup: &mut Checkup) -> Result<(), DbError> {
    for line in session.fetch_texts(OTHERS).await? {
        let mut parts = line.splitn(5, '\n');
        let mut next = || parts.next().unwrap_or_default();
        let (kind, owner, schema, name, signature) = (next(), next(), next(), next(), next());
        let owned = Owned {
            kind: kind.to_owned(),
            name: if schema.is_empty() {
                Name::bare(name)
            } else {
                Name::new(schema, name)
            },
            signature: signature.to_owned(),
        };
        checkup.others.insert(owned, Ident::new(owner));
    }
    Ok(())
}

/// Asks which tables of others are below which.
///
/// # Errors
///
/// What the server says.
pub async fn below(session: &mut PgSession, checkup: &mut Checkup) -> Result<(), DbError> {
    for line in session.fetch_texts(BELOW).await? {
        let parts: Vec<&str> = line.split('\n').collect();
        if let [above_schema, above, schema, name] = parts[..] {
            let above = Name::new(above_schema, above);
            let below = checkup.others_below.entry(above).or_default();
            below.insert(Name::new(schema, name));
        }
    }
    Ok(())
}

/// Asks what the user may do.
///
/// # Errors
///
/// What the server says.
pub async fn rights(session: &mut PgSession) -> Result<Checkup, DbError> {
    let mut checkup = Checkup {
        creates_schemas: session.fetch_i64(CREATES_SCHEMAS).await? == 1,
        ..Checkup::default()
    };
    for (sql, map) in [
        (SCHEMAS, &mut checkup.schemas),
        (EXTENSIONS, &mut checkup.extensions),
    ] {
        for line in session.fetch_texts(sql).await? {
            if let Some((may, name)) = line.split_once(' ') {
                map.insert(Ident::new(name), may == "1");
            }
        }
    }
    for (sql, kind) in [(OTHERS_TABLES, "table"), (OTHERS_TYPES, "type")] {
        for line in session.fetch_texts(sql).await? {
            let mut parts = line.splitn(3, '\n');
            if let (Some(owner), Some(schema), Some(name)) =
                (parts.next(), parts.next(), parts.next())
            {
                let owned = Owned::new(kind, Name::new(schema, name));
                checkup.others.insert(owned, Ident::new(owner));
            }
        }
    }
    for (sql, set) in [
        (UNREFERABLE, &mut checkup.unreferable),
        (HIDDEN, &mut checkup.hidden),
    ] {
        for line in session.fetch_texts(sql).await? {
            if let Some((schema, name)) = line.split_once('\n') {
                set.insert(Name::new(schema, name));
            }
        }
    }
    let reason = session.fetch_texts(READ_ONLY).await?.into_iter().next();
    checkup.read_only = reason.map(|reason| {
        Refusal::new(
            "server",
            format!("{reason}: nothing can be written"),
            "name the primary in the URL, for a user who may write",
        )
    });
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
    WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
    AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') ORDER BY 1";

const OTHERS: &str = include_str!("catalog/owners.sql");

const BELOW: &str = "WITH RECURSIVE line (below, above) AS ( \
    SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits \
    UNION SELECT l.below, i.inhparent FROM line l JOIN pg_catalog.pg_inherits i ON i.inhrelid = l.above) \
    SELECT an.nspname || E'\\n' || a.relname || E'\\n' || n.nspname || E'\\n' || c.relname \
    FROM line l \
    JOIN pg_catalog.pg_class c ON c.oid = l.below JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_catalog.pg_class a ON a.oid = l.above JOIN pg_catalog.pg_namespace an ON an.oid = a.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'f') AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') ORDER BY 1";

// A table has a type of its own, which goes with it.
const OTHERS_TYPES: &str = "SELECT pg_catalog.pg_get_userbyid(t.typowner) || E'\\n' || n.nspname || E'\\n' || t.typname \
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid \
    WHERE t.typcategory <> 'A' AND (c.oid IS NULL OR c.relkind = 'c') \
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
    AND NOT pg_catalog.pg_has_role(t.typowner, 'USAGE') ORDER BY 1";

const UNREFERABLE: &str = "SELECT n.nspname || E'\\n' || c.relname \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
    AND NOT pg_catalog.has_any_column_privilege(c.oid, 'REFERENCES') ORDER BY 1";

const HIDDEN: &str = "SELECT n.nspname || E'\\n' || c.relname \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity AND pg_catalog.row_security_active(c.oid) ORDER BY 1";

// A trusted one takes the right to create in the database.
const EXTENSIONS: &str = "SELECT (pg_catalog.current_setting('is_superuser')::bool OR NOT v.superuser OR v.trusted \
    AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'))::int || ' ' || v.name \
    FROM pg_catalog.pg_available_extension_versions v \
    JOIN pg_catalog.pg_available_extensions a ON a.name = v.name AND a.default_version = v.version \
    ORDER BY 1";

const READ_ONLY: &str = "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() \
    THEN 'the server is a standby' \
    WHEN pg_catalog.current_setting('default_transaction_read_only') = 'on' \
    THEN 'default_transaction_read_only is on' END";
