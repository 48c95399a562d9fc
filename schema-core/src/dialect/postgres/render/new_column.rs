//! Columns that come: what defines one, and how it is filled and numbered.

use std::fmt::Write;

use super::column::{collate, set_default};
use super::condition::has_column;
use super::object::{comment, literal};
use super::sequence::{
    add_identity, has_no_identity, identity_sql, sequence_options, type_of_identity,
};
use super::{Draft, Writer};
use crate::change::{Change, Object};
use crate::dialect::postgres::expression::text::as_default;
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::spell;
use crate::schema::{
    Column, DataType, Expr, Generated, GeneratedKind, Identity, Name, Quoted, UserType, temporary,
};
use crate::step::{HazardKind, Statement};

impl Writer<'_> {
    /// Tells whether NOT NULL has to come after the column: where it is not for those that inherit,
    /// PostgreSQL 18 takes it for theirs, and finds no constraint there.
    fn demanded_alone(&self, table: &Name, column: &Column) -> bool {
        let with_column = !column.nullable && !column.not_null_unvalidated;
        with_column && column.not_null_no_inherit && self.has_heirs(table)
    }

    /// Adds a column that numbers itself, where others inherit it: the server adds none such there.
    /// A sequence of ours numbers the rows first, those of the others too.
    fn add_numbered(&self, out: &mut Draft, table: &Name, column: &Column, identity: &Identity) {
        let sequence = table.sibling(temporary(
            "numbers",
            &format!("{}_{}", table.name, column.name),
        ));
        let name = Quoted(&column.name);
        let alone = self.demanded_alone(table, column);
        let plain = Column {
            nullable: column.nullable || alone,
            identity: None,
            default: Some(Expr::printed(format!("nextval({})", literal(&sequence)))),
            ..column.clone()
        };
        let added = format!("NOT {}", has_column(table, &column.name, ""));
        let create = format!(
            "CREATE SEQUENCE {} AS {}{}",
            Quoted(&sequence),
            spell(&column.ty),
            sequence_options(&identity.options)
        );
        out.push(Form::CreateSequence.sql(create).guard(added));
        let add = column_sql(&self.with_not_null(table, &plain));
        out.push(Form::AddColumnRewrite.sql(format!(
            "ALTER TABLE {} ADD COLUMN IF NOT EXISTS {add}",
            Quoted(table),
        )));
        let undefault = Form::SetDefault.sql(format!(
            "ALTER TABLE {} ALTER COLUMN {name} DROP DEFAULT",
            Quoted(table)
        ));
        out.push(undefault.guard(has_no_identity(table, column)));
        let drop = format!("DROP SEQUENCE IF EXISTS {}", Quoted(&sequence));
        out.push(Form::DropSequence.sql(drop));
        if alone {
            self.add_not_null(out, table, column);
        }
        add_identity(out, table, column, identity, None);
    }

    pub(super) fn add_column(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        backfill: Option<&crate::schema::Expr>,
    ) {
        let add = |form: Form, column: &Column| {
            form.sql(format!(
                "ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}",
                Quoted(table),
                column_sql(&self.with_not_null(table, column))
            ))
        };
        let volatile = column
            .default
            .as_ref()
            .is_some_and(|default| is_volatile(default.as_str()));
        let rewrites = volatile
            || self.constrained(&column.ty)
            || column.identity.is_some()
            || column
                .generated
                .as_ref()
                .is_some_and(|generated| generated.kind == GeneratedKind::Stored);
        // No default comes to rows that are values of other columns too, but by an UPDATE.
        let of_values = column.default.as_ref().filter(|_| self.is_a_type(table));
        match backfill.or(of_values) {
            Some(value) => {
                // Add it empty, fill it, then demand it.
                let open = Column {
                    nullable: true,
                    default: None,
                    not_null_name: None,
                    ..column.clone()
                };
                self.add_unfilled(out, table, &open);
                if column.default.is_some() {
                    out.push(self.first_default(table, column));
                }
                self.backfill(out, table, column, value.as_str());
                if !column.nullable {
                    self.set_not_null(out, table, &[column], Some(value));
                }
                self.unmark_unfilled(out, table, column);
                // The change itself names the value.
                let how = if self.busy(table) {
                    "rows are filled piece by piece"
                } else {
                    "rows are filled"
                };
                out.note = format!("{how} ({})", self.figures(table));
            }
            None if column.identity.is_some() && self.busy(table) && !self.has_heirs(table) => {
                self.number_later(out, table, column);
            }
            None if volatile && self.busy(table) => {
                let open = Column {
                    nullable: true,
                    default: None,
                    not_null_name: None,
                    ..column.clone()
                };
                self.add_unfilled(out, table, &open);
                out.push(self.first_default(table, column));
                let value = column.default.clone().unwrap_or_default();
                self.backfill(out, table, column, value.as_str());
                if !column.nullable {
                    self.set_not_null(out, table, &[column], None);
                }
                self.unmark_unfilled(out, table, column);
                out.note = format!(
                    "existing rows get their values afterwards ({})",
                    self.figures(table)
                );
            }
            None => {
                let form = if rewrites {
                    Form::AddColumnRewrite
                } else {
                    Form::AddColumn
                };
                match &column.identity {
                    Some(identity) if self.has_heirs(table) => {
                        self.add_numbered(out, table, column, identity);
                    }
                    Some(_) | None if self.demanded_alone(table, column) => {
                        let open = Column {
                            nullable: true,
                            ..column.clone()
                        };
                        out.push(add(form, &open));
                        self.add_not_null(out, table, column);
                    }
                    Some(_) | None => out.push(add(form, column)),
                }
                let numbered = column.identity.as_ref().filter(|it| it.numbers.is_some());
                if let Some(identity) = numbered.filter(|_| !self.has_heirs(table)) {
                    type_of_identity(out, table, column, identity);
                }
                if rewrites && self.busy(table) {
                    out.note = format!("rewrites the table ({})", self.figures(table));
                    out.hazard(
                        HazardKind::Rewrite,
                        format!(
                            "table {table}: column {} rewrites it ({}) under ACCESS EXCLUSIVE: readers and writers wait",
                            column.name,
                            self.figures(table)
                        ),
                    );
                }
            }
        }
        self.demanded_of_inserts(out, table, column);
        for statement in self.column_settings(table, &Column::default(), column) {
            out.push(statement);
        }
        self.not_null_of_new(out, table, column);
        comment(
            out,
            &Object::Column(table.clone(), column.name.clone()),
            column.comment.as_ref(),
        );
        self.give_back(out, table, Some(&column.name));
    }

    /// The hazard of a column that nothing fills from now on where an insert does not name it.
    pub(super) fn demanded_of_inserts(&self, out: &mut Draft, table: &Name, column: &Column) {
        let filled = column.default.is_some()
            || column.identity.is_some()
            || column.generated.is_some()
            || self.has_default(&column.ty);
        if !column.nullable && !filled {
            out.hazard(
                HazardKind::BreaksRunningApp,
                format!(
                    "column {table}.{}: NOT NULL without default: inserts of the release that is running fail",
                    column.name
                ),
            );
        }
    }

    /// The hazard of a column that was given its numbers, and takes none from now on.
    pub(super) fn numbers_always(&self, out: &mut Draft, table: &Name, column: &Column) {
        let always = |column: &Column| column.identity.as_ref().is_some_and(|it| it.always);
        let renamed = self.changes.iter().find_map(|change| {
            if let Change::RenameColumn {
                table: of,
                from,
                to,
            } = change
            {
                (of == table && *to == column.name).then_some(from)
            } else {
                None
            }
        });
        let before = self.table_before(table);
        let before = before.and_then(|it| it.column(renamed.unwrap_or(&column.name)));
        // One that a run before this one numbers is not the release's.
        let ours = |before: &Column| {
            let mut sequences = self.live.sequences.keys();
            sequences.any(|name| name.name.is_temporary() && before.takes_from(name))
        };
        if always(column) && before.is_some_and(|before| !always(before) && !ours(before)) {
            out.hazard(
                HazardKind::BreaksRunningApp,
                format!(
                    "column {table}.{}: GENERATED ALWAYS: inserts of the release that is running fail where they give it a number",
                    column.name
                ),
            );
        }
    }

    /// Gives a new column its default, and those below it too: once, for they may have others by now.
    fn first_default(&self, table: &Name, column: &Column) -> Statement {
        let set = set_default(table, column, column.default.as_ref());
        if self.has_children(table) {
            return set.guard(has_column(table, &column.name, "NOT atthasdef"));
        }
        set
    }

    /// Tells whether a type is a domain that has a default.
    fn has_default(&self, ty: &DataType) -> bool {
        let known = ty
            .user()
            .filter(|_| !ty.array)
            .and_then(|name| self.desired.types.get(&name));
        matches!(known, Some(UserType::Domain(domain))
            if domain.default.is_some() || self.has_default(&domain.base))
    }

    /// What a new column's definition does not say of its NOT NULL.
    pub(super) fn not_null_of_new(&self, out: &mut Draft, table: &Name, column: &Column) {
        if column.nullable {
            return;
        }
        if column.not_null_unvalidated && !column.inherited {
            self.add_not_null(out, table, column);
        }
        let object = Object::Constraint(table.clone(), column.name_of_not_null(table));
        comment(out, &object, column.not_null_comment.as_ref());
    }

    /// Tells whether a type is a domain with a check: the server tries every row's NULL on it.
    fn constrained(&self, ty: &DataType) -> bool {
        let known = ty
            .user()
            .filter(|_| !ty.array)
            .and_then(|name| self.desired.types.get(&name));
        matches!(known, Some(UserType::Domain(domain))
            if domain.not_null || !domain.checks.is_empty() || self.constrained(&domain.base))
    }
}

pub(super) fn column_sql(column: &Column) -> String {
    let mut sql = format!("{} {}", Quoted(&column.name), spell(&column.ty));
    sql.push_str(&collate(column.collation.as_ref()));
    if let Some(identity) = &column.identity {
        let _ = write!(sql, " {}", identity_sql(identity));
    }
    if let Some(default) = &column.default {
        let _ = write!(sql, " DEFAULT {}", as_default(default));
    }
    if let Some(generated) = &column.generated {
        let _ = write!(sql, " {}", generated_sql(generated));
    }
    if !column.nullable && !column.not_null_unvalidated {
        if let Some(name) = &column.not_null_name {
            let _ = write!(sql, " CONSTRAINT {}", Quoted(name));
        }
        sql.push_str(" NOT NULL");
        if column.not_null_no_inherit {
            sql.push_str(" NO INHERIT");
        }
    }
    sql
}

fn generated_sql(generated: &Generated) -> String {
    let kind = match generated.kind {
        GeneratedKind::Stored => "STORED",
        GeneratedKind::Virtual => "VIRTUAL",
    };
    format!("GENERATED ALWAYS AS ({}) {kind}", generated.expr)
}

/// What a new partition computes otherwise than the table above.
pub(super) fn computed_otherwise_sql(column: &Column) -> String {
    let generated = column.generated.as_deref().map(generated_sql);
    format!(
        "{} WITH OPTIONS {}",
        Quoted(&column.name),
        generated.unwrap_or_default()
    )
}

/// Functions whose value differs from row to row, so that a default cannot be stored once.
pub(crate) fn is_volatile(default: &str) -> bool {
    const CALLS: [&str; 9] = [
        "random(",
        "clock_timestamp(",
        "timeofday(",
        "gen_random_uuid(",
        "uuidv7(",
        "uuidv4(",
        "uuid_generate_v",
        "nextval(",
        "setseed(",
    ];
    let lower = default.to_lowercase();
    CALLS.iter().any(|call| lower.contains(call))
}
