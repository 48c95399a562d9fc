//! Constraints: keys, checks, foreign keys, exclusions.

use super::condition::has_constraint;
use std::collections::BTreeSet;
use std::fmt::Write;

use super::index::{named, part_sql, tie_index};
use super::object::{comment, literal};
use super::table::{parameters, storage};
use super::{Draft, Writer};
use crate::change::{Change, ColumnChange, Object, listed};
use crate::dialect::postgres::form::Form;
use crate::schema::{
    Action, Constraint, ConstraintKind, ExcludeElement, Ident, Index, IndexPart, Key, Match, Name,
    Quoted, quote_literal,
};
use crate::step::{HazardKind, Statement, Txn};
use crate::wording::some_of;

impl Writer<'_> {
    pub(super) fn add_constraint(&self, out: &mut Draft, table: &Name, constraint: &Constraint) {
        let name = constraint.name.clone().unwrap_or_default();
        let busy = self.busy(table);
        let parent_busy = match &constraint.kind {
            ConstraintKind::ForeignKey(key) => self.busy(&key.table),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclude(_) => false,
        };
        let valid = if constraint.not_valid {
            " NOT VALID"
        } else {
            ""
        };
        match &constraint.kind {
            ConstraintKind::Check { .. }
                if busy && !constraint.not_valid && !constraint.not_enforced =>
            {
                out.push(add_constraint_sql(table, constraint, " NOT VALID"));
                out.push(validate(table, &name));
                out.note = format!("validated while writers go on ({})", self.figures(table));
            }
            ConstraintKind::Check { .. } => {
                out.push(add_constraint_sql(table, constraint, valid));
            }
            ConstraintKind::ForeignKey(_)
                if (busy || parent_busy)
                    && !constraint.not_valid
                    && !constraint.not_enforced
                    && (!self.partitioned(table) || self.facts.version >= 180_000) =>
            {
                let statement = add_constraint_sql(table, constraint, " NOT VALID");
                out.push(statement);
                out.push(validate(table, &name));
                out.note = format!("validated while writers go on ({})", self.figures(table));
            }
            ConstraintKind::ForeignKey(_)
                if (busy || parent_busy)
                    && !constraint.not_valid
                    && !constraint.not_enforced
                    && self.sees_all(table) =>
            {
                self.foreign_key_of_partitions(out, table, constraint);
            }
            ConstraintKind::ForeignKey(_) => {
                let statement = add_constraint_sql(table, constraint, valid);
                out.push(statement);
                if busy {
                    out.hazard(
                        HazardKind::BlockingScan,
                        format!(
                            "table {table}: foreign key {name} reads it ({}) while writers wait",
                            self.figures(table)
                        ),
                    );
                }
            }
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)
                if (busy && !self.key_is_held(table) || self.is_built(table, &name, key))
                    && !self.partitioned(table)
                    && !key.without_overlaps =>
            {
                self.key_using_index(out, table, constraint, key);
            }
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)
                if (self.by_partition(table) && !self.key_is_held(table)
                    || self.key_is_begun(table, constraint, key)
                    || self.would_take_a_unique(table, constraint))
                    && !key.without_overlaps =>
            {
                self.key_of_partitions(out, table, constraint, key, None);
            }
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Exclude(_) => {
                out.push(add_constraint_sql(table, constraint, ""));
                if busy {
                    self.built_under_lock(out, table, &name);
                }
            }
        }
        constraint_details(out, table, constraint);
    }

    /// The hazard of a key or an exclusion that is not made online.
    pub(super) fn built_under_lock(&self, out: &mut Draft, table: &Name, name: &Ident) {
        out.hazard(
            HazardKind::BlockingIndex,
            format!(
                "table {table}: the index of {name} is built ({}) under ACCESS EXCLUSIVE",
                self.figures(table)
            ),
        );
    }

    /// The hazard of a check whose successor lists fewer values: labels of an enum that is text.
    pub(super) fn lost_values(&self, out: &mut Draft, table: &Name, constraint: &Constraint) {
        let Some((column, old)) = listed_by(constraint) else {
            return;
        };
        let mut new = None;
        let mut renamed = BTreeSet::new();
        for change in self.changes {
            if let Change::AddConstraint {
                table: on,
                constraint,
            } = change
                && on == table
                && let Some((_, values)) = listed_by(constraint).filter(|it| it.0 == column)
            {
                new = Some(values);
            } else if let Change::AlterColumn {
                table: on,
                column: of,
                change,
            } = change
                && let ColumnChange::Values { renamed: values } = change
                && (on, &of.name) == (table, &column)
            {
                renamed.extend(values.iter().map(|(old, _)| old.clone()));
            }
        }
        let Some(new) = new else { return };
        let lost = old.difference(&new).filter(|it| !renamed.contains(*it));
        let lost: Vec<String> = lost.map(|value| quote_literal(value)).collect();
        if !lost.is_empty() {
            out.hazard(
                HazardKind::DataLoss,
                format!(
                    "column {table}.{column}: {} no longer among its values",
                    some_of(lost.into_iter())
                ),
            );
        }
    }

    pub(super) fn validate_constraint(
        &self,
        out: &mut Draft,
        table: &Name,
        constraint: &Constraint,
    ) {
        let name = constraint.name.clone().unwrap_or_default();
        if let ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) = &constraint.kind {
            self.key_of_partitions(out, table, constraint, key, None);
            return;
        }
        out.push(validate(table, &name));
        out.note = format!("validated while writers go on ({})", self.figures(table));
    }

    /// The index of a key is there: a run was cut off before the key took it.
    fn is_built(&self, table: &Name, name: &Ident, key: &Key) -> bool {
        let table = self.live.tables.get(table);
        table.is_some_and(|table| table.has_index_for(name, key))
    }
}

/// Returns the column of a check that says no more than which texts it may have, and those.
fn listed_by(constraint: &Constraint) -> Option<(Ident, BTreeSet<String>)> {
    match &constraint.kind {
        ConstraintKind::Check { expr, .. } => listed(expr),
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => None,
    }
}

/// What is said of a constraint that is new, and of its index.
pub(super) fn constraint_details(out: &mut Draft, table: &Name, constraint: &Constraint) {
    let Some(name) = &constraint.name else { return };
    let object = Object::Constraint(table.clone(), name.clone());
    comment(out, &object, constraint.comment.as_ref());
    let index = table.sibling(name.clone());
    tie_index(out, &index, &BTreeSet::new(), &constraint.index_extensions);
    let object = Object::Index(index);
    comment(out, &object, constraint.index_comment.as_ref());
}

pub(super) fn alter_constraint(out: &mut Draft, table: &Name, from: &Constraint, to: &Constraint) {
    let name = to
        .name
        .clone()
        .or_else(|| from.name.clone())
        .unwrap_or_default();
    if let (Some(before), Some(after)) = (from.kind.parameters(), to.kind.parameters()) {
        named(out, table, from.name.as_ref(), to.name.as_ref());
        let (from, to) = (before, after);
        let index = table.sibling(name.clone());
        storage(out, "INDEX", Form::AlterIndex, &index, from, to);
        return;
    }
    let mut words = String::new();
    if from.deferrable != to.deferrable || from.initially_deferred != to.initially_deferred {
        words.push_str(if to.deferrable {
            " DEFERRABLE"
        } else {
            " NOT DEFERRABLE"
        });
        words.push_str(if to.initially_deferred {
            " INITIALLY DEFERRED"
        } else {
            " INITIALLY IMMEDIATE"
        });
    }
    out.push(Form::AlterConstraint.sql(format!(
        "ALTER TABLE {} ALTER CONSTRAINT {}{words}",
        Quoted(table),
        Quoted(&name)
    )));
}

/// Returns the word of a key.
pub(super) fn key_word(constraint: &Constraint) -> &'static str {
    match constraint.kind {
        ConstraintKind::PrimaryKey(_) => "PRIMARY KEY",
        ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => "UNIQUE",
    }
}

pub(super) fn key_sql(word: &str, key: &Key) -> String {
    let mut columns = Quoted(&key.columns).to_string();
    if key.without_overlaps {
        columns.push_str(" WITHOUT OVERLAPS");
    }
    let nulls = if key.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    let mut sql = format!("{word}{nulls} ({columns})");
    if !key.include.is_empty() {
        let _ = write!(sql, " INCLUDE ({})", Quoted(&key.include));
    }
    if !key.with.is_empty() {
        let _ = write!(sql, " WITH ({})", parameters(&key.with));
    }
    if let Some(tablespace) = &key.tablespace {
        let _ = write!(sql, " USING INDEX TABLESPACE {}", Quoted(tablespace));
    }
    sql
}

pub(super) fn deferral(constraint: &Constraint) -> &'static str {
    match (constraint.deferrable, constraint.initially_deferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    }
}

/// A constraint without its name.
pub(super) fn constraint_sql(constraint: &Constraint) -> String {
    let mut sql = match &constraint.kind {
        ConstraintKind::PrimaryKey(key) => key_sql("PRIMARY KEY", key),
        ConstraintKind::Unique(key) => key_sql("UNIQUE", key),
        ConstraintKind::Check { expr, no_inherit } => {
            format!(
                "CHECK ({expr}){}",
                if *no_inherit { " NO INHERIT" } else { "" }
            )
        }
        ConstraintKind::ForeignKey(key) => {
            let period = |columns: &[Ident]| {
                let mut parts: Vec<String> = columns
                    .iter()
                    .map(|column| Quoted(column).to_string())
                    .collect();
                if key.period
                    && let Some(last) = parts.last_mut()
                {
                    *last = format!("PERIOD {last}");
                }
                parts.join(", ")
            };
            let mut sql = format!(
                "FOREIGN KEY ({}) REFERENCES {} ({})",
                period(&key.columns),
                Quoted(&key.table),
                period(&key.references)
            );
            if key.matching == Match::Full {
                sql.push_str(" MATCH FULL");
            }
            if let Some(word) = action(key.on_update) {
                let _ = write!(sql, " ON UPDATE {word}");
            }
            if let Some(word) = action(key.on_delete) {
                let _ = write!(sql, " ON DELETE {word}");
                if !key.on_delete_columns.is_empty() {
                    let _ = write!(sql, " ({})", Quoted(&key.on_delete_columns));
                }
            }
            sql
        }
        ConstraintKind::Exclude(exclude) => {
            let elements: Vec<String> = exclude.elements.iter().map(element_sql).collect();
            let mut sql = format!("EXCLUDE USING {} ({})", exclude.method, elements.join(", "));
            if !exclude.include.is_empty() {
                let _ = write!(sql, " INCLUDE ({})", Quoted(&exclude.include));
            }
            if !exclude.with.is_empty() {
                let _ = write!(sql, " WITH ({})", parameters(&exclude.with));
            }
            if let Some(predicate) = &exclude.predicate {
                let _ = write!(sql, " WHERE ({predicate})");
            }
            sql
        }
    };
    sql.push_str(deferral(constraint));
    if constraint.not_enforced {
        sql.push_str(" NOT ENFORCED");
    }
    sql
}

pub(super) fn element_sql(element: &ExcludeElement) -> String {
    format!("{} WITH {}", part_sql(&element.part), element.operator)
}

pub(super) fn action(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}

pub(super) fn named_constraint(constraint: &Constraint) -> String {
    match &constraint.name {
        Some(name) => format!("CONSTRAINT {} {}", Quoted(name), constraint_sql(constraint)),
        None => constraint_sql(constraint),
    }
}

pub(super) fn add_constraint_sql(table: &Name, constraint: &Constraint, valid: &str) -> Statement {
    let name = constraint.name.clone().unwrap_or_default();
    let valid = if constraint.not_enforced { "" } else { valid };
    let open = constraint.not_enforced || !valid.is_empty();
    let form = match &constraint.kind {
        ConstraintKind::Check { .. } if open => Form::AddCheckNotValid,
        ConstraintKind::Check { .. } => Form::AddCheck,
        ConstraintKind::ForeignKey(_) if open => Form::AddForeignKeyNotValid,
        ConstraintKind::ForeignKey(_) => Form::AddForeignKey,
        ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) => Form::AddKey,
        ConstraintKind::Exclude(_) => Form::AddExclusion,
    };
    form.sql(format!(
        "ALTER TABLE {} ADD {}{valid}",
        Quoted(table),
        named_constraint(constraint)
    ))
    .guard(format!("NOT {}", has_constraint(table, &name)))
}

pub(super) fn validate(table: &Name, name: &Ident) -> Statement {
    validate_all(table, std::slice::from_ref(name))
}

/// Returns the index that serves a key.
pub(super) fn key_index(key: &Key, name: Ident) -> Index {
    let part = |column: &Ident| IndexPart::column(column.clone());
    Index {
        name: Some(name),
        unique: true,
        parts: key.columns.iter().map(part).collect(),
        include: key.include.clone(),
        nulls_not_distinct: key.nulls_not_distinct,
        with: key.with.clone(),
        tablespace: key.tablespace.clone(),
        ..Index::default()
    }
}

/// Proves several constraints of a table: one pass for all checks.
pub(super) fn validate_all(table: &Name, names: &[Ident]) -> Statement {
    let each: Vec<String> = names
        .iter()
        .map(|name| format!("VALIDATE CONSTRAINT {}", Quoted(name)))
        .collect();
    let listed: Vec<String> = names
        .iter()
        .map(|name| quote_literal(name.as_str()))
        .collect();
    // Validating what is valid does nothing, so one that is open is reason enough for all.
    let guard = format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass({}) AND conname IN ({}) AND NOT convalidated)",
        literal(table),
        listed.join(", ")
    );
    Form::Validate
        .sql(format!("ALTER TABLE {} {}", Quoted(table), each.join(", ")))
        .txn(Txn::Own)
        .guard(guard)
}

/// Drops a constraint, under the name that it has by now.
pub(super) fn drop_constraint_sql(
    table: &Name,
    constraint: &Constraint,
    name: &Ident,
) -> Statement {
    let form = match constraint.kind {
        ConstraintKind::ForeignKey(_) => Form::DropForeignKey,
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclude(_) => Form::DropConstraint,
    };
    form.sql(format!(
        "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
        Quoted(table),
        Quoted(name)
    ))
}
