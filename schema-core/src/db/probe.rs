//! Questions to the data before the first statement: what would fail is refused with the rows.

use std::collections::BTreeMap;

use super::Session;
use crate::change::{Change, ColumnChange};
use crate::plan::{Plan, Refusal};
use crate::schema::{Column, ConstraintKind, Ident, IndexKey, Name, Quoted, Schema, quote_literal};

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

/// Asks what the plan depends on, and adds refusals for what is in the way.
pub(super) async fn probe(session: &mut Session, live: &Schema, plan: &mut Plan) {
    for question in questions(live, plan) {
        // Existence first: it is cheap where nothing is in the way only if an index helps, but
        // never dearer than the count.
        let count = session
            .fetch_i64(&format!("SELECT count(*) {}", question.rows))
            .await;
        match count {
            Ok(0) => {}
            Ok(n) => plan.refusals.push(Refusal {
                object: question.object,
                message: question.message.replace("{n}", &figure(n)),
                find: Some(format!(
                    "SELECT {} {} LIMIT 20",
                    question.show, question.rows
                )),
                cures: question.cures,
            }),
            Err(error) => plan.notes.push(format!(
                "{}: the rows could not be checked before: {}",
                question.object, error.message
            )),
        }
    }
}

fn figure(n: i64) -> String {
    if n == 1 {
        "1 row".into()
    } else {
        format!("{n} rows")
    }
}

/// Names as they are before the plan's renames.
struct Before<'a> {
    live: &'a Schema,
    tables: BTreeMap<Name, Name>,
    columns: BTreeMap<(Name, Ident), Ident>,
}

impl Before<'_> {
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
    let mut before = Before {
        live,
        tables: BTreeMap::new(),
        columns: BTreeMap::new(),
    };
    let mut out = Vec::new();
    for change in &plan.changes {
        if let Change::RenameTable { from, to } = change {
            before.tables.insert(to.clone(), from.clone());
        } else if let Change::RenameColumn { table, from, to } = change {
            before
                .columns
                .insert((table.clone(), to.clone()), from.clone());
        }
    }
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
        let columns: Option<Vec<Ident>> = index
            .parts
            .iter()
            .map(|part| match &part.key {
                IndexKey::Column(column) => Some(column.clone()),
                IndexKey::Expr(_) => None,
            })
            .collect();
        let predicate = index.predicate.as_ref().map(ToString::to_string);
        let name = index.name.clone().unwrap_or_default();
        return duplicates(before, table, &columns?, predicate, &name);
    }
    let Change::AddConstraint { table, constraint } = change else {
        return removed_labels(before, change);
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
            duplicates(before, table, &key.columns, None, &name)
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
        ConstraintKind::Exclude(_) => None,
    }
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
    columns: &[Ident],
    predicate: Option<String>,
    name: &Ident,
) -> Option<Question> {
    let old = before.table(table)?;
    let columns = before.columns(table, columns)?;
    let list = Quoted(&columns).to_string();
    let mut conditions: Vec<String> = columns
        .iter()
        .map(|column| format!("{} IS NOT NULL", Quoted(column)))
        .collect();
    conditions.extend(predicate.map(|predicate| format!("({predicate})")));
    Some(Question {
        object: format!("{table}.{name}"),
        rows: format!(
            "FROM (SELECT {list}, count(*) AS rows_with_it FROM {} WHERE {} GROUP BY {list} HAVING count(*) > 1) d",
            Quoted(&old),
            conditions.join(" AND "),
        ),
        show: "*".into(),
        message: format!("cannot be unique over ({list}): values that stand more than once: {{n}}"),
        cures: vec!["delete or merge the duplicates".into()],
    })
}

fn removed_labels(before: &Before<'_>, change: &Change) -> Option<Question> {
    let Change::ReplaceEnum {
        name,
        from,
        to,
        columns,
    } = change
    else {
        return None;
    };
    let removed: Vec<String> = from
        .iter()
        .filter(|label| !to.contains(label))
        .map(|label| quote_literal(label))
        .collect();
    if removed.is_empty() {
        return None;
    }
    let uses: Vec<String> = columns
        .iter()
        .filter_map(|(table, column)| {
            let old = before.table(table)?;
            let column = before.column(table, &column.name)?;
            Some(format!(
                "SELECT {} AS place FROM {} WHERE {}::text IN ({})",
                quote_literal(&format!("{table}.{column}")),
                Quoted(&old),
                Quoted(&column),
                removed.join(", "),
            ))
        })
        .collect();
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
