//! Columns, constraints and indexes in a few words, for people: all that is not the common way.

use std::fmt;

use crate::schema::{
    Column, Constraint, ConstraintKind, Identity, Index, IndexKey, IndexPart, Match,
    SequenceOptions,
};

pub(super) fn describe_column(column: &Column) -> String {
    let mut text = format!("{} {}", column.name, column.ty);
    if !column.nullable {
        text.push_str(" not null");
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(" default {default}"));
    }
    if let Some(identity) = &column.identity {
        text.push_str(&format!(" {}", describe_identity(identity)));
    }
    if let Some(generated) = &column.generated {
        text.push_str(&format!(" generated as {}", generated.expr));
    }
    text
}

pub(super) fn describe_identity(identity: &Identity) -> &'static str {
    if identity.always {
        "identity always"
    } else {
        "identity by default"
    }
}

pub(super) fn constraint_kind(constraint: &Constraint) -> &'static str {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(_) => "primary key",
        ConstraintKind::Unique(_) => "unique",
        ConstraintKind::Check { .. } => "check",
        ConstraintKind::ForeignKey(_) => "foreign key",
        ConstraintKind::Exclude(_) => "exclude",
    }
}

pub(super) fn constraint_name(constraint: &Constraint) -> String {
    match &constraint.name {
        Some(name) => name.to_string(),
        None => format!("({})", constraint_body(constraint)),
    }
}

fn constraint_body(constraint: &Constraint) -> String {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => list(&key.columns),
        ConstraintKind::Check { expr, .. } => expr.to_string(),
        ConstraintKind::ForeignKey(key) => {
            let columns = list(&key.columns);
            if key.references.is_empty() {
                format!("{columns}) → {}", key.table)
            } else {
                format!("{columns}) → {} ({}", key.table, list(&key.references))
            }
        }
        ConstraintKind::Exclude(exclude) => {
            let elements = exclude.elements.iter();
            let elements: Vec<String> = elements
                .map(|element| {
                    format!("{} with {}", describe_part(&element.part), element.operator)
                })
                .collect();
            elements.join(", ")
        }
    }
}

pub(super) fn describe_constraint(constraint: &Constraint) -> String {
    let body = constraint_body(constraint);
    let close = match &constraint.kind {
        ConstraintKind::ForeignKey(key) if key.references.is_empty() => "",
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => ")",
    };
    let name = constraint.name.iter().map(|name| format!("{name} "));
    let mut text: String = name.collect();
    text.push_str(&format!("({body}{close}"));
    for more in besides(constraint) {
        text.push_str(&format!(" {more}"));
    }
    text
}

/// What a constraint says that is not the common way.
fn besides(constraint: &Constraint) -> Vec<String> {
    let mut said = Vec::new();
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            if !key.include.is_empty() {
                said.push(format!("include ({})", list(&key.include)));
            }
            if key.nulls_not_distinct {
                said.push("nulls not distinct".into());
            }
            if key.without_overlaps {
                said.push("without overlaps".into());
            }
        }
        ConstraintKind::Check { no_inherit, .. } => {
            said.extend(no_inherit.then(|| "no inherit".to_owned()));
        }
        ConstraintKind::ForeignKey(key) => {
            match key.matching {
                Match::Simple => {}
                Match::Full => said.push("match full".into()),
            }
            if let Some(action) = key.on_delete.word() {
                let only = match key.on_delete_columns.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", list(&key.on_delete_columns)),
                };
                said.push(format!("on delete {action}{only}"));
            }
            said.extend(
                key.on_update
                    .word()
                    .map(|action| format!("on update {action}")),
            );
        }
        ConstraintKind::Exclude(exclude) => {
            said.extend(exclude.predicate.iter().map(|it| format!("where {it}")));
        }
    }
    match (constraint.deferrable, constraint.initially_deferred) {
        (_, true) => said.push("deferrable initially deferred".into()),
        (true, false) => said.push("deferrable".into()),
        (false, false) => {}
    }
    if constraint.not_enforced {
        said.push("not enforced".into());
    } else if constraint.not_valid {
        said.push("not valid".into());
    }
    said
}

/// What changes of the numbers of a sequence.
pub(super) fn aspect_of_sequence(from: &SequenceOptions, to: &SequenceOptions) -> Vec<String> {
    let own = |number: Option<i64>| match number {
        Some(number) => number.to_string(),
        None => "default".into(),
    };
    let numbers = [
        ("start", from.start, to.start),
        ("increment", from.increment, to.increment),
        ("min", from.min, to.min),
        ("max", from.max, to.max),
        ("cache", from.cache, to.cache),
    ];
    let changed = numbers.into_iter().filter(|(_, from, to)| from != to);
    let mut said: Vec<String> = changed
        .map(|(word, from, to)| format!("{word} {} → {}", own(from), own(to)))
        .collect();
    match (from.cycle, to.cycle) {
        (false, true) => said.push("cycle".into()),
        (true, false) => said.push("no cycle".into()),
        (true, true) | (false, false) => {}
    }
    said
}

pub(super) fn index_kind(index: &Index) -> &'static str {
    if index.unique {
        "unique index"
    } else {
        "index"
    }
}

pub(super) fn index_name(index: &Index) -> String {
    match &index.name {
        Some(name) => name.to_string(),
        None => format!("({})", parts(&index.parts)),
    }
}

pub(crate) fn describe_index(index: &Index) -> String {
    let mut text = format!("({})", parts(&index.parts));
    if let Some(name) = &index.name {
        text = format!("{name} {text}");
    }
    if index.method != "btree" {
        text.push_str(&format!(" using {}", index.method));
    }
    if !index.include.is_empty() {
        text.push_str(&format!(" include ({})", list(&index.include)));
    }
    if index.nulls_not_distinct {
        text.push_str(" nulls not distinct");
    }
    if let Some(predicate) = &index.predicate {
        text.push_str(&format!(" where {predicate}"));
    }
    text
}

fn parts(parts: &[IndexPart]) -> String {
    let parts: Vec<String> = parts.iter().map(describe_part).collect();
    parts.join(", ")
}

fn describe_part(part: &IndexPart) -> String {
    let mut text = match &part.key {
        IndexKey::Column(name) => name.to_string(),
        IndexKey::Expr(expr) if is_call(expr.sql()) => expr.to_string(),
        IndexKey::Expr(expr) => format!("({expr})"),
    };
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" collate {collation}"));
    }
    if let Some(opclass) = &part.opclass {
        text.push_str(&format!(" {opclass}"));
    }
    if part.descending {
        text.push_str(" desc");
    }
    match part.nulls_first {
        Some(true) if !part.descending => text.push_str(" nulls first"),
        Some(false) if part.descending => text.push_str(" nulls last"),
        Some(_) | None => {}
    }
    text
}

/// Tells whether an expression begins with a call and needs no parentheses to be read.
fn is_call(sql: &str) -> bool {
    let name = sql.split('(').next().unwrap_or_default();
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '"');
    !name.is_empty() && name.chars().all(part) && sql.ends_with(')')
}

pub(super) fn list(names: &[impl fmt::Display]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}
