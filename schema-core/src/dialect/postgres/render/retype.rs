//! A column changes its type.

use super::column::{collate, set_default};
use super::object::literal;
use super::{Draft, Writer, exclusive};
use crate::dialect::postgres::types::{Cast, spell, type_change};
use crate::schema::{Column, Name, Quoted, UserType, quote_literal};
use crate::step::{HazardKind, Work};

impl Writer<'_> {
    pub(super) fn retype(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        from: &Column,
        using: Option<&crate::schema::Expr>,
    ) {
        let alter = format!(
            "ALTER TABLE {} ALTER COLUMN {}",
            Quoted(table),
            Quoted(&column.name)
        );
        let cost = type_change(&from.ty, &column.ty);
        let name = Quoted(&column.name).to_string();
        let enums = |ty: &crate::schema::DataType| {
            let is = |name: Name| matches!(self.desired.types.get(&name), Some(UserType::Enum(_)));
            ty.user().is_some_and(is)
        };
        let cast = match using {
            Some(using) => format!(" USING {using}"),
            None if from.ty == column.ty => String::new(),
            // From one enum to another there is a way only by text.
            None if enums(&from.ty) && enums(&column.ty) => {
                let array = if column.ty.array { "[]" } else { "" };
                format!(" USING {name}::text{array}::{}", spell(&column.ty))
            }
            None if (cost.cast == Cast::Explicit) || column.ty.user().is_some() => {
                format!(" USING {name}::{}", spell(&column.ty))
            }
            None => String::new(),
        };
        // A default of the old type may have no cast to the new one.
        let redefault = from.default.is_some() && from.ty.name != column.ty.name;
        if redefault {
            out.push(exclusive(format!("{alter} DROP DEFAULT")));
        }
        let guard = format!(
            "(SELECT pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {}) IS DISTINCT FROM {}",
            literal(table),
            quote_literal(column.name.as_str()),
            quote_literal(&spell(&column.ty)),
        );
        let retyped = from.ty != column.ty;
        let work = if cost.rewrite {
            Work::Rewrite
        } else {
            Work::Brief
        };
        let statement = exclusive(format!(
            "{alter} TYPE {}{}{cast}",
            spell(&column.ty),
            collate(column.collation.as_ref())
        ))
        .work(work);
        out.push(if retyped && using.is_some() {
            statement.guard(guard)
        } else {
            statement
        });
        if redefault && column.default.is_some() {
            out.push(set_default(table, column, column.default.as_ref()));
        }
        out.note = if cost.rewrite {
            "rewrites the table".into()
        } else {
            "instant, no rewrite".into()
        };
        if cost.rewrite && self.busy(table) {
            out.note = format!("rewrites the table ({})", self.figures(table));
            out.hazard(
                HazardKind::Rewrite,
                format!(
                    "column {table}.{}: {} → {} rewrites the table ({}) under ACCESS EXCLUSIVE: readers and writers wait",
                    column.name,
                    from.ty,
                    column.ty,
                    self.figures(table)
                ),
            );
        }
        if cost.narrowing {
            out.hazard(
                HazardKind::Narrowing,
                format!(
                    "column {table}.{}: {} → {} can lose or refuse values",
                    column.name, from.ty, column.ty
                ),
            );
        }
    }
}
