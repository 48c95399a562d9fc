//! Domains that say their values otherwise than the live ones: the server spells that on temporary ones.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};

use super::redefined::Redefined;
use super::{UNDO, attempt, db_error, is_denied, look_from, run};
use crate::db::DbError;
use crate::dialect::postgres::expression::text::{stable, strip_parens};
use crate::dialect::postgres::types::spell;
use crate::schema::{Domain, Expr, Name, Quoted, Schema, UserType};

/// Domains that are there, and whose default or conditions the live ones do not have in the same words.
pub(super) fn suspicious(desired: &Schema, live: &Schema, redefined: &Redefined) -> Vec<Name> {
    let said_later = |domain: &Domain| {
        let base = domain.base.user();
        base.is_some_and(|base| redefined.contains(&base) || !live.types.contains_key(&base))
            || domain.exprs().any(|expr| redefined.is_said(expr))
    };
    let domains = desired.types.iter().filter_map(|(name, ty)| {
        let (wanted, there) = (of(ty)?, of(live.types.get(&before(desired, live, name))?)?);
        let known = wanted.checks.iter().all(|it| {
            let mut checks = there.checks.iter();
            checks.any(|check| check.expr == it.expr)
        });
        let otherwise = !known || wanted.default.is_some() && wanted.default != there.default;
        (otherwise && !said_later(wanted)).then(|| name.clone())
    });
    domains.collect()
}

fn of(ty: &UserType) -> Option<&Domain> {
    match ty {
        UserType::Domain(domain) => Some(domain),
        UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => None,
    }
}

/// Returns the name that a domain has now.
fn before(desired: &Schema, live: &Schema, name: &Name) -> Name {
    let old = desired.hints.renamed_types.get(name);
    let old = old.map(|old| name.sibling(old.clone()));
    old.filter(|_| !live.types.contains_key(name))
        .unwrap_or_else(|| name.clone())
}

/// Spells a domain. What the server refuses stays as it is: whether it takes what a model says is asked
/// elsewhere, and what a server has printed may be about what the plan makes.
pub(super) async fn spell_domain(
    connection: &mut PgConnection,
    name: &Name,
    desired: &mut Schema,
) -> Result<(), DbError> {
    let Some(UserType::Domain(mut domain)) = desired.types.get(name).cloned() else {
        return Ok(());
    };
    run(connection, "SAVEPOINT _sync_table").await?;
    look_from(connection, name).await?;
    let collation = domain.collation.as_ref();
    let collate = collation.map(|name| format!(" COLLATE {}", Quoted(name)));
    let create = format!(
        "CREATE DOMAIN {SCRATCH} AS {}{}",
        spell(&domain.base),
        collate.unwrap_or_default()
    );
    match attempt(connection, &create).await? {
        Ok(()) => {}
        Err(error) if is_denied(&error) => return Err(error),
        Err(_) => return run(connection, UNDO).await,
    }
    if let Some(default) = &mut domain.default {
        let sql = format!("ALTER DOMAIN {SCRATCH} SET DEFAULT {}", default.written());
        let read = format!(
            "SELECT pg_catalog.pg_get_expr(typdefaultbin, 0) FROM pg_catalog.pg_type WHERE oid = {OID}"
        );
        spelled(connection, name, default, &sql, read).await?;
    }
    for (n, check) in domain.checks.iter_mut().enumerate() {
        let expr = check.expr.written();
        let sql = format!("ALTER DOMAIN {SCRATCH} ADD CONSTRAINT _sync_{n} CHECK ({expr})");
        let read = format!(
            "SELECT pg_catalog.pg_get_expr(conbin, 0) FROM pg_catalog.pg_constraint WHERE contypid = {OID} AND conname = '_sync_{n}'"
        );
        spelled(connection, name, &mut check.expr, &sql, read).await?;
    }
    desired.types.insert(name.clone(), UserType::Domain(domain));
    run(connection, UNDO).await
}

const SCRATCH: &str = "pg_temp._sync_domain";
const OID: &str = "'pg_temp._sync_domain'::pg_catalog.regtype";

/// Reads an expression again, once a statement has given it to the domain.
async fn spelled(
    connection: &mut PgConnection,
    name: &Name,
    expr: &mut Expr,
    sql: &str,
    read: String,
) -> Result<(), DbError> {
    look_from(connection, name).await?;
    if attempt(connection, sql).await?.is_err() {
        return Ok(());
    }
    run(connection, "SET LOCAL search_path = ''").await?;
    let row = sqlx::raw_sql(AssertSqlSafe(read)).fetch_one(&mut *connection);
    let row = row.await.map_err(db_error)?;
    if let Some(text) = row.try_get::<Option<String>, _>(0).map_err(db_error)? {
        *expr = Expr::printed(stable(strip_parens(&text)));
    }
    Ok(())
}

/// Gives what domains say, which may be another spelling, as live ones say it, and tells of which.
pub(super) fn take_as_live(
    desired: &mut Schema,
    live: &Schema,
    domains: &[Name],
    taken: &mut BTreeMap<Name, BTreeSet<String>>,
) {
    for name in domains {
        let Some(there) = live.types.get(&before(desired, live, name)).and_then(of) else {
            continue;
        };
        if let Some(UserType::Domain(domain)) = desired.types.get_mut(name) {
            domain.default.clone_from(&there.default);
            domain.checks.clone_from(&there.checks);
            let what = "what it says of its values".to_owned();
            taken.entry(name.clone()).or_default().insert(what);
        }
    }
}
