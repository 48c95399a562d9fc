//! The database families. Which one it is, is decided here and in `db/session.rs`.

pub mod postgres;
pub mod sqlite;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::change::Change;
use crate::facts::Facts;
use crate::plan::PlanOptions;
#[cfg(feature = "live")]
use crate::schema::DataType;
use crate::schema::{Family, Ident, Name, Schema};
use crate::step::Step;

/// Spells a schema as a family does, as far as that needs no database.
///
/// # Errors
///
/// What the family cannot have.
pub fn normalize(family: Family, schema: Schema) -> Result<Schema, Vec<String>> {
    normalize_with(family, schema, &BTreeMap::new())
}

/// As [`normalize`], where it is known in which schemas the types of extensions are.
pub(crate) fn normalize_with(
    family: Family,
    schema: Schema,
    extension_types: &BTreeMap<String, Ident>,
) -> Result<Schema, Vec<String>> {
    match family {
        Family::Postgres => postgres::normalize::normalize(schema, extension_types),
        Family::Sqlite => sqlite::normalize(schema),
    }
}

/// Takes off what is desired what a server of this version does not tell apart.
#[cfg(feature = "live")]
pub(crate) fn leave_to_the_server(family: Family, desired: &mut Schema, facts: &Facts) {
    match family {
        Family::Postgres => postgres::versions::leave_to_the_server(desired, facts.version),
        Family::Sqlite => {}
    }
}

/// Leaves out of models what only a program that opens the database could define: a script runs
/// without one.
pub fn for_a_script(family: Family, desired: Schema) -> Schema {
    match family {
        Family::Sqlite if !desired.hints.sources.is_empty() => {
            let own: Vec<Name> = sqlite::own_collations(&desired).into_iter().collect();
            sqlite::without_collations(desired, &Schema::default(), &own)
        }
        Family::Postgres | Family::Sqlite => desired,
    }
}

/// Spells names of what is desired as the database does, where they are one to the family.
pub(crate) fn adopt<'a>(family: Family, desired: &'a Schema, live: &Schema) -> Cow<'a, Schema> {
    match family {
        Family::Postgres => Cow::Borrowed(desired),
        Family::Sqlite => Cow::Owned(sqlite::adopt(desired.clone(), live)),
    }
}

/// Writes changes as the statements of a family.
///
/// # Errors
///
/// What the family cannot do, each as `object: reason`.
pub(crate) fn render(
    family: Family,
    changes: &[Change],
    live: &Schema,
    desired: &Schema,
    facts: &Facts,
    options: &PlanOptions,
) -> Result<Vec<Step>, Vec<String>> {
    match family {
        Family::Postgres => {
            let options = postgres::render::RenderOptions {
                small_rows: options.small_rows,
                small_bytes: options.small_bytes,
            };
            postgres::render::render(changes, live, desired, facts, &options)
        }
        Family::Sqlite => sqlite::render(changes, live, desired, facts),
    }
}

/// Tells which values of `column`, which is SQL, a new type refuses.
#[cfg(feature = "live")]
pub(crate) fn fit(
    facts: &Facts,
    family: Family,
    column: &str,
    (from, to): (&DataType, &DataType),
    labels: Option<&[String]>,
) -> postgres::fit::Fit {
    match family {
        Family::Postgres
            if postgres::types::type_change(from, to).narrowing || labels.is_some() =>
        {
            postgres::fit::fit(column, from, to, labels, facts.version)
        }
        // SQLite keeps what does not fit, as it is.
        Family::Postgres | Family::Sqlite => postgres::fit::Fit::Always,
    }
}

/// Writes groups of statements as a script for the family's shell, which can be run twice.
#[cfg(feature = "live")]
pub(crate) fn script(
    family: Family,
    groups: &[Vec<crate::step::Step>],
    timeouts: &crate::step::Timeouts,
) -> String {
    match family {
        Family::Postgres => postgres::render::script(groups, timeouts),
        Family::Sqlite => sqlite::script(groups, timeouts),
    }
}
