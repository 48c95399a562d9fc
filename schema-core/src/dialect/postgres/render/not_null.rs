//! NOT NULL: demanded of rows that are there while writers go on.
//!
//! Up to PostgreSQL 17 a check that is validated later proves it, and goes when it has. A run that
//! was cut off leaves the check, whose name begins with `_sync_`: the next one drops it and begins
//! again. From 18 on the constraint itself is NOT VALID first: the next run finds it so, and
//! validates it.

use super::condition::{has_column, has_constraint};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::constraint::validate_all;
use super::{Draft, Writer};
use crate::change::{Change, ColumnChange};
use crate::dialect::postgres::form::Form;
use crate::schema::{
    Column, Expr, Ident, Name, Quoted, Schema, Table, own_not_null, quote_literal, temporary,
};
use crate::step::Statement;

impl Writer<'_> {
    /// Demands it of several columns: the table is read once. Rows that came without a value while
    /// the others were filled get `value`.
    pub(super) fn set_not_null(
        &self,
        out: &mut Draft,
        table: &Name,
        columns: &[&Column],
        value: Option<&Expr>,
    ) {
        let (odd, columns): (Vec<&Column>, Vec<&Column>) =
            (columns.iter()).partition(|column| is_odd(column));
        for column in odd {
            self.add_not_null(out, table, column);
        }
        let (come, columns): (Vec<&Column>, Vec<&Column>) =
            (columns.into_iter()).partition(|column| self.comes_named(table, column));
        for column in come {
            out.push(Form::SetNotNullProven.sql(format!(
                "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                Quoted(table),
                Quoted(&column.name)
            )));
        }
        if columns.is_empty() {
            return;
        }
        let alter = |form: Form, actions: Vec<String>| -> Statement {
            form.sql(format!(
                "ALTER TABLE {} {}",
                Quoted(table),
                actions.join(", ")
            ))
        };
        let each = |action: &dyn Fn(&Column) -> String| -> Vec<String> {
            columns.iter().map(|column| action(column)).collect()
        };
        let set = || {
            each(&|column| {
                let name = Quoted(&column.name);
                if self.not_null_taken(table, column) {
                    let own = column.name_of_not_null(table);
                    format!("ADD CONSTRAINT {} NOT NULL {name}", Quoted(&own))
                } else {
                    format!("ALTER COLUMN {name} SET NOT NULL")
                }
            })
        };
        let by_server = (columns.iter()).filter(|column| !self.not_null_taken(table, column));
        if !self.busy(table) {
            out.push(alter(Form::SetNotNull, set()));
            for column in by_server {
                self.name_not_null(out, table, column, None);
            }
            return;
        }
        out.note = format!("validated while writers go on ({})", self.figures(table));
        if self.facts.version >= 180_000 && value.is_none() {
            let names: Vec<Ident> = columns
                .iter()
                .map(|column| column.name_of_not_null(table))
                .collect();
            let add = each(&|column| {
                format!(
                    "ADD CONSTRAINT {} NOT NULL {} NOT VALID",
                    Quoted(&column.name_of_not_null(table)),
                    Quoted(&column.name)
                )
            });
            let open: Vec<String> = columns
                .iter()
                .map(|column| quote_literal(column.name.as_str()))
                .collect();
            let guard = format!(
                "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname IN ({}) AND NOT attnotnull)",
                super::object::literal(table),
                open.join(", ")
            );
            out.push(alter(Form::AddNotNull, add).guard(guard));
            out.push(validate_all(table, &names));
            return;
        }
        let probes: Vec<Ident> = columns
            .iter()
            .map(|column| temporary("nn", &format!("{}_{}", table.name, column.name)))
            .collect();
        let add = columns
            .iter()
            .zip(&probes)
            .map(|(column, probe)| {
                format!(
                    "ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID",
                    Quoted(probe),
                    Quoted(&column.name)
                )
            })
            .collect();
        let missing: Vec<String> = probes
            .iter()
            .map(|probe| format!("NOT {}", has_constraint(table, probe)))
            .collect();
        let drop = probes
            .iter()
            .map(|probe| format!("DROP CONSTRAINT IF EXISTS {}", Quoted(probe)))
            .collect();
        out.push(alter(Form::AddCheckNotValid, add).guard(missing.join(" AND ")));
        if let Some(value) = value {
            for column in &columns {
                self.backfill(out, table, column, value.as_str());
            }
        }
        out.push(validate_all(table, &probes));
        // Two statements: in one, the checks would be gone before they prove anything.
        out.push(alter(Form::SetNotNullProven, set()));
        out.push(alter(Form::DropConstraint, drop));
        for column in by_server {
            self.name_not_null(out, table, column, None);
        }
    }

    /// Adds the constraint by itself: NOT VALID, or not for those that inherit (PostgreSQL 18).
    pub(super) fn add_not_null(&self, out: &mut Draft, table: &Name, column: &Column) {
        let mut words = String::new();
        if column.not_null_unvalidated {
            words.push_str(" NOT VALID");
        }
        if column.not_null_no_inherit {
            words.push_str(" NO INHERIT");
        }
        let name = column.name_of_not_null(table);
        let form = if column.not_null_unvalidated {
            Form::AddNotNull
        } else {
            Form::SetNotNull
        };
        out.push(
            form.sql(format!(
                "ALTER TABLE {} ADD CONSTRAINT {} NOT NULL {}{words}",
                Quoted(table),
                Quoted(&name),
                Quoted(&column.name)
            ))
            .guard(format!("NOT {}", has_constraint(table, &name))),
        );
    }

    /// Tells whether NOT NULL constraints have names: on PostgreSQL 18, and in a script for whatever
    /// server of what one of those has.
    pub(super) fn names_not_nulls(&self) -> bool {
        match self.facts.version {
            0 => !self.desired.not_nulls_unnamed,
            version => version >= 180_000,
        }
    }

    /// PostgreSQL 18 names NOT NULL constraints.
    pub(super) fn name_not_null(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        from: Option<&Ident>,
    ) {
        if !self.names_not_nulls() {
            return;
        }
        let to = column.name_of_not_null(table);
        let from = from
            .cloned()
            .unwrap_or_else(|| own_not_null(table, &column.name));
        if from != to {
            out.push(
                Form::RenameConstraint
                    .sql(format!(
                        "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                        Quoted(table),
                        Quoted(&from),
                        Quoted(&to)
                    ))
                    .guard(is_not_null_of(table, &from, &column.name)),
            );
        }
    }
}

impl Writer<'_> {
    /// Tells whether a table that inherits has a NOT NULL from above already, by the name that its
    /// own is to have: said again, it is its own too (PostgreSQL 18).
    fn comes_named(&self, table: &Name, column: &Column) -> bool {
        let own = column.name_of_not_null(table);
        let parents = self.desired.tables.get(table).map(|table| &table.inherits);
        let mut parents = parents.into_iter().flatten();
        self.facts.version >= 180_000
            && parents.any(|parent| {
                // A column that is new comes to the table itself first.
                let before = self.table_before(parent);
                let known = before.is_some_and(|it| it.column(&column.name).is_some());
                let after = self.desired.tables.get(parent).filter(|_| known);
                let after = after.and_then(|after| after.column(&column.name));
                after.is_some_and(|it| !it.nullable && it.name_of_not_null(parent) == own)
            })
    }

    /// Returns the column with the name of its NOT NULL, where the server would choose another.
    pub(super) fn with_not_null<'a>(&self, table: &Name, column: &'a Column) -> Cow<'a, Column> {
        if column.nullable || !self.not_null_taken(table, column) {
            return Cow::Borrowed(column);
        }
        Cow::Owned(Column {
            not_null_name: Some(column.name_of_not_null(table)),
            ..column.clone()
        })
    }

    /// Tells whether a NOT NULL has to be named at once: a constraint of another table or column has
    /// the name that PostgreSQL 18 would choose, and it numbers its own then.
    fn not_null_taken(&self, table: &Name, column: &Column) -> bool {
        if self.facts.version < 180_000 {
            return false;
        }
        // One below keeps the name that it has, and is not renamed.
        if column.not_null_name.is_some() && self.has_children(table) || self.is_anew(table) {
            return true;
        }
        let used = (self.constraint_names)
            .get_or_init(|| constraint_names(self.live, self.desired, self.changes));
        let own = (table.clone(), Some(column.name.clone()));
        let holders = used.get(&table.sibling(own_not_null(table, &column.name)));
        holders.is_some_and(|holders| holders.iter().any(|holder| *holder != own))
    }
}

/// The names of constraints, each with those that have it: tables, and columns that have it for
/// their NOT NULL.
pub(super) type ConstraintNames = BTreeMap<Name, BTreeSet<(Name, Option<Ident>)>>;

fn constraint_names(live: &Schema, desired: &Schema, changes: &[Change]) -> ConstraintNames {
    let mut names = ConstraintNames::new();
    let mut add = |table: &Name, name: Ident, column: Option<&Ident>| {
        let holder = (table.clone(), column.cloned());
        names.entry(table.sibling(name)).or_default().insert(holder);
    };
    for table in live.tables.values().chain(desired.tables.values()) {
        // What comes from above is there no earlier than that, but where it comes from another table.
        let above = |table: &Table| {
            let parent = table.partition_of.as_ref().map(|it| it.parent.clone());
            (parent, table.inherits.clone())
        };
        let before = live.tables.get(&table.name);
        let joins = before.is_some_and(|it| above(it) != above(table));
        for name in table.constraints.iter().filter_map(|it| it.name.clone()) {
            add(&table.name, name, None);
        }
        let required = table.columns.iter().filter(|column| !column.nullable);
        for column in required.filter(|column| !column.inherited || joins) {
            let name = column.name_of_not_null(&table.name);
            add(&table.name, name, Some(&column.name));
        }
    }
    // One that will be a table's from above has its name before.
    for change in changes {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::RenameNotNull { .. },
        } = change
        {
            add(table, column.name_of_not_null(table), Some(&column.name));
        }
    }
    names
}

/// An SQL condition that tells whether a constraint is the NOT NULL of a column.
fn is_not_null_of(table: &Name, name: &Ident, column: &Ident) -> String {
    let name = quote_literal(name.as_str());
    let named = format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = attrelid \
         AND conname = {name} AND conkey = ARRAY[attnum])"
    );
    has_column(table, column, &named)
}

/// An SQL condition that tells whether all rows have a value in a column by its NOT NULL
/// (PostgreSQL 18).
pub(super) fn is_proven(table: &Name, column: &Ident) -> String {
    let proven = "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = attrelid \
         AND contype = 'n' AND convalidated AND conkey = ARRAY[attnum])";
    has_column(table, column, proven)
}

/// Tells whether SET NOT NULL does not say it.
pub(super) fn is_odd(column: &Column) -> bool {
    column.not_null_unvalidated || column.not_null_no_inherit
}
