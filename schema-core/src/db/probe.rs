//! Questions to the data before the first statement: what would fail is refused with the rows.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Session;
use crate::change::{Change, ColumnChange};
use crate::dialect::{self, postgres::fit::Fit};
use crate::plan::{Plan, Refusal};
use crate::schema::{
    Column, ConstraintKind, DataType, DomainCheck, Exclude, Ident, IndexKey, Name, Quoted, Schema,
    UserType, quote_literal,
};

/// How long the rows are looked at for one that is in the way.
const LOOK: Duration = Duration::from_secs(10);

/// How long such rows are counted, and how many at most.
const COUNT: Duration = Duration::from_secs(5);
const MOST: i64 = 1_000;

struct Question {
    object: String,
    /// Rows in the way, as `FROM .. WHERE ..`.
    rows: String,
    /// What is selected to show them.
    show: String,
    /// The refusal; `{n}` is the number.
    message: String,
    cures: Vec<String>,
}

/// Asks what the plan depends on, and adds refusals for what is in the way. What cannot be asked,
/// or takes too long, is said.
pub(super) async fn probe(session: &mut Session, live: &Schema, plan: &mut Plan) {
    for question in questions(live, plan) {
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
            Err(error) => {
                let reason = if error.code == "57014" {
                    format!("that takes longer than {} s", LOOK.as_secs())
                } else {
                    error.message
                };
                plan.notes.push(format!(
                    "{object}: its rows are not checked beforehand: {reason}; if they are in the way, the apply fails there and rolls that step back"
                ));
            }
        }
    }
    unasked(live, plan);
}

/// Says which type changes cannot be asked about.
fn unasked(live: &Schema, plan: &mut Plan) {
    let before = Before::new(live, plan);
    let mut notes = Vec::new();
    for change in &plan.changes {
        if let Some((table, column, Fit::Unknown)) = retyped(&before, plan, change) {
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
        _ if n > MOST => format!("more than {MOST} rows"),
        _ => format!("{n} rows"),
    }
}

/// Names as they are before the plan's renames.
struct Before<'a> {
    live: &'a Schema,
    tables: BTreeMap<Name, Name>,
    columns: BTreeMap<(Name, Ident), Ident>,
}

impl<'a> Before<'a> {
    fn new(live: &'a Schema, plan: &Plan) -> Self {
        let mut before = Self {
            live,
            tables: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        for change in &plan.changes {
            if let Change::RenameTable { from, to } = change {
                before.tables.insert(to.clone(), from.clone());
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

    fn columns(&self, table: &Name, columns: &[Ident]) -> Option<Vec<Ident>> {
        columns
            .iter()
            .map(|column| self.column(table, column))
            .collect()
    }
}

fn questions(live: &Schema, plan: &Plan) -> Vec<Question> {
    let before = Before::new(live, plan);
    let mut out = Vec::new();
    for change in &plan.changes {
        out.extend(question(&before, plan, change));
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
        let renamed = before.columns.keys().any(|(owner, _)| owner == table);
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
        return removed_labels(before, plan, change)
            .or_else(|| against_domain(before, change))
            .or_else(|| misfits(before, plan, change));
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
            let renamed = before.columns.keys().any(|(owner, _)| owner == table);
            if renamed {
                return None;
            }
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!("FROM {} WHERE NOT ({expr})", Quoted(&old)),
                show: "*".into(),
                message: format!("check ({expr}) cannot be added: {{n}} against it"),
                cures: vec!["fix the rows, or the check".into()],
            })
        }
        ConstraintKind::ForeignKey(key) => {
            let (child, parent) = (before.table(table)?, before.table(&key.table)?);
            let from = before.columns(table, &key.columns)?;
            let to = before.columns(&key.table, &key.references)?;
            let set: Vec<String> = from
                .iter()
                .map(|column| format!("c.{} IS NOT NULL", Quoted(column)))
                .collect();
            let equal: Vec<String> = from
                .iter()
                .zip(&to)
                .map(|(from, to)| format!("p.{} = c.{}", Quoted(to), Quoted(from)))
                .collect();
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!(
                    "FROM {} c WHERE {} AND NOT EXISTS (SELECT 1 FROM {} p WHERE {})",
                    Quoted(&child),
                    set.join(" AND "),
                    Quoted(&parent),
                    equal.join(" AND "),
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
    let renamed = before.columns.keys().any(|(owner, _)| owner == table);
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

/// Returns a column whose type changes, and which of its values fit the new one. With `using` the
/// author of the model knows what becomes of them.
fn retyped(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<(Name, Ident, Fit)> {
    let Change::AlterColumn {
        table,
        column,
        change: ColumnChange::Type { from, using: None },
    } = change
    else {
        return None;
    };
    let name = before.column(table, &column.name)?;
    let labels = column.ty.user().and_then(|ty| labels(before, plan, &ty));
    let value = Quoted(&name).to_string();
    let types = (&from.ty, &column.ty);
    let fit = dialect::fit(&plan.facts, plan.family, &value, types, labels.as_deref());
    Some((table.clone(), column.name.clone(), fit))
}

/// Returns the labels that an enum will have.
fn labels(before: &Before<'_>, plan: &Plan, name: &Name) -> Option<Vec<String>> {
    let mut labels = match before.live.types.get(name) {
        Some(UserType::Enum(ty)) => Some(ty.labels.clone()),
        Some(UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_)) | None => None,
    };
    for change in &plan.changes {
        if let Change::CreateType {
            name: made,
            ty: UserType::Enum(ty),
        } = change
            && made == name
        {
            labels = Some(ty.labels.clone());
        } else if let Change::ReplaceEnum { name: made, to, .. } = change
            && made == name
        {
            labels = Some(to.clone());
        } else if let (Change::AddLabel { ty, label, .. }, Some(labels)) = (change, &mut labels)
            && ty == name
        {
            labels.push(label.clone());
        }
    }
    labels
}

fn misfits(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    let (table, column, fit) = retyped(before, plan, change)?;
    let condition = match fit {
        Fit::Unless(condition) => condition,
        Fit::Always | Fit::Unknown => return None,
    };
    let old = before.table(&table)?;
    let line = crate::change::display::line(change);
    Some(Question {
        object: format!("{table}.{column}"),
        rows: format!("FROM {} WHERE {condition}", Quoted(&old)),
        show: "*".into(),
        message: format!(
            "cannot become another type ({}): {{n}} with a value that does not fit",
            line.text
        ),
        cures: vec!["#[sync(using = \"...\")]".into(), "correct the rows".into()],
    })
}

/// Rows with a value that goes, in a column of the type or in one of what is made of it.
fn removed_labels(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    let (name, from, to) = relabelled(plan, change)?;
    let removed: Vec<String> = from
        .iter()
        .filter(|label| !to.contains(label))
        .map(|label| quote_literal(label))
        .collect();
    if removed.is_empty() {
        return None;
    }
    let mut was = name.clone();
    for change in &plan.changes {
        if let Change::RenameType { from, to, .. } = change
            && *to == name
        {
            was = from.clone();
        }
    }
    let has = Labels {
        schema: before.live,
        ty: &was,
        removed: &removed.join(", "),
    };
    let mut uses = Vec::new();
    for table in before.live.tables.values() {
        let goes = |change: &Change| matches!(change, Change::DropTable { table: gone } if gone.name == table.name);
        // Their rows are found through the parent.
        if table.partition_of.is_some() || plan.changes.iter().any(goes) {
            continue;
        }
        for column in &table.columns {
            let leaves = |change: &Change| {
                if let Change::DropColumn {
                    table: owner,
                    column: gone,
                } = change
                {
                    *owner == table.name && gone.name == column.name
                } else if let Change::AlterColumn {
                    table: owner,
                    column: altered,
                    change: ColumnChange::Type { using, .. },
                } = change
                {
                    // Another type is asked about by itself.
                    *owner == table.name
                        && altered.name == column.name
                        && (using.is_some() || altered.ty.user() != column.ty.user())
                } else {
                    false
                }
            };
            if column.inherited || plan.changes.iter().any(leaves) {
                continue;
            }
            let value = Quoted(&column.name).to_string();
            if let Some(condition) = has.within(&value, &column.ty, 0) {
                uses.push(format!(
                    "SELECT {} AS place FROM {} WHERE {condition}",
                    quote_literal(&format!("{}.{}", table.name, column.name)),
                    Quoted(&table.name),
                ));
            }
        }
    }
    if uses.is_empty() {
        return None;
    }
    Some(Question {
        object: format!("type {name}"),
        rows: format!("FROM ({}) d", uses.join(" UNION ALL ")),
        show: "*".into(),
        message: format!(
            "values {} cannot be removed: {{n}} with them",
            removed.join(", ")
        ),
        cures: vec!["give those rows another value first".into()],
    })
}

/// Returns an enum whose labels change by another type, and the labels before and after.
fn relabelled(plan: &Plan, change: &Change) -> Option<(Name, Vec<String>, Vec<String>)> {
    if let Change::ReplaceEnum { name, from, to, .. } = change {
        return Some((name.clone(), from.clone(), to.clone()));
    }
    let Change::RenameType {
        from: name,
        to: aside,
        ty: UserType::Enum(from),
    } = change
    else {
        return None;
    };
    let replaced =
        |change: &&Change| matches!(change, Change::DropType { name, .. } if name == aside);
    plan.changes.iter().find(replaced)?;
    let to = plan.changes.iter().find_map(|change| {
        if let Change::CreateType {
            name: made,
            ty: UserType::Enum(to),
        } = change
        {
            (made == name).then_some(to)
        } else {
            None
        }
    })?;
    Some((name.clone(), from.labels.clone(), to.labels.clone()))
}

/// Labels that are looked for in values.
struct Labels<'a> {
    schema: &'a Schema,
    ty: &'a Name,
    removed: &'a str,
}

impl Labels<'_> {
    /// Returns the condition that a value of a type holds one of them, or `None` if it never does.
    fn within(&self, value: &str, ty: &DataType, depth: usize) -> Option<String> {
        let name = ty.user().filter(|_| depth < 16)?;
        if ty.array {
            let element = format!("e{depth}");
            let of = DataType {
                array: false,
                ..ty.clone()
            };
            let condition = self.within(&element, &of, depth + 1)?;
            // In FROM a row type would come apart into its fields.
            return Some(format!(
                "EXISTS (SELECT 1 FROM (SELECT unnest({value}) AS {element}) a{depth} WHERE {condition})"
            ));
        }
        if name == *self.ty {
            return Some(format!("{value}::text IN ({})", self.removed));
        }
        match self.schema.types.get(&name)? {
            UserType::Enum(_) => None,
            UserType::Domain(domain) => self.within(value, &domain.base, depth + 1),
            UserType::Composite(composite) => {
                let fields = composite.fields.iter().filter_map(|field| {
                    let value = format!("({value}).{}", Quoted(&field.name));
                    self.within(&value, &field.ty, depth + 1)
                });
                let fields: Vec<String> = fields.collect();
                (!fields.is_empty()).then(|| format!("({})", fields.join(" OR ")))
            }
            UserType::Range(range) => {
                let end =
                    |end: &str| self.within(&format!("{end}({value})"), &range.subtype, depth + 1);
                Some(format!("({} OR {})", end("lower")?, end("upper")?))
            }
        }
    }
}
