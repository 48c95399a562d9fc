//! What a server may not spell, such as a standby: taken to be as it is, and refused.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::{Item, Place, before, db_error};
use crate::db::DbError;
use crate::diff::{Refusal, same_constraint, same_index};
use crate::schema::{
    Constraint, ConstraintKind, Ident, Index, IndexKey, Name, Quoted, Schema, Table,
};
use crate::wording::some_of;

/// Gives each expression that may be another spelling of a live one the live one, so that nothing
/// is planned for a mismatch of texts. Returns what that was done to, by table.
pub(super) fn take_as_live<'a>(
    desired: &mut Schema,
    live: &Schema,
    items: impl Iterator<Item = &'a Item>,
) -> BTreeMap<Name, BTreeSet<String>> {
    let mut taken: BTreeMap<Name, BTreeSet<String>> = BTreeMap::new();
    for item in items {
        let Some(before) = before(desired, live, &item.table) else {
            continue;
        };
        if let Place::Statistics(name, _) = &item.place {
            if let Some(found) = live.statistics.get(name) {
                desired.statistics.insert(name.clone(), found.clone());
                let what = format!("the statistics `{}`", name.name);
                taken.entry(item.table.clone()).or_default().insert(what);
            }
            continue;
        }
        let place = (item.table.clone(), column_of(&item.place));
        let old = desired.hints.renamed_columns.get(&place).cloned();
        let Some(table) = desired.tables.get_mut(&item.table) else {
            continue;
        };
        if let Some(what) = take(table, before, &item.place, old) {
            taken.entry(item.table.clone()).or_default().insert(what);
        }
    }
    taken
}

/// Takes one from the live table; what has nothing there to be compared with is new.
fn take(table: &mut Table, live: &Table, place: &Place, old: Option<Ident>) -> Option<String> {
    let twin = |column: &Ident| live.column(column).or_else(|| live.column(&old?));
    match place {
        Place::Default(name) => {
            let default = twin(name)?.default.clone()?;
            let column = table.columns.iter_mut().find(|it| it.name == *name)?;
            column.default = Some(default);
            Some(format!("the default of `{name}`"))
        }
        Place::Generated(name) => {
            let generated = twin(name)?.generated.clone()?;
            let column = table.columns.iter_mut().find(|it| it.name == *name)?;
            column.generated = Some(generated);
            Some(format!("the computed value of `{name}`"))
        }
        Place::Check(at) => {
            let found = check_of(table, live, &table.constraints[*at])?.clone();
            table.constraints[*at].kind = found.kind;
            Some(format!("the check `{}`", found.name?))
        }
        Place::Predicate(at) | Place::Part(at, _) => {
            let found = index_of(table, live, &table.indexes[*at])?.clone();
            let name = found.name.clone()?;
            table.indexes[*at] = found;
            Some(format!("the index `{name}`"))
        }
        Place::Excluding(at) | Place::Excluded(at, _) => {
            let wanted = table.constraints[*at].name.clone()?;
            let mut there = live.constraints.iter();
            let found = there.find(|it| it.name.as_ref() == Some(&wanted) && is_exclusion(it))?;
            table.constraints[*at].kind = found.kind.clone();
            Some(format!("the exclusion `{wanted}`"))
        }
        Place::Statistics(..) => None,
    }
}

fn is_exclusion(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::Exclude(_))
}

/// The live check that a desired one may be: of its name, or one that is nobody's.
fn check_of<'a>(table: &Table, live: &'a Table, wanted: &Constraint) -> Option<&'a Constraint> {
    let free = |other: &&Constraint| {
        let mut ours = table.constraints.iter();
        !ours.any(|it| it.name == other.name || same_constraint(it, other))
    };
    let check = |it: &&Constraint| matches!(it.kind, ConstraintKind::Check { .. });
    let mut checks = live.constraints.iter().filter(check);
    match &wanted.name {
        Some(name) => checks.find(|it| it.name.as_ref() == Some(name)),
        None => checks.find(free),
    }
}

/// The same of an index, of which only one with an expression may be spelt otherwise.
fn index_of<'a>(table: &Table, live: &'a Table, wanted: &Index) -> Option<&'a Index> {
    let free = |other: &&Index| {
        let mut ours = table.indexes.iter();
        !ours.any(|it| it.name == other.name || same_index(it, other))
    };
    let spelt = |it: &&Index| {
        let expression = |key: &IndexKey| matches!(key, IndexKey::Expr(_));
        it.predicate.is_some() || it.parts.iter().any(|part| expression(&part.key))
    };
    let mut indexes = live.indexes.iter();
    match &wanted.name {
        Some(name) => indexes.find(|it| it.name.as_ref() == Some(name)),
        None => indexes.filter(spelt).find(free),
    }
}

fn column_of(place: &Place) -> Ident {
    match place {
        Place::Default(name) | Place::Generated(name) => name.clone(),
        Place::Check(_) | Place::Predicate(_) | Place::Part(..) => Ident::default(),
        Place::Excluding(_) | Place::Excluded(..) | Place::Statistics(..) => Ident::default(),
    }
}

/// Says of each table what could not be compared, why, and what to do.
pub(super) async fn refusals(
    connection: &mut PgConnection,
    taken: BTreeMap<Name, BTreeSet<String>>,
    error: &DbError,
) -> Result<Vec<Refusal>, DbError> {
    let row = sqlx::raw_sql(TEMPORARY).fetch_one(connection).await;
    let row = row.map_err(db_error)?;
    let text = |at: usize| row.try_get::<String, _>(at).map(Ident::new);
    let (database, user) = (text(1).map_err(db_error)?, text(2).map_err(db_error)?);
    let cure = match row.try_get::<bool, _>(0).map_err(db_error)? {
        false => format!(
            "GRANT TEMPORARY ON DATABASE {} TO {}",
            Quoted(&database),
            Quoted(&user)
        ),
        true => "name the primary in the URL, for a user who may write".into(),
    };
    let reason = match error.code.as_str() {
        "25006" => "a server that may not write spells no expression",
        _ => &error.message,
    };
    let refusal = |(table, what): (Name, BTreeSet<String>)| {
        let message = format!("cannot compare {}: {reason}", some_of(what.into_iter()));
        Refusal::new(table.to_string(), message, &cure)
    };
    Ok(taken.into_iter().map(refusal).collect())
}

const TEMPORARY: &str = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY'), \
    pg_catalog.current_database()::pg_catalog.text, current_user::pg_catalog.text";
