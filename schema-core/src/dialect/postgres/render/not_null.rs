//! NOT NULL: demanded of rows that are there while writers go on.

use super::constraint::{has_constraint, validate};
use super::{Draft, Writer};
use crate::dialect::postgres::form::Form;
use crate::schema::{Column, Expr, Ident, Name, Quoted, clip};

impl Writer<'_> {
    /// Demands a value; rows that came without one while the others were filled get `value`.
    pub(super) fn set_not_null(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        value: Option<&Expr>,
    ) {
        let set = |form: Form| {
            form.sql(format!(
                "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                Quoted(table),
                Quoted(&column.name)
            ))
        };
        if !self.busy(table) {
            out.push(set(Form::SetNotNull));
            self.name_not_null(out, table, column, None);
            return;
        }
        out.note = format!("validated while writers go on ({})", self.figures(table));
        let probe = format!("_sync_nn_{}_{}", table.name, column.name);
        let probe = Ident::new(clip(&probe, 63));
        out.push(
            Form::AddCheckNotValid
                .sql(format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID",
                    Quoted(table),
                    Quoted(&probe),
                    Quoted(&column.name)
                ))
                .guard(format!("NOT {}", has_constraint(table, &probe))),
        );
        if let Some(value) = value {
            self.backfill(out, table, column, value.as_str());
        }
        out.push(validate(table, &probe));
        out.push(set(Form::SetNotNullProven));
        out.push(Form::DropConstraint.sql(format!(
            "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
            Quoted(table),
            Quoted(&probe)
        )));
        self.name_not_null(out, table, column, None);
    }

    /// PostgreSQL 18 names NOT NULL constraints.
    pub(super) fn name_not_null(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        from: Option<&Ident>,
    ) {
        if self.facts.version < 180_000 {
            return;
        }
        let plain = Ident::new(crate::schema::object_name(
            table.name.as_str(),
            column.name.as_str(),
            "not_null",
        ));
        let from = from.cloned().unwrap_or_else(|| plain.clone());
        let to = column.not_null_name.clone().unwrap_or(plain);
        if from != to {
            out.push(
                Form::RenameConstraint
                    .sql(format!(
                        "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                        Quoted(table),
                        Quoted(&from),
                        Quoted(&to)
                    ))
                    .guard(has_constraint(table, &from)),
            );
        }
    }
}
