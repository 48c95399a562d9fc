//! Values for rows that are there: at once in a small table, else piece by piece.

use super::{Draft, Writer};
use crate::change::unfilled_name;
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::spell;
use crate::schema::{
    Column, ConstraintKind, Ident, IndexKey, Name, Quoted, Table, quote_literal, renamed_value,
};
use crate::step::{Batch, HazardKind, Txn};

impl Writer<'_> {
    /// Gives rows without a value one.
    pub(super) fn backfill(&self, out: &mut Draft, table: &Name, column: &Column, value: &str) {
        let name = Quoted(&column.name);
        self.update(
            out,
            table,
            format!("{name} = {value}"),
            format!("{name} IS NULL"),
        );
    }

    /// Gives rows with an old value of a text the new one.
    pub(super) fn rename_values(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        renamed: &[(String, String)],
    ) {
        let name = Quoted(&column.name).to_string();
        let old: Vec<String> = renamed.iter().map(|(old, _)| quote_literal(old)).collect();
        let only = format!("{name} IN ({})", old.join(", "));
        let set = format!("{name} = {}", renamed_value(&name, renamed));
        self.update(out, table, set, only);
        out.note = format!("rows are updated ({})", self.figures(table));
        for (old, _) in renamed {
            out.hazard(
                HazardKind::BreaksRunningApp,
                format!(
                    "value {table}.{}.{old}: the release that is running knows it by this name",
                    column.name
                ),
            );
        }
    }

    fn update(&self, out: &mut Draft, table: &Name, set: String, only: String) {
        let name = Quoted(table).to_string();
        let statement = Form::Backfill.sql(format!("UPDATE {name} SET {set} WHERE {only}"));
        out.push(if self.busy(table) {
            statement.txn(Txn::Own).batch(Batch {
                table: name,
                set,
                only,
                key: self.fill_key(table),
                rows: self.size(table).rows,
            })
        } else {
            statement
        });
    }

    /// Leaves a mark that a new column is being filled: without it, a run that is stopped would
    /// leave a column that looks finished. The mark demands nothing.
    pub(super) fn mark_unfilled(&self, out: &mut Draft, table: &Name, column: &Column) {
        if !self.busy(table) {
            return;
        }
        let name = unfilled_name(&table.name, &column.name);
        out.push(
            Form::AddCheckNotValid
                .sql(format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL OR true) NOT VALID",
                    Quoted(table),
                    Quoted(&name),
                    Quoted(&column.name)
                ))
                .guard(format!(
                    "NOT {}",
                    super::condition::has_constraint(table, &name)
                )),
        );
    }

    /// Takes the mark away, if one is there.
    pub(super) fn unmark_unfilled(&self, out: &mut Draft, table: &Name, column: &Column) {
        if !self.busy(table) {
            return;
        }
        let live = self.was.get(table).unwrap_or(table);
        let live = self.live.tables.get(live);
        let marks = live.into_iter().flat_map(|table| &table.constraints);
        let mark = marks
            .filter(|constraint| crate::change::is_unfilled(constraint, &column.name))
            .find_map(|constraint| constraint.name.clone())
            .unwrap_or_else(|| unfilled_name(&table.name, &column.name));
        out.push(Form::DropConstraint.sql(format!(
            "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
            Quoted(table),
            Quoted(&mark)
        )));
    }

    /// Returns the columns of a key by which a table can be gone through, with their types: it was
    /// there before this plan, has no NULLs, and the plan leaves it as it is.
    fn fill_key(&self, table: &Name) -> Vec<(String, String)> {
        let old = self.was.get(table).unwrap_or(table);
        let (Some(live), Some(desired)) =
            (self.live.tables.get(old), self.desired.tables.get(table))
        else {
            return Vec::new();
        };
        let typed = |columns: &[Ident]| -> Option<Vec<(String, String)>> {
            let of = |name: &Ident| {
                let (before, after) = (live.column(name)?, desired.column(name)?);
                let same = before.ty == after.ty && !before.nullable;
                same.then(|| (Quoted(name).to_string(), spell(&after.ty)))
            };
            columns.iter().map(of).collect()
        };
        keys(live)
            .iter()
            .find_map(|columns| typed(columns))
            .unwrap_or_default()
    }
}

/// Returns the keys of a table, the primary key first.
fn keys(table: &Table) -> Vec<Vec<Ident>> {
    let mut keys: Vec<Vec<Ident>> = Vec::new();
    for constraint in &table.constraints {
        match &constraint.kind {
            ConstraintKind::PrimaryKey(key) => keys.insert(0, key.columns.clone()),
            ConstraintKind::Unique(key) => keys.push(key.columns.clone()),
            ConstraintKind::Check { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => {}
        }
    }
    for index in &table.indexes {
        let whole = index.unique && index.predicate.is_none() && !index.invalid;
        let columns = index.parts.iter().map(|part| match &part.key {
            IndexKey::Column(column) => Some(column.clone()),
            IndexKey::Expr(_) => None,
        });
        if let (true, Some(columns)) = (whole, columns.collect()) {
            keys.push(columns);
        }
    }
    keys
}
