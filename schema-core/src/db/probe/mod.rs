//! Questions to the data before the first statement: what would fail is refused with the rows.

mod labels;
mod partition;
mod types;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::{DbError, Session};
use crate::change::{Change, ColumnChange, mention_renamed};
use crate::dialect::postgres::fit::Fit;
use crate::plan::{Plan, Refusal};
use crate::schema::{
    Column, ConstraintKind, DomainCheck, Exclude, Family, Ident, IndexKey, Name, Quoted, Schema,
    Table, quote_literal,
};
use crate::wording::thousands;

/// How long the rows are looked at for one that is in the way.
const LOOK: Duration = Duration::from_secs(10);

/// How long such rows are counted, and how many at most.
const COUNT: Duration = Duration::from_secs(5);
const MOST: i64 = 1_000;

/// A question to the rows, and what is refused when there are such.
pub(crate) struct Question {
    /// What it is about.
    pub(crate) object: String,
    /// Rows in the way, as `FROM .. WHERE ..`.
    pub(crate) rows: String,
    /// What is selected to show them.
    pub(crate) show: String,
    /// The refusal; `{n}` is the number.
    pub(crate) message: String,
    /// What can be done about it.
    pub(crate) cures: Vec<String>,
}

/// Asks what the plan depends on, and adds refusals for what is in the way. What cannot be asked,
/// or takes too long, is said.
pub(super) async fn probe(session: &mut Session, live: &Schema, plan: &mut Plan) {
    let before = Before::new(live, plan);
    let questions = match plan.family {
        Family::Postgres => questions(&before, plan),
        Family::Sqlite => crate::dialect::sqlite::questions(live, plan),
    };
    for question in questions {
        let Question { object, rows, .. } = &question;
        // Existence first: where there is such a row it is often found long before all are read.
        let found = session
            .ask(&format!("SELECT EXISTS (SELECT 1 {rows})::int::int8"), LOOK)
            .await;
        match found {
            Ok(0) => {}
            Ok(_) => {
                let count = format!(
                    "SELECT count(*) FROM (SELECT 1 {rows} LIMIT {}) counted",
                    MOST + 1
                );
                let count = session.ask(&count, COUNT).await;
                let figure = figure(count.unwrap_or(0));
                plan.refusals.push(Refusal {
                    message: question.message.replace("{n}", &figure),
                    find: Some(format!("SELECT {} {rows} LIMIT 20", question.show)),
                    object: question.object,
                    cures: question.cures,
                });
            }
            Err(error) => plan.notes.push(unanswered(object, error)),
        }
    }
    if plan.family == Family::Postgres {
        compute(session, &before, plan).await;
        unasked(&before, plan);
    }
}

/// Lets the server compute what columns of another type are computed from.
async fn compute(session: &mut Session, before: &Before<'_>, plan: &mut Plan) {
    for using in types::usings(before, plan) {
        let refusal = |message: String, find: Option<String>| Refusal {
            object: using.object.clone(),
            message,
            find,
            cures: vec!["correct #[sync(using = \"...\")], or the rows".into()],
        };
        match session.ask(&using.sql, LOOK).await {
            Ok(0) => {}
            Ok(_) => {
                let message =
                    "`using` gives a value that the column refuses: NULL, or too long".into();
                plan.refusals.push(refusal(message, Some(using.find)));
            }
            // What is wrong with a value or with the expression, by class of the SQLSTATE.
            Err(error)
                if using.is_final
                    && ["22", "23", "42"]
                        .iter()
                        .any(|it| error.code.starts_with(it)) =>
            {
                let message = format!("`using` fails: {}", error.message);
                plan.refusals.push(refusal(message, None));
            }
            Err(error) => plan.notes.push(unanswered(&using.object, error)),
        }
    }
}

fn unanswered(object: &str, error: DbError) -> String {
    let reason = if error.code == "57014" {
        format!("that takes longer than {} s", LOOK.as_secs())
    } else {
        // Without hints.
        error.message.lines().next().unwrap_or_default().to_owned()
    };
    format!(
        "{object}: its rows are not checked beforehand: {reason}; if they are in the way, the apply fails there and rolls that step back"
    )
}

/// Says which type changes cannot be asked about.
fn unasked(before: &Before<'_>, plan: &mut Plan) {
    let mut notes = Vec::new();
    for change in &plan.changes {
        if let Some((table, column, Fit::Unknown)) = types::retyped(before, plan, change) {
            notes.push(format!(
                "{table}.{column}: whether its values fit the new type is not checked beforehand; if they do not, the apply fails there and rolls that step back"
            ));
        }
    }
    plan.notes.extend(notes);
}

/// Says a number; 0 is one that could not be counted.
fn figure(n: i64) -> String {
    match n {
        0 => "rows".into(),
        1 => "1 row".into(),
        _ if n > MOST => format!("more than {} rows", thousands(MOST.unsigned_abs())),
        _ => format!("{} rows", thousands(n.unsigned_abs())),
    }
}

/// Names as they are before the plan's renames.
struct Before<'a> {
    live: &'a Schema,
    /// The live schema, with the partitioned tables that the plan makes.
    parted: Cow<'a, Schema>,
    tables: BTreeMap<Name, Name>,
    columns: BTreeMap<(Name, Ident), Ident>,
}

impl<'a> Before<'a> {
    fn new(live: &'a Schema, plan: &Plan) -> Self {
        let mut before = Self {
            live,
            parted: Cow::Borrowed(live),
            tables: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        for change in &plan.changes {
            if let Change::RenameTable { from, to } = change {
                before.tables.insert(to.clone(), from.clone());
            } else if let Change::CreateTable { table } = change
                && table.partition_by.is_some()
            {
                let parted = before.parted.to_mut();
                parted
                    .tables
                    .insert(table.name.clone(), table.clone().into());
            } else if let Change::RenameColumn { table, from, to } = change {
                before
                    .columns
                    .insert((table.clone(), to.clone()), from.clone());
            }
        }
        before
    }

    fn table(&self, name: &Name) -> Option<Name> {
        let name = self.tables.get(name).unwrap_or(name);
        self.live.tables.contains_key(name).then(|| name.clone())
    }

    /// A partitioned table, as it divides rows after the plan.
    fn parent(&self, name: &Name) -> Option<&Table> {
        let old = self.tables.get(name).unwrap_or(name);
        self.parted.tables.get(old).map(|table| &**table)
    }

    fn column(&self, table: &Name, column: &Ident) -> Option<Ident> {
        let old = self
            .columns
            .get(&(table.clone(), column.clone()))
            .unwrap_or(column);
        let table = self.table(table)?;
        self.live
            .tables
            .get(&table)?
            .column(old)
            .map(|column| column.name.clone())
    }

    fn renames_columns(&self, table: &Name) -> bool {
        self.columns.keys().any(|(owner, _)| owner == table)
    }

    fn columns(&self, table: &Name, columns: &[Ident]) -> Option<Vec<Ident>> {
        columns
            .iter()
            .map(|column| self.column(table, column))
            .collect()
    }
}

fn questions(before: &Before<'_>, plan: &Plan) -> Vec<Question> {
    let mut out = Vec::new();
    for change in &plan.changes {
        out.extend(question(before, plan, change));
        out.extend(partition::in_default(before, plan, change));
        out.extend(partition::left_behind(before, plan, change));
        // The rows of one that is made anew are there.
        if let Change::CreateTable { table } = change
            && before.table(&table.name).is_some()
        {
            for constraint in &table.constraints {
                let added = Change::AddConstraint {
                    table: table.name.clone(),
                    constraint: constraint.clone(),
                };
                out.extend(question(before, plan, &added));
            }
        }
    }
    out
}

fn question(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    if let Change::AddColumn {
        table,
        column,
        backfill: None,
    } = change
    {
        return missing_value(before, table, column);
    }
    if let Change::AlterColumn {
        table,
        column,
        change: ColumnChange::SetNotNull { backfill: None },
    } = change
    {
        let (old, name) = (before.table(table)?, before.column(table, &column.name)?);
        return Some(Question {
            object: format!("{table}.{}", column.name),
            rows: format!("FROM {} WHERE {} IS NULL", Quoted(&old), Quoted(&name)),
            show: "*".into(),
            message: "cannot become NOT NULL: {n} with NULL".into(),
            cures: vec!["#[sync(backfill = \"...\")]".into(), "fix the rows".into()],
        });
    }
    if let Change::CreateIndex { table, index } = change
        && index.unique
    {
        // An expression has its columns' names of after the plan.
        let renamed = before.renames_columns(table);
        let keys: Option<Vec<String>> = index
            .parts
            .iter()
            .map(|part| match &part.key {
                IndexKey::Column(column) => {
                    let column = before.column(table, column)?;
                    Some(Quoted(&column).to_string())
                }
                IndexKey::Expr(expr) => (!renamed).then(|| format!("({expr})")),
            })
            .collect();
        let predicate = index.predicate.as_ref().map(ToString::to_string);
        let name = index.name.clone().unwrap_or_default();
        let nulls = index.nulls_not_distinct;
        return duplicates(before, table, &keys?, predicate, &name, nulls);
    }
    let Change::AddConstraint { table, constraint } = change else {
        return labels::removed(before, plan, change)
            .or_else(|| against_domain(before, change))
            .or_else(|| partition::out_of_bound(before, change))
            .or_else(|| types::misfits(before, plan, change));
    };
    // What is only made again holds already.
    let again = plan.changes.iter().any(|other| {
        matches!(other, Change::DropConstraint { table: owner, constraint: gone }
            if owner == table && gone.kind == constraint.kind && !gone.not_valid)
    });
    if again || constraint.not_valid || constraint.not_enforced {
        return None;
    }
    let name = constraint.name.clone().unwrap_or_default();
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            let columns = before.columns(table, &key.columns)?;
            let keys: Vec<String> = columns.iter().map(|key| Quoted(key).to_string()).collect();
            // A period is unique where it does not overlap.
            if key.without_overlaps {
                return None;
            }
            let nulls = key.nulls_not_distinct;
            duplicates(before, table, &keys, None, &name, nulls)
        }
        ConstraintKind::Check { expr, .. } => {
            let old = before.table(table)?;
            let mut now = expr.clone();
            for ((_, new), was) in before.columns.iter().filter(|it| it.0.0 == *table) {
                now = mention_renamed(&now, new, was);
            }
            // Rows with a value that has another name by now get that before.
            let updated = plan.changes.iter().filter_map(|change| {
                let Change::AlterColumn {
                    table: of,
                    column,
                    change: ColumnChange::Values { renamed },
                } = change
                else {
                    return None;
                };
                let name = before.column(table, &column.name)?;
                let old: Vec<String> = renamed.iter().map(|(old, _)| quote_literal(old)).collect();
                (of == table).then(|| format!(" AND {} NOT IN ({})", Quoted(&name), old.join(", ")))
            });
            let updated: String = updated.collect();
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!("FROM {} WHERE NOT ({now}){updated}", Quoted(&old)),
                show: "*".into(),
                message: format!("check ({expr}) cannot be added: {{n}} against it"),
                cures: vec!["fix the rows, or the check".into()],
            })
        }
        ConstraintKind::ForeignKey(key) => {
            let child = before.table(table)?;
            let from = before.columns(table, &key.columns)?;
            let set: Vec<String> = from
                .iter()
                .map(|column| format!("c.{} IS NOT NULL", Quoted(column)))
                .collect();
            let made = plan.changes.iter().any(
                |other| matches!(other, Change::CreateTable { table } if table.name == key.table),
            );
            let parent = before.table(&key.table);
            // A table that the plan makes has no rows, but for one that is made anew.
            let lost = if made && parent.is_none() {
                String::new()
            } else {
                let parent = parent?;
                let to = before.columns(&key.table, &key.references)?;
                let equal: Vec<String> = from
                    .iter()
                    .zip(&to)
                    .map(|(from, to)| format!("p.{} = c.{}", Quoted(to), Quoted(from)))
                    .collect();
                format!(
                    " AND NOT EXISTS (SELECT 1 FROM {} p WHERE {})",
                    Quoted(&parent),
                    equal.join(" AND ")
                )
            };
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!(
                    "FROM {} c WHERE {}{lost}",
                    Quoted(&child),
                    set.join(" AND "),
                ),
                show: "c.*".into(),
                message: format!(
                    "foreign key to {} cannot be added: {{n}} without one",
                    key.table
                ),
                cures: vec!["delete or correct the rows".into()],
            })
        }
        ConstraintKind::Exclude(exclude) => excluded(before, table, &name, exclude),
    }
}

/// Pairs of rows that exclude each other.
fn excluded(
    before: &Before<'_>,
    table: &Name,
    name: &Ident,
    exclude: &Exclude,
) -> Option<Question> {
    // An expression has its columns' names of after the plan.
    let renamed = before.renames_columns(table);
    if renamed {
        return None;
    }
    let old = before.table(table)?;
    let mut values = Vec::new();
    let mut collide = Vec::new();
    for (at, element) in exclude.elements.iter().enumerate() {
        values.push(match &element.part.key {
            IndexKey::Column(column) => {
                format!("{} AS k{at}", Quoted(&before.column(table, column)?))
            }
            IndexKey::Expr(expr) => format!("({expr}) AS k{at}"),
        });
        collide.push(format!("a.k{at} {} b.k{at}", element.operator));
    }
    let only = exclude
        .predicate
        .as_ref()
        .map(|predicate| format!(" WHERE ({predicate})"))
        .unwrap_or_default();
    let side = format!(
        "(SELECT tableoid AS part, ctid AS place, {} FROM {}{only})",
        values.join(", "),
        Quoted(&old)
    );
    Some(Question {
        object: format!("{table}.{name}"),
        rows: format!(
            "FROM {side} a JOIN {side} b ON (a.part, a.place) < (b.part, b.place) AND {}",
            collide.join(" AND ")
        ),
        show: "*".into(),
        message: "exclusion cannot be added: pairs that exclude each other: {n}".into(),
        cures: vec!["delete or correct one row of each pair".into()],
    })
}

/// Values against a condition that a domain gets.
fn against_domain(before: &Before<'_>, change: &Change) -> Option<Question> {
    let Change::AlterDomain { name, from, to } = change else {
        return None;
    };
    let added = to.checks.iter().filter(|check| {
        let known = |other: &&DomainCheck| other.expr == check.expr && !other.not_valid;
        !check.not_valid && from.checks.iter().find(known).is_none()
    });
    let mut against: Vec<String> = added.map(|check| format!("NOT ({})", check.expr)).collect();
    if to.not_null && !from.not_null {
        against.push("value IS NULL".into());
    }
    let base = crate::dialect::postgres::types::spell(&to.base);
    let mut uses = Vec::new();
    for (table, def) in &before.live.tables {
        for column in &def.columns {
            // What is below a table is read with it.
            let below = def.partition_of.is_some();
            if column.ty.user().as_ref() == Some(name) && !column.ty.array && !below {
                // In a condition of a domain the value is called VALUE.
                uses.push(format!(
                    "SELECT {}::text AS place, {}::{base} AS value FROM {}",
                    quote_literal(&format!("{table}.{}", column.name)),
                    Quoted(&column.name),
                    Quoted(table)
                ));
            }
        }
    }
    if uses.is_empty() || against.is_empty() {
        return None;
    }
    Some(Question {
        object: format!("domain {name}"),
        rows: format!(
            "FROM ({}) d WHERE {}",
            uses.join(" UNION ALL "),
            against.join(" OR ")
        ),
        show: "*".into(),
        message: "cannot demand more of its values: {n} with one against it".into(),
        cures: vec!["fix the rows, or the check".into()],
    })
}

fn missing_value(before: &Before<'_>, table: &Name, column: &Column) -> Option<Question> {
    let needs = !column.nullable
        && column.default.is_none()
        && column.identity.is_none()
        && column.generated.is_none();
    if !needs {
        return None;
    }
    let old = before.table(table)?;
    Some(Question {
        object: format!("{table}.{}", column.name),
        rows: format!("FROM {}", Quoted(&old)),
        show: "*".into(),
        message: "cannot be added as NOT NULL without a default: {n} would have no value".into(),
        cures: vec![
            "#[sync(default = \"...\")]".into(),
            "#[sync(backfill = \"...\")]".into(),
            "make the field an Option".into(),
        ],
    })
}

fn duplicates(
    before: &Before<'_>,
    table: &Name,
    keys: &[String],
    predicate: Option<String>,
    name: &Ident,
    nulls_not_distinct: bool,
) -> Option<Question> {
    let old = before.table(table)?;
    let list = keys.join(", ");
    let mut conditions: Vec<String> = Vec::new();
    if !nulls_not_distinct {
        conditions.extend(keys.iter().map(|key| format!("{key} IS NOT NULL")));
    }
    conditions.extend(predicate.map(|predicate| format!("({predicate})")));
    let only = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {} ", conditions.join(" AND "))
    };
    Some(Question {
        object: format!("{table}.{name}"),
        rows: format!(
            "FROM (SELECT {list}, count(*) AS rows_with_it FROM {} {only}GROUP BY {list} HAVING count(*) > 1) d",
            Quoted(&old),
        ),
        show: "*".into(),
        message: format!("cannot be unique over ({list}): values that stand more than once: {{n}}"),
        cures: vec!["delete or merge the duplicates".into()],
    })
}
