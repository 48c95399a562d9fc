//! A column changes its type.

use super::column::{collate, set_default};
use super::object::literal;
use super::{Draft, Writer, exclusive};
use crate::dialect::postgres::types::{Cast, is_number, is_textual, spell, type_change};
use crate::schema::{Column, DataType, Name, Quoted, UserType, quote_literal};
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
        let cast = match using {
            Some(using) => format!(" USING {using}"),
            None => (self.conversion(&name, &from.ty, &column.ty))
                .map(|value| format!(" USING {value}"))
                .unwrap_or_default(),
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

    /// Returns the value of the new type, where it is not made by itself.
    fn conversion(&self, name: &str, from: &DataType, to: &DataType) -> Option<String> {
        if from == to {
            return None;
        }
        let ty = spell(to);
        let (old, new) = (self.beneath(from), self.beneath(to));
        let json = |ty: &DataType| {
            ty.schema.is_none() && !ty.array && matches!(ty.name.as_str(), "json" | "jsonb")
        };
        let boolean = |ty: &DataType| *ty == DataType::builtin("boolean");
        let cast = type_change(old, new).cast;
        Some(if json(new) && !json(old) && !is_textual(old) {
            format!("to_{}({name})", new.name)
        } else if boolean(old) && is_number(new) {
            format!("{name}::integer::{ty}")
        } else if is_number(old) && boolean(new) {
            format!("{name} <> 0")
        } else if cast == Cast::Missing {
            // Text is the way that every type knows.
            let array = if from.array && to.array { "[]" } else { "" };
            format!("{name}::text{array}::{ty}")
        } else if cast == Cast::Explicit || to.user().is_some() {
            format!("{name}::{ty}")
        } else {
            return None;
        })
    }

    /// Returns the type beneath domains.
    fn beneath<'t>(&'t self, ty: &'t DataType) -> &'t DataType {
        let mut base = ty;
        // A domain of itself cannot be; a snapshot may still say so.
        for _ in 0..8 {
            let known = (base.user().filter(|_| !base.array))
                .and_then(|name| self.desired.types.get(&name).or(self.live.types.get(&name)));
            let Some(UserType::Domain(domain)) = known else {
                break;
            };
            base = &domain.base;
        }
        base
    }
}
