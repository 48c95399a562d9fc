//! What no model names, tried with the new types of its columns: a check, an index or a computed
//! column that the server does not take with them would stop the plan half-way.

use sqlx::postgres::PgConnection;

use super::missing::missing_objects;
use super::{SETTINGS, UNDO, attempt, is_denied, look_from, run};
use crate::change::{Change, ColumnChange, constraint_uses, index_uses, mentions};
use crate::db::DbError;
use crate::dialect::postgres::render::{bare_constraint_sql, bare_index_sql, column_sql};
use crate::dialect::postgres::types::spell;
use crate::diff::{Refusal, dotted};
use crate::plan::{Plan, kept_cure};
use crate::schema::{Column, ConstraintKind, Ident, Index, Name, Quoted, Schema, Table};
use crate::wording::nowhere;

/// Returns what of the rest stands in the way of a change of a type.
pub async fn in_the_way(
    connection: &mut PgConnection,
    plan: &Plan,
    live: &Schema,
    desired: &Schema,
) -> Result<Vec<Refusal>, DbError> {
    let tried: Vec<Tried<'_>> = (live.tables.values())
        .filter_map(|table| Tried::of(plan, table))
        .collect();
    if tried.is_empty() {
        return Ok(Vec::new());
    }
    run(connection, SETTINGS).await?;
    let outcome = try_all(connection, &tried, live, desired).await;
    run(connection, "ROLLBACK").await?;
    match outcome {
        Err(error) if is_denied(&error) => Ok(Vec::new()),
        outcome => outcome,
    }
}

async fn try_all(
    connection: &mut PgConnection,
    tried: &[Tried<'_>],
    live: &Schema,
    desired: &Schema,
) -> Result<Vec<Refusal>, DbError> {
    missing_objects(connection, desired, live).await?;
    let mut refusals = Vec::new();
    for table in tried {
        table.ask(connection, &mut refusals).await?;
    }
    Ok(refusals)
}

/// A live table of which columns change their types, and what uses these and stays.
struct Tried<'a> {
    /// What it is called in the end.
    name: &'a Name,
    /// Its columns, with the new types.
    columns: Vec<Column>,
    /// The parts by name, each with the statement that makes it on the scratch table.
    parts: Vec<(Ident, String)>,
    /// Where these are not.
    nowhere: &'static str,
    /// What helps where one cannot stay.
    cure: &'static str,
}

impl<'a> Tried<'a> {
    fn of(plan: &'a Plan, table: &'a Table) -> Option<Self> {
        let mut name = &table.name;
        for change in &plan.changes {
            if let Change::RenameTable { from, to } = change
                && from == name
            {
                name = to;
            }
        }
        let mut columns = table.columns.clone();
        let mut retyped = Vec::new();
        for change in &plan.changes {
            let Change::AlterColumn {
                table: of,
                column,
                change: ColumnChange::Type { .. },
            } = change
            else {
                continue;
            };
            if of != name {
                continue;
            }
            let mut renames = plan.changes.iter().filter_map(|renamed| {
                if let Change::RenameColumn { table, from, to } = renamed {
                    (table == name && *to == column.name).then_some(from)
                } else {
                    None
                }
            });
            let old = renames.next_back().unwrap_or(&column.name);
            if let Some(found) = columns.iter_mut().find(|it| it.name == *old) {
                found.ty = column.ty.clone();
                retyped.push(old.clone());
            }
        }
        let mut parts = Vec::new();
        if !retyped.is_empty() {
            parts = stay(plan, table, name, &retyped);
        }
        let computed = |it: &Column| parts.iter().any(|part| part.0 == it.name);
        columns.retain(|it| !computed(it));
        (!parts.is_empty()).then_some(Self {
            name,
            columns,
            parts,
            nowhere: nowhere(&plan.sources),
            cure: kept_cure(&plan.sources),
        })
    }

    /// Undoes it again, and with that lets go of the locks.
    async fn ask(
        &self,
        connection: &mut PgConnection,
        refusals: &mut Vec<Refusal>,
    ) -> Result<(), DbError> {
        run(connection, "SAVEPOINT _sync_table").await?;
        self.ask_parts(connection, refusals).await?;
        run(connection, UNDO).await
    }

    async fn ask_parts(
        &self,
        connection: &mut PgConnection,
        refusals: &mut Vec<Refusal>,
    ) -> Result<(), DbError> {
        look_from(connection, self.name).await?;
        let columns = self.columns.iter();
        let columns = columns.map(|it| format!("{} {}", Quoted(&it.name), spell(&it.ty)));
        let make = format!(
            "CREATE TEMP TABLE {} ({})",
            Quoted(&scratch()),
            columns.collect::<Vec<_>>().join(", ")
        );
        // What is wrong with a type itself is told elsewhere.
        if attempt(connection, &make).await?.is_err() {
            return Ok(());
        }
        for (name, sql) in &self.parts {
            let Err(error) = attempt(connection, sql).await? else {
                continue;
            };
            // An operator, a function or an operator class that there is not for the new type.
            if matches!(error.code.as_str(), "42883" | "42804" | "42704" | "42846") {
                refusals.push(Refusal::new(
                    dotted(self.name, name),
                    format!(
                        "is {}, and cannot stay with the new type of its column: {}",
                        self.nowhere, error.message
                    ),
                    self.cure,
                ));
            }
        }
        Ok(())
    }
}

fn scratch() -> Name {
    Name::new("pg_temp", "_sync_rest")
}

/// Returns the parts that no model names and that use one of some columns, each with the statement
/// that makes it.
fn stay(plan: &Plan, table: &Table, name: &Name, retyped: &[Ident]) -> Vec<(Ident, String)> {
    let left = |part: &Ident, kinds: &[&str]| {
        let object = dotted(name, part);
        let mut leftovers = plan.leftovers.iter();
        leftovers.any(|it| it.object == object && kinds.contains(&it.kind.as_str()))
    };
    let alter = format!("ALTER TABLE {}", Quoted(&scratch()));
    let mut parts = Vec::new();
    for constraint in &table.constraints {
        let Some(part) = constraint
            .name
            .as_ref()
            .filter(|it| left(it, &["constraint"]))
        else {
            continue;
        };
        let kind = &constraint.kind;
        let asked = matches!(
            kind,
            ConstraintKind::Check { .. } | ConstraintKind::Exclude(_)
        );
        if asked && retyped.iter().any(|it| constraint_uses(constraint, it)) {
            let sql = format!("{alter} ADD {}", bare_constraint_sql(constraint));
            parts.push((part.clone(), sql));
        }
    }
    for index in &table.indexes {
        let Some(part) = (index.name.as_ref()).filter(|it| left(it, &["index", "unique index"]))
        else {
            continue;
        };
        if retyped.iter().any(|it| index_uses(index, it)) {
            let own = Index {
                name: Some(Ident::new(format!("_sync_rest_{}", parts.len()))),
                ..index.clone()
            };
            parts.push((part.clone(), bare_index_sql(&scratch(), &own)));
        }
    }
    for column in &table.columns {
        let from = column.generated.as_ref().map(|it| &it.expr);
        let used = from.is_some_and(|expr| retyped.iter().any(|it| mentions(expr, it)));
        if used && left(&column.name, &["column"]) {
            let plain = Column {
                nullable: true,
                not_null_name: None,
                ..column.clone()
            };
            let sql = format!("{alter} ADD COLUMN {}", column_sql(&plain));
            parts.push((column.name.clone(), sql));
        }
    }
    parts
}
