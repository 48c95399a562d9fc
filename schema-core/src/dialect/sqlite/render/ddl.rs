//! The text of tables and indexes.

use super::super::conflict::action;
use super::super::{sql, types};
use crate::schema::{
    Action, Column, Constraint, ConstraintKind, ForeignKey, GeneratedKind, Index, IndexKey, Key,
    Name, Quoted, Table,
};

/// Returns CREATE TABLE with all constraints, under the given name.
pub(in crate::dialect::sqlite) fn create_table(table: &Table, name: &Name) -> String {
    let numbered = table
        .columns
        .iter()
        .find(|column| column.identity.is_some())
        .map(|column| &column.name);
    let mut lines: Vec<String> = Vec::new();
    for column in &table.columns {
        let mut line = column_sql(column);
        if numbered == Some(&column.name) {
            // AUTOINCREMENT is part of the column's own PRIMARY KEY.
            let key = table
                .constraints
                .iter()
                .find(|constraint| is_key(constraint));
            let name = key.map(constraint_name).unwrap_or_default();
            let conflict = key.map(on_conflict).unwrap_or_default();
            line.push_str(&format!(" {name}PRIMARY KEY{conflict} AUTOINCREMENT"));
        }
        lines.push(line);
    }
    let (keys, rest): (Vec<_>, Vec<_>) = table.constraints.iter().partition(|c| is_key(c));
    for constraint in keys.into_iter().chain(rest) {
        if numbered.is_none() || !is_key(constraint) {
            lines.push(constraint_sql(constraint));
        }
    }
    let mut options = Vec::new();
    if table.options.strict {
        options.push("STRICT");
    }
    if table.options.without_rowid {
        options.push("WITHOUT ROWID");
    }
    let blank = if options.is_empty() { "" } else { " " };
    format!(
        "CREATE TABLE {} (\n    {}\n){blank}{}",
        Quoted(name),
        lines.join(",\n    "),
        options.join(", ")
    )
}

fn is_key(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::PrimaryKey(_))
}

pub(super) fn column_sql(column: &Column) -> String {
    let mut sql = Quoted(&column.name).to_string();
    let ty = types::sql(&column.ty);
    if !ty.is_empty() {
        sql.push_str(&format!(" {ty}"));
    }
    if let Some(collation) = &column.collation {
        sql.push_str(&format!(" COLLATE {}", Quoted(collation)));
    }
    if !column.nullable && column.identity.is_none() {
        sql.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        let default = default.as_str();
        if sql::is_literal(default) {
            sql.push_str(&format!(" DEFAULT {default}"));
        } else {
            sql.push_str(&format!(" DEFAULT ({default})"));
        }
    }
    if let Some(generated) = &column.generated {
        let kind = match generated.kind {
            GeneratedKind::Stored => "STORED",
            GeneratedKind::Virtual => "VIRTUAL",
        };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({}) {kind}", generated.expr));
    }
    sql
}

fn constraint_name(constraint: &Constraint) -> String {
    match &constraint.name {
        Some(name) => format!("CONSTRAINT {} ", Quoted(name)),
        None => String::new(),
    }
}

fn constraint_sql(constraint: &Constraint) -> String {
    let keyed = |keyword: &str, key: &Key| format!("{keyword} ({})", Quoted(&key.columns));
    let body = match &constraint.kind {
        ConstraintKind::PrimaryKey(key) => keyed("PRIMARY KEY", key),
        ConstraintKind::Unique(key) => keyed("UNIQUE", key),
        ConstraintKind::Check { expr, .. } => format!("CHECK ({expr})"),
        ConstraintKind::ForeignKey(key) => format!(
            "FOREIGN KEY ({}) {}",
            Quoted(&key.columns),
            references(key, constraint)
        ),
        ConstraintKind::Exclude(_) => unreachable!("normalize refuses exclusion constraints"),
    };
    format!(
        "{}{body}{}",
        constraint_name(constraint),
        on_conflict(constraint)
    )
}

fn on_conflict(constraint: &Constraint) -> String {
    let words = action(constraint).map(|action| format!(" ON CONFLICT {action}"));
    words.unwrap_or_default()
}

/// Returns a check or foreign key as it stands in the definition of its column.
pub(super) fn column_constraint_sql(constraint: &Constraint) -> String {
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) => {
            format!(
                "{}{}",
                constraint_name(constraint),
                references(key, constraint)
            )
        }
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclude(_) => constraint_sql(constraint),
    }
}

fn references(key: &ForeignKey, constraint: &Constraint) -> String {
    let mut sql = format!("REFERENCES {}", Quoted(&key.table));
    if !key.references.is_empty() {
        sql.push_str(&format!(" ({})", Quoted(&key.references)));
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let action = match action {
            Action::NoAction => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        sql.push_str(&format!(" ON {event} {action}"));
    }
    if constraint.deferrable {
        sql.push_str(" DEFERRABLE INITIALLY ");
        sql.push_str(match constraint.initially_deferred {
            true => "DEFERRED",
            false => "IMMEDIATE",
        });
    }
    sql
}

/// Returns CREATE INDEX.
pub(in crate::dialect::sqlite) fn create_index(table: &Name, index: &Index) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let mut sql = match &part.key {
                IndexKey::Column(name) => Quoted(name).to_string(),
                IndexKey::Expr(expr) => expr.to_string(),
            };
            if let Some(collation) = &part.collation {
                sql.push_str(&format!(" COLLATE {}", Quoted(collation)));
            }
            if part.descending {
                sql.push_str(" DESC");
            }
            sql
        })
        .collect();
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = index.name.clone().unwrap_or_default();
    let mut sql = format!(
        "CREATE {unique}INDEX IF NOT EXISTS {} ON {} ({})",
        Quoted(&name),
        Quoted(table),
        parts.join(", ")
    );
    if let Some(predicate) = &index.predicate {
        sql.push_str(&format!(" WHERE {predicate}"));
    }
    sql
}
