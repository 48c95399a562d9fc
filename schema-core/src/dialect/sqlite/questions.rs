//! Questions to the rows, as a plan would write them, before its first statement.

use std::collections::BTreeMap;

use super::rebuild::{self, is_rowid};
use super::render::{is_rename, stories};
use super::stored::Stored;
use super::types;
use crate::change::Change;
use crate::db::Question;
use crate::plan::Plan;
use crate::schema::{
    Constraint, ConstraintKind, ForeignKey, Ident, Index, IndexKey, IndexPart, Name, Quoted,
    Schema, Shared, Table,
};
use crate::wording::Cure;

/// Returns what has to be asked so that no row is in the way of the plan.
pub(crate) fn questions(live: &Schema, plan: &Plan) -> Vec<Question> {
    let after = rebuild::replay(live, &plan.changes);
    let renames: Vec<Change> = (plan.changes.iter())
        .filter(|change| is_rename(change))
        .cloned()
        .collect();
    let renamed = rebuild::replay(live, &renames);
    let stories = stories(&plan.changes, live);
    let mut kept = Vec::new();
    for story in stories.iter().filter(|story| !story.is_dropped) {
        let changes: Vec<&Change> = (story.changes.iter())
            .map(|at| &plan.changes[*at])
            .collect();
        let old = story.live.as_ref().and_then(|name| live.tables.get(name));
        if let (Some(old), Some(before), Some(after)) =
            (old, renamed.get(&story.name), after.get(&story.name))
        {
            kept.push((old, before, after, changes));
        }
    }
    let stored: BTreeMap<&Name, Stored<'_>> = kept
        .iter()
        .map(|(old, before, after, changes)| {
            (&after.name, Stored::new(old, before, after, changes))
        })
        .collect();
    let mut out = Vec::new();
    for (_, _, table, changes) in &kept {
        let rows = &stored[&table.name];
        out.extend(values(&plan.sources, rows, changes));
        out.extend(checks(rows));
        out.extend(unique(rows));
    }
    for table in after.values() {
        out.extend(references(live, &after, &stored, table));
    }
    out
}

/// NULL where it may not be, and values that a column refuses.
fn values(
    sources: &BTreeMap<Name, String>,
    rows: &Stored<'_>,
    changes: &[&Change],
) -> Vec<Question> {
    let table = &rows.after.name;
    let mut out = Vec::new();
    for (column, misfits) in rows.misfits() {
        let ty = types::sql(&column.ty);
        let message = match is_rowid(rows.after, &column.name) {
            true => {
                format!("cannot be {ty} PRIMARY KEY: {{n}} with a value that is no whole number")
            }
            false => {
                format!("cannot be {ty} of a STRICT table: {{n}} with a value that does not fit")
            }
        };
        out.push(Question {
            object: format!("{table}.{}", column.name),
            rows: misfits,
            show: "*".into(),
            message,
            cures: match rows.before.column(&column.name) {
                Some(_) => Cure::Using.or_rows(sources, "correct the rows"),
                None => {
                    let words = Cure::Backfill.words(sources);
                    vec![words.unwrap_or_else(|| "correct its default".to_owned())]
                }
            },
        });
    }
    for column in rows.after.columns.iter().filter(|it| !it.nullable) {
        let old = rows.before.column(&column.name);
        let was_never = old.is_some_and(|old| !old.nullable);
        let numbers_itself = old.is_none() && is_rowid(rows.after, &column.name);
        if numbers_itself || (was_never && !rows.changes(&column.name)) {
            continue;
        }
        let given = column.default.is_some() || column.generated.is_some();
        let filled = changes.iter().any(|change| {
            matches!(change, Change::AddColumn { column: new, backfill: Some(_), .. } if new.name == column.name)
        });
        let object = format!("{table}.{}", column.name);
        if old.is_none() && !given && !filled {
            out.push(Question {
                object,
                rows: format!("FROM {}", rows.source()),
                show: "*".into(),
                message: "cannot be added as NOT NULL without a default: {n} would have no value"
                    .into(),
                cures: Cure::of_no_value(sources),
            });
            continue;
        }
        let message = match old.is_some_and(|old| old.nullable) {
            true => "cannot become NOT NULL: {n} with NULL",
            false => "is NOT NULL: {n} would get NULL",
        };
        let cure = match &column.generated {
            Some(_) => Cure::Optional,
            None => Cure::Backfill,
        };
        out.push(Question {
            object,
            rows: rows.nulls(&column.name),
            show: "*".into(),
            message: message.into(),
            cures: cure.or_rows(sources, "fix the rows"),
        });
    }
    out
}

/// Rows against a check that is new, or that reads what changes.
fn checks(rows: &Stored<'_>) -> Vec<Question> {
    let table = &rows.after.name;
    let mut out = Vec::new();
    for constraint in &rows.after.constraints {
        let ConstraintKind::Check { expr, .. } = &constraint.kind else {
            continue;
        };
        let known = has(rows.before, &constraint.kind);
        if known && !rows.touches(expr) {
            continue;
        }
        let what = match known {
            true => format!("check ({expr}) would not hold: {{n}} against it"),
            false => format!("check ({expr}) cannot be added: {{n}} against it"),
        };
        out.push(Question {
            object: part(table, constraint.name.as_ref()),
            rows: format!(
                "FROM {} WHERE NOT ({expr})",
                rows.rows_to_read(&[expr.as_str()])
            ),
            show: "*".into(),
            message: what,
            cures: vec!["fix the rows, or the check".into()],
        });
    }
    out
}

/// Values that stand more than once under a key that is new, or that changes.
fn unique(rows: &Stored<'_>) -> Vec<Question> {
    let table = &rows.after.name;
    let mut out = Vec::new();
    for constraint in &rows.after.constraints {
        let (ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) = &constraint.kind
        else {
            continue;
        };
        let changes = key.columns.iter().any(|column| rows.changes(column));
        if has(rows.before, &constraint.kind) && !changes {
            continue;
        }
        let keys: Vec<String> = key
            .columns
            .iter()
            .map(|it| Quoted(it).to_string())
            .collect();
        let name = constraint.name.as_ref();
        out.push(duplicates(part(table, name), rows, &keys, None));
    }
    for index in rows.after.indexes.iter().filter(|index| index.unique) {
        let changes = index.parts.iter().any(|part| match &part.key {
            IndexKey::Column(column) => rows.changes(column),
            IndexKey::Expr(expr) => rows.touches(expr),
        });
        let changes = changes || index.predicate.iter().any(|it| rows.touches(it));
        let known = rows
            .before
            .indexes
            .iter()
            .any(|old| demands_the_same(old, index));
        if known && !changes {
            continue;
        }
        let keys: Vec<String> = index.parts.iter().map(key_sql).collect();
        let only = index.predicate.as_ref().map(ToString::to_string);
        out.push(duplicates(
            part(table, index.name.as_ref()),
            rows,
            &keys,
            only,
        ));
    }
    out
}

fn demands_the_same(old: &Index, new: &Index) -> bool {
    let keys = |index: &Index| -> Vec<String> { index.parts.iter().map(key_sql).collect() };
    old.unique && keys(old) == keys(new) && old.predicate == new.predicate
}

fn key_sql(part: &IndexPart) -> String {
    let key = match &part.key {
        IndexKey::Column(column) => Quoted(column).to_string(),
        IndexKey::Expr(expr) => format!("({expr})"),
    };
    match &part.collation {
        Some(collation) => format!("{key} COLLATE {}", Quoted(&collation.name)),
        None => key,
    }
}

fn duplicates(
    object: String,
    rows: &Stored<'_>,
    keys: &[String],
    only: Option<String>,
) -> Question {
    let list = keys.join(", ");
    let from = match &only {
        None => rows.rows(&[&list]),
        Some(only) => rows.rows_to_read(&[&list, only]),
    };
    let set = keys.iter().map(|key| format!("{key} IS NOT NULL"));
    let conditions: Vec<String> = set.chain(only.map(|only| format!("({only})"))).collect();
    Question {
        object,
        rows: format!(
            "FROM (SELECT {list}, count(*) AS rows_with_it FROM {from} WHERE {} GROUP BY {list} HAVING count(*) > 1)",
            conditions.join(" AND ")
        ),
        show: "*".into(),
        message: format!("cannot be unique over ({list}): values that stand more than once: {{n}}"),
        cures: vec!["delete or merge the duplicates".into()],
    }
}

/// Rows that would refer to none: of a foreign key that is new, or one of whose sides changes.
fn references(
    live: &Schema,
    after: &BTreeMap<Name, Shared<Table>>,
    stored: &BTreeMap<&Name, Stored<'_>>,
    table: &Table,
) -> Vec<Question> {
    let rows_of = |name: &Name, columns: &[Ident]| match stored.get(name) {
        Some(rows) => {
            let names: Vec<String> = columns.iter().map(|it| Quoted(it).to_string()).collect();
            Some(rows.rows(&[&names.join(", ")]))
        }
        None => live
            .tables
            .contains_key(name)
            .then(|| Quoted(name).to_string()),
    };
    let changes = |name: &Name, columns: &[Ident]| {
        let rows = stored.get(name);
        rows.is_some_and(|rows| columns.iter().any(|column| rows.changes(column)))
    };
    let mut out = Vec::new();
    for constraint in &table.constraints {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else {
            continue;
        };
        let known = stored.get(&table.name).is_none_or(|rows| {
            let mut keys = rows.before.constraints.iter();
            keys.any(|old| leads_to_the_same(old, key))
        });
        let same = !changes(&table.name, &key.columns) && !changes(&key.table, &key.references);
        let Some(children) = rows_of(&table.name, &key.columns) else {
            continue;
        };
        if (known && same) || !after.contains_key(&key.table) {
            continue;
        }
        let set: Vec<String> = (key.columns.iter())
            .map(|column| format!("c.{} IS NOT NULL", Quoted(column)))
            .collect();
        let equal: Vec<String> = (key.columns.iter().zip(&key.references))
            .map(|(from, to)| {
                let value = format!("c.{}", Quoted(from));
                let value = match stored.get(&key.table) {
                    Some(parent) => parent.compared(to, &value),
                    None => value,
                };
                format!("p.{} = {value}", Quoted(to))
            })
            .collect();
        let mut rows = format!("FROM {children} c WHERE {}", set.join(" AND "));
        // A table that the plan makes has no rows.
        if let Some(parents) = rows_of(&key.table, &key.references) {
            rows.push_str(&format!(
                " AND NOT EXISTS (SELECT 1 FROM {parents} p WHERE {})",
                equal.join(" AND ")
            ));
        }
        out.push(Question {
            object: part(&table.name, constraint.name.as_ref()),
            rows,
            show: "c.*".into(),
            message: format!(
                "foreign key to {} cannot be added: {{n}} without one",
                key.table
            ),
            cures: vec!["delete or correct the rows".into()],
        });
    }
    out
}

/// Tells whether a constraint demands what a foreign key does; what it does on DELETE is no demand.
fn leads_to_the_same(constraint: &Constraint, key: &ForeignKey) -> bool {
    match &constraint.kind {
        ConstraintKind::ForeignKey(old) => {
            (&old.columns, &old.table, &old.references)
                == (&key.columns, &key.table, &key.references)
        }
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclude(_) => false,
    }
}

fn has(table: &Table, kind: &ConstraintKind) -> bool {
    table.constraints.iter().any(|it| it.kind == *kind)
}

fn part(table: &Name, name: Option<&Ident>) -> String {
    match name {
        Some(name) => format!("{table}.{name}"),
        None => table.to_string(),
    }
}
