//! What tables keep of what a table above lets go of.
//!
//! ALTER TABLE ONLY takes it from that table alone, and leaves it to those below. Before
//! PostgreSQL 18 a partitioned table takes it from its partitions too: there it is set again, and
//! rows are proven by a check meanwhile where the table is large.

use super::condition::has_constraint;
use super::constraint::{add_constraint_sql, drop_constraint_sql, validate};
use super::partition::drop_checks;
use super::{Draft, Writer};
use crate::change::{Change, ColumnChange, Kept, children};
use crate::dialect::postgres::form::Form;
use crate::schema::{Column, Constraint, ConstraintKind, Ident, Name, Quoted, Table, temporary};
use crate::step::Statement;

impl Writer<'_> {
    /// Allows NULL in a table alone: some below go on to demand a value.
    pub(super) fn drop_not_null_alone(&self, out: &mut Draft, table: &Name, column: &Column) {
        let name = Quoted(&column.name);
        let drop = |only: &str| {
            let sql = format!(
                "ALTER TABLE {only}{} ALTER COLUMN {name} DROP NOT NULL",
                Quoted(table)
            );
            Form::DropNotNull.sql(sql)
        };
        if self.alters_alone(table) {
            out.push(drop("ONLY "));
            return;
        }
        // It has gone with that of the table above, and those below have it again.
        let gone = self.changes.iter().any(|change| {
            matches!(change, Change::AlterColumn { table: above, column: of, change: ColumnChange::DropNotNull { alone: true } }
                if of.name == column.name && self.is_part_of(table, above))
        });
        if gone {
            return;
        }
        let demands = |table: &Table| {
            let column = table.column(&column.name);
            column.is_some_and(|column| !column.nullable)
        };
        let keepers = self.keepers(table, &demands, &demands);
        let probe = |keeper: &Table| temporary("kept", &format!("{}_{}", keeper.name, column.name));
        for keeper in keepers.iter().filter(|it| self.busy(&it.name)) {
            let (keeper, probe) = (&keeper.name, probe(keeper));
            let add = format!(
                "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({name} IS NOT NULL) NOT VALID",
                Quoted(keeper),
                Quoted(&probe)
            );
            let missing = format!("NOT {}", has_constraint(keeper, &probe));
            out.push(Form::AddCheckNotValid.sql(add).guard(missing));
            out.push(validate(keeper, &probe));
        }
        out.push(drop(""));
        for keeper in keepers {
            let busy = self.busy(&keeper.name);
            let form = if busy {
                Form::SetNotNullProven
            } else {
                Form::SetNotNull
            };
            out.push(form.sql(format!(
                "ALTER TABLE {} ALTER COLUMN {name} SET NOT NULL",
                Quoted(&keeper.name)
            )));
            if busy {
                out.push(drop_checks(&keeper.name, &[&probe(keeper)]));
                self.note_kept(out, &keeper.name);
            }
        }
    }

    /// Drops a constraint; a check that tables below keep, from its table alone.
    pub(super) fn drop_constraint(&self, out: &mut Draft, table: &Name, constraint: &Constraint) {
        let name = constraint.name.clone().unwrap_or_default();
        let drop = drop_constraint_sql(table, constraint, &name);
        if !self.goes_alone(table, constraint) {
            out.push(drop);
            return;
        }
        if self.alters_alone(table) {
            out.push(only(drop));
            return;
        }
        let gone = self.changes.iter().any(|change| {
            matches!(change, Change::DropConstraint { table: above, constraint: other }
                if other.name == constraint.name && self.is_part_of(table, above))
        });
        if gone {
            return;
        }
        let had = |table: &Table| check(table, &name).is_some();
        let keeps = |table: &Table| {
            let own = check(table, &name).is_some_and(|it| !it.inherited);
            own && !self.adds_constraint(&table.name, &name)
        };
        let keepers = self.keepers(table, &had, &keeps);
        let kept = keepers
            .iter()
            .filter_map(|it| Some((&it.name, check(it, &name)?)));
        let kept: Vec<(&Name, &Constraint)> = kept.collect();
        let aside = temporary("kept", name.as_str());
        for (keeper, check) in kept.iter().filter(|(keeper, _)| self.busy(keeper)) {
            let twin = Constraint {
                name: Some(aside.clone()),
                ..(*check).clone()
            };
            out.push(add_constraint_sql(keeper, &twin, " NOT VALID"));
            if !twin.not_valid && !twin.not_enforced {
                out.push(validate(keeper, &aside));
            }
        }
        out.push(drop);
        for (keeper, check) in kept {
            if !self.busy(keeper) {
                let valid = if check.not_valid { " NOT VALID" } else { "" };
                out.push(add_constraint_sql(keeper, check, valid));
                continue;
            }
            let rename = format!(
                "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                Quoted(keeper),
                Quoted(&aside),
                Quoted(&name)
            );
            let there = has_constraint(keeper, &aside);
            out.push(Form::RenameConstraint.sql(rename).guard(there));
            self.note_kept(out, keeper);
        }
    }

    /// Drops a check that takes part in a swap.
    pub(super) fn drop_swapped(&self, table: &Name, old: &Constraint) -> Statement {
        let name = old.name.clone().unwrap_or_default();
        let drop = drop_constraint_sql(table, old, &name);
        if self.goes_alone(table, old) && self.alters_alone(table) {
            only(drop)
        } else {
            drop
        }
    }

    /// Tells whether tables below keep a check that goes. One that comes again goes below too, and
    /// comes there: what a table says itself stays.
    fn goes_alone(&self, table: &Name, constraint: &Constraint) -> bool {
        let name = constraint.name.clone().unwrap_or_default();
        let kept = (self.kept).get_or_init(|| Kept::new(self.desired));
        let from_above = |table: &Table| check(table, &name).is_some_and(|it| it.inherited);
        let own = |table: &Table| check(table, &name).is_some_and(|it| !it.inherited);
        kept.has_check(table, constraint)
            && !(self.adds_constraint(table, &name)
                && self.keepers(table, &from_above, &own).is_empty())
    }

    fn note_kept(&self, out: &mut Draft, keeper: &Name) {
        out.note = format!(
            "{keeper} keeps it: validated while writers go on ({})",
            self.figures(keeper)
        );
    }

    /// Tells whether a table can let go of what its partitions keep: before PostgreSQL 18 a
    /// partitioned one takes it from them.
    fn alters_alone(&self, table: &Name) -> bool {
        self.facts.version >= 180_000 || !self.partitioned(table)
    }

    /// Tells whether a table is a partition of another, before and after.
    fn is_part_of(&self, table: &Name, above: &Name) -> bool {
        let below = |table: Option<&Table>| {
            let partition = table.and_then(|table| table.partition_of.as_ref());
            partition.is_some_and(|partition| partition.parent == *above)
        };
        below(self.live_table(table)) && below(self.desired.tables.get(table).map(|it| &**it))
    }

    fn adds_constraint(&self, table: &Name, name: &Ident) -> bool {
        self.changes_of(table).any(|(_, change)| {
            matches!(change, Change::AddConstraint { constraint, .. }
                if constraint.name.as_ref() == Some(name))
        })
    }

    /// The topmost tables below one that had something from above, and are to have it by themselves.
    fn keepers(
        &self,
        table: &Name,
        had: &dyn Fn(&Table) -> bool,
        keeps: &dyn Fn(&Table) -> bool,
    ) -> Vec<&Table> {
        let mut found = Vec::new();
        let mut open = children(self.desired, table);
        while let Some(name) = open.pop() {
            let before = self.live_table(&name);
            let after = self.desired.tables.get(&name).map(|table| &**table);
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            if had(before) && keeps(after) {
                found.push(after);
            } else {
                open.extend(children(self.desired, &name));
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }
}

/// Takes something from one table alone.
fn only(drop: Statement) -> Statement {
    let sql = drop.sql.replacen("ALTER TABLE ", "ALTER TABLE ONLY ", 1);
    Statement { sql, ..drop }
}

/// Returns the check of a table that has this name.
fn check<'a>(table: &'a Table, name: &Ident) -> Option<&'a Constraint> {
    let checks = table.constraints.iter();
    let mut checks = checks.filter(|it| matches!(it.kind, ConstraintKind::Check { .. }));
    checks.find(|it| it.name.as_ref() == Some(name))
}
