//! Values for rows that are there: at once in a small table, else piece by piece.

use super::condition::{has_column, has_constraint};
use super::new_column::column_sql;
use super::{Draft, Writer};
use crate::change::{UNFILLED, is_unfilled};
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::spell;
use crate::schema::{
    Column, ConstraintKind, Ident, IndexKey, Name, Quoted, Table, quote_literal, renamed_value,
    temporary,
};
use crate::step::{Batch, HazardKind, Txn};

impl Writer<'_> {
    /// Gives rows without a value one. Where a mark says that this is not done, not without that: NULL
    /// is what somebody has written since.
    pub(super) fn backfill(&self, out: &mut Draft, table: &Name, column: &Column, value: &str) {
        let name = Quoted(&column.name);
        self.update(
            out,
            table,
            format!("{name} = {value}"),
            format!("{name} IS NULL"),
        );
        let is_new = self
            .table_before(table)
            .is_some_and(|it| it.column(&column.name).is_none());
        let marked = match self.mark_before(table, column) {
            Some(mark) => Some(mark.clone()),
            None => (is_new && self.busy(table)).then(|| mark_name(table, column)),
        };
        if let (Some(mark), Some(fill)) = (marked, out.statements.last_mut()) {
            fill.guard = Some(has_constraint(table, &mark));
        }
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

    /// Adds a column that is to be filled. In a table that is not small it comes with a mark that it is
    /// being filled: without it, a run that is stopped would leave a column that looks finished. The
    /// mark demands nothing, and does not come again for a column that is there.
    pub(super) fn add_unfilled(&self, out: &mut Draft, table: &Name, column: &Column) {
        let (owner, name) = (Quoted(table), Quoted(&column.name));
        let definition = column_sql(&self.with_not_null(table, column));
        if !self.busy(table) {
            out.push(Form::AddColumn.sql(format!(
                "ALTER TABLE {owner} ADD COLUMN IF NOT EXISTS {definition}"
            )));
            return;
        }
        let add = Form::AddColumn.sql(format!(
            "ALTER TABLE {owner} ADD COLUMN {definition}, \
             ADD CONSTRAINT {} CHECK ({name} IS NOT NULL OR true) NOT VALID",
            Quoted(&mark_name(table, column))
        ));
        out.push(add.guard(format!("NOT {}", has_column(table, &column.name, ""))));
    }

    /// Takes the mark away, if one is there.
    pub(super) fn unmark_unfilled(&self, out: &mut Draft, table: &Name, column: &Column) {
        let mark = self.mark_before(table, column).cloned();
        if mark.is_none() && !self.busy(table) {
            return;
        }
        out.push(Form::DropConstraint.sql(format!(
            "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
            Quoted(table),
            Quoted(&mark.unwrap_or_else(|| mark_name(table, column)))
        )));
    }

    /// Returns the mark that an earlier run has left at a column which is not filled.
    fn mark_before(&self, table: &Name, column: &Column) -> Option<&Ident> {
        let before = self.table_before(table)?;
        (before.constraints.iter())
            .find(|constraint| is_unfilled(constraint, &column.name))
            .and_then(|constraint| constraint.name.as_ref())
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

/// Returns the name of the mark that a column is being filled.
fn mark_name(table: &Name, column: &Column) -> Ident {
    temporary(UNFILLED, &format!("{}_{}", table.name, column.name))
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
