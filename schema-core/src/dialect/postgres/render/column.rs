//! Columns that are there: altered, renamed, dropped.

use super::condition::has_column;
use super::constraint::validate;
use super::not_null::is_proven;
use super::object::rename;
use super::sequence::{
    Before, add_identity, changed_options, has_no_identity, has_other_options,
    sequence_of_identity, set_logged, type_of_identity, within_bounds,
};
use super::table::{parameters, settings};
use super::{Draft, Writer};
use crate::change::{Change, ColumnChange, calls};
use crate::dialect::postgres::expression::text::as_default;
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::spell;
use crate::schema::{
    Column, Expr, Generated, GeneratedKind, Ident, Identity, Name, Quoted, sequence_name,
};
use crate::step::{HazardKind, Statement};

impl Writer<'_> {
    /// Tells whether others are partitions of a table or inherit from it.
    pub(super) fn has_children(&self, table: &Name) -> bool {
        let parents = self.parents.get_or_init(|| {
            let tables = self.live.tables.values();
            let tables = tables.chain(self.desired.tables.values());
            let above = tables.flat_map(|table| {
                let partitioned = table.partition_of.as_ref().map(|it| &it.parent);
                partitioned.into_iter().chain(&table.inherits)
            });
            above.cloned().collect()
        });
        parents.contains(table)
    }

    /// Tells whether others inherit from it and are no partitions of it.
    pub(super) fn has_heirs(&self, table: &Name) -> bool {
        (self.live.tables.values()).any(|other| other.inherits.contains(table))
    }

    pub(super) fn drop_column(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        kept_below: bool,
    ) {
        let only = if kept_below { "ONLY " } else { "" };
        let mut drop = Form::DropColumn.sql(format!(
            "ALTER TABLE {only}{} DROP COLUMN IF EXISTS {}",
            Quoted(table),
            Quoted(&column.name)
        ));
        drop.guard = self.is_yet_to_be_computed(table, &column.name);
        out.push(drop);
        if column.generated.is_none() {
            out.hazard(
                HazardKind::DataLoss,
                format!(
                    "column {table}.{} is dropped ({})",
                    column.name,
                    self.figures(table)
                ),
            );
        }
    }

    /// Returns the function that a column is held by. Before 15 the server notes that the column
    /// depends on it, and not the expression.
    pub(super) fn held_by(&self, from: &Column) -> Option<&Name> {
        let generated = from.generated.as_ref()?;
        let mut functions = (self.live.others.iter())
            .filter(|other| self.facts.version < 150_000 && other.kind == "function");
        let held = functions.find(|other| calls(&generated.expr, &other.name));
        held.map(|other| &other.name)
    }

    /// Returns the type that goes, in this plan, with a column that is computed no more. Before 15 the
    /// server notes that the column depends on it, and not the expression.
    fn held_by_type(&self, column: &Column, from: &Generated) -> Option<&Name> {
        let mut going = self.changes.iter().filter_map(|change| {
            if let Change::ReplaceEnum { name, .. }
            | Change::DropType { name, .. }
            | Change::RenameType { from: name, .. } = change
            {
                Some(name)
            } else {
                None
            }
        });
        // With a type of its own it forgets all that.
        let own = column.ty.user();
        let held = going.find(|name| {
            let said = Quoted(*name).to_string();
            own.as_ref() != Some(*name) && from.expr.sql().contains(&said)
        });
        held.filter(|_| self.facts.version < 150_000)
    }

    /// Tells whether a column gets its default by a change of its own.
    pub(super) fn sets_default(&self, table: &Name, column: &Ident) -> bool {
        self.changes_of(table).any(|(_, change)| {
            matches!(change, Change::AlterColumn { column: of,
                change: ColumnChange::Default { to: Some(_), .. }, .. }
                if of.name == *column)
        })
    }

    /// Gives a column another default, or none.
    pub(super) fn alter_default(
        &self,
        table: &Name,
        column: &Column,
        to: Option<&Expr>,
    ) -> Statement {
        let mut statement = set_default(table, column, to);
        if self.has_children(table) {
            // Those that have another default keep it.
            let only = statement
                .sql
                .replacen("ALTER TABLE ", "ALTER TABLE ONLY ", 1);
            statement.sql = only;
        }
        statement
    }

    /// Computes a column from something else than the table above does.
    fn set_expression(&self, out: &mut Draft, table: &Name, column: &Column, to: &Generated) {
        // Those below have their own.
        let only = if self.has_children(table) {
            "ONLY "
        } else {
            ""
        };
        let form = match to.kind {
            GeneratedKind::Stored => Form::SetExpression,
            GeneratedKind::Virtual => Form::SetExpressionVirtual,
        };
        let mut set = form.sql(format!(
            "ALTER TABLE {only}{} ALTER COLUMN {} SET EXPRESSION AS ({})",
            Quoted(table),
            Quoted(&column.name),
            to.expr
        ));
        set.guard = self.is_yet_to_be_computed(table, &column.name);
        out.push(set);
        if to.kind == GeneratedKind::Stored && self.busy(table) {
            out.note = format!("rewrites the table ({})", self.figures(table));
            out.hazard(
                HazardKind::Rewrite,
                format!(
                    "table {table}: column {} is computed otherwise, which rewrites it ({}) under ACCESS EXCLUSIVE: readers and writers wait",
                    column.name,
                    self.figures(table)
                ),
            );
        }
    }

    pub(super) fn alter_column(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        change: &ColumnChange,
        others: &[&Change],
    ) -> Result<(), String> {
        let alter = format!(
            "ALTER TABLE {} ALTER COLUMN {}",
            Quoted(table),
            Quoted(&column.name)
        );
        match change {
            ColumnChange::Type { from, using } => {
                let mut all = self.retype(out, table, column, from, using.as_ref())?;
                for other in others {
                    if let Change::AlterColumn {
                        column,
                        change: ColumnChange::Type { from, using },
                        ..
                    } = other
                    {
                        all.join(self.retype(out, table, column, from, using.as_ref())?);
                    }
                }
                all.write(out, table);
            }
            ColumnChange::DropNotNull { alone: true } => {
                self.drop_not_null_alone(out, table, column);
            }
            ColumnChange::DropNotNull { alone: false } => {
                let drop = Form::DropNotNull.sql(format!("{alter} DROP NOT NULL"));
                out.push(match self.another_not_null(table, &column.name) {
                    Some(another) => drop.guard(format!("NOT {another}")),
                    None => drop,
                });
            }
            ColumnChange::SetNotNull { backfill } => {
                if let Some(value) = backfill {
                    self.backfill(out, table, column, value.as_str());
                }
                let mut columns = vec![column];
                columns.extend(others.iter().filter_map(|other| {
                    if let Change::AlterColumn { column, .. } = other {
                        Some(column)
                    } else {
                        None
                    }
                }));
                self.set_not_null(out, table, &columns, backfill.as_ref());
                if backfill.is_some() {
                    self.unmark_unfilled(out, table, column);
                }
                for column in columns {
                    if column.default.is_none() && column.identity.is_none() {
                        out.hazard(
                        HazardKind::BreaksRunningApp,
                        format!(
                            "column {table}.{}: NOT NULL without default: inserts of NULL by the release that is running fail",
                            column.name
                        ),
                    );
                    }
                }
            }
            ColumnChange::Values { renamed } => self.rename_values(out, table, column, renamed),
            ColumnChange::Fill { value } => {
                self.backfill(out, table, column, value.as_str());
                self.unmark_unfilled(out, table, column);
                out.note = format!("goes on where a run was stopped ({})", self.figures(table));
            }
            ColumnChange::ValidateNotNull { named } => {
                let named = named.clone();
                let named = named.unwrap_or_else(|| column.name_of_not_null(table));
                out.push(validate(table, &named));
            }
            ColumnChange::ReopenNotNull => {
                let drop = Form::DropNotNull.sql(format!("{alter} DROP NOT NULL"));
                out.push(drop.guard(is_proven(table, &column.name)));
                self.add_not_null(out, table, column);
            }
            ColumnChange::InheritNotNull { no_inherit } => {
                let word = if *no_inherit { "NO INHERIT" } else { "INHERIT" };
                out.push(Form::AlterConstraint.sql(format!(
                    "ALTER TABLE {} ALTER CONSTRAINT {} {word}",
                    Quoted(table),
                    Quoted(&column.name_of_not_null(table))
                )));
            }
            // Rows have been asked for it.
            ColumnChange::OwnNotNull => {
                out.push(Form::SetNotNullProven.sql(format!("{alter} SET NOT NULL")));
            }
            ColumnChange::RenameNotNull { from, .. } => {
                self.name_not_null(out, table, column, from.as_ref());
            }
            ColumnChange::Default { to, .. } => {
                out.push(self.alter_default(table, column, to.as_ref()));
                self.demanded_of_inserts(out, table, column);
                if to.is_some() {
                    self.go_on_after_identity(out, table, column);
                }
            }
            ColumnChange::Identity { from, to } => match (from, to) {
                (None, Some(identity)) => {
                    self.numbers_always(out, table, column);
                    let old = others.iter().find_map(|other| {
                        if let Change::DropSequence { name } = other {
                            Some(name)
                        } else {
                            None
                        }
                    });
                    let had = |other: &&Change| matches!(other, Change::AlterColumn { .. });
                    if others.iter().any(had) {
                        let drop = self.alter_default(table, column, None);
                        out.push(drop.guard(has_no_identity(table, column)));
                    }
                    let before = old.map(Before::Sequence);
                    let before = before.or_else(|| self.before_anew(table, &column.name));
                    add_identity(out, table, column, identity, before);
                }
                (Some(_), None) => {
                    self.drop_identity(out, table, &column.name);
                    self.demanded_of_inserts(out, table, column);
                }
                (Some(from), Some(to)) => {
                    self.numbers_always(out, table, column);
                    let mut words = Vec::new();
                    if from.always != to.always {
                        words.push(format!(
                            "SET GENERATED {}",
                            if to.always { "ALWAYS" } else { "BY DEFAULT" }
                        ));
                    }
                    if from.options != to.options {
                        let options = changed_options(&from.options, &to.options);
                        words.extend(options.into_iter().map(|option| format!("SET {option}")));
                    }
                    if !words.is_empty() {
                        let words = words.join(" ");
                        let sequence = from.name_of_sequence(table, &column.name);
                        let letter = if to.always { "a" } else { "d" };
                        let own = sequence_of_identity(table, &column.name);
                        let ty = spell(to.numbers.as_ref().unwrap_or(&column.ty));
                        let open = format!(
                            "(NOT {} OR {})",
                            has_column(table, &column.name, &format!("attidentity = '{letter}'")),
                            has_other_options(&own, &ty, &to.options, &column.ty)
                        );
                        let (from, to) = (&from.options, &to.options);
                        let sql = within_bounds(&sequence, from, to, &column.ty, |restart| {
                            format!("{alter} {words}{restart}")
                        });
                        out.push(Form::AlterIdentity.sql(sql).guard(open));
                    }
                    if from.logged != to.logged {
                        let sequence = from.name_of_sequence(table, &column.name);
                        let after = self.desired.tables.get(table);
                        let as_table = after.is_none_or(|it| !it.options.unlogged);
                        out.push(set_logged(&sequence, to.logged.unwrap_or(as_table)));
                    }
                    if from.numbers != to.numbers {
                        let named = Identity {
                            sequence: from.sequence.clone(),
                            ..Identity::clone(to)
                        };
                        type_of_identity(out, table, column, &named);
                    }
                    if from.sequence != to.sequence {
                        let own = || sequence_name(table, &column.name);
                        let plain = |sequence: &Option<Name>| sequence.clone().unwrap_or_else(own);
                        let (from, to) = (plain(&from.sequence), plain(&to.sequence));
                        rename(out, "SEQUENCE", &from, &to);
                    }
                }
                (None, None) => {}
            },
            ColumnChange::Generated { from, to: None } => {
                if let Some(ty) = from
                    .as_ref()
                    .and_then(|from| self.held_by_type(column, from))
                {
                    return Err(format!(
                        "column {table}.{}: was computed with `{ty}`: PostgreSQL before 15 goes on to think so, \
                         and would drop it with that; make a new column, copy the values, and drop this one",
                        column.name
                    ));
                }
                out.push(Form::DropExpression.sql(format!("{alter} DROP EXPRESSION IF EXISTS")));
                self.demanded_of_inserts(out, table, column);
            }
            ColumnChange::Generated { to: Some(to), .. } => {
                if self.facts.version < 170_000 {
                    return Err(format!(
                        "column {table}.{}: is computed otherwise than above, and comes anew from there: \
                         PostgreSQL before 17 alters no expression; give both the same one",
                        column.name
                    ));
                }
                self.set_expression(out, table, column, to);
            }
            ColumnChange::Storage { .. }
            | ColumnChange::Compression { .. }
            | ColumnChange::Statistics { .. } => {
                let before = match change {
                    ColumnChange::Storage { from, .. } => Column {
                        storage: from.clone().or_else(|| Some(String::new())),
                        compression: column.compression.clone(),
                        statistics: column.statistics,
                        options: column.options.clone(),
                        ..Column::default()
                    },
                    ColumnChange::Compression { from, .. } => Column {
                        storage: column.storage.clone(),
                        compression: from.clone().or_else(|| Some(String::new())),
                        statistics: column.statistics,
                        options: column.options.clone(),
                        ..Column::default()
                    },
                    ColumnChange::Statistics { from, .. } => Column {
                        storage: column.storage.clone(),
                        compression: column.compression.clone(),
                        statistics: from.or(Some(-2)),
                        options: column.options.clone(),
                        ..Column::default()
                    },
                    ColumnChange::Type { .. }
                    | ColumnChange::Values { .. }
                    | ColumnChange::DropNotNull { .. }
                    | ColumnChange::SetNotNull { .. }
                    | ColumnChange::Fill { .. }
                    | ColumnChange::ValidateNotNull { .. }
                    | ColumnChange::ReopenNotNull
                    | ColumnChange::InheritNotNull { .. }
                    | ColumnChange::OwnNotNull
                    | ColumnChange::RenameNotNull { .. }
                    | ColumnChange::Default { .. }
                    | ColumnChange::Identity { .. }
                    | ColumnChange::Generated { .. }
                    | ColumnChange::Options { .. } => column.clone(),
                };
                for statement in self.column_settings(table, &before, column) {
                    out.push(statement);
                }
            }
            ColumnChange::Options { from, to } => {
                for action in settings(from, to) {
                    out.push(Form::SetColumnOptions.sql(format!("{alter} {action}")));
                }
            }
        }
        Ok(())
    }
}

pub(super) fn rename_column(out: &mut Draft, table: &Name, from: &Ident, to: &Ident) {
    let guard = has_column(table, from, "");
    out.push(
        Form::RenameColumn
            .sql(format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                Quoted(table),
                Quoted(from),
                Quoted(to)
            ))
            .guard(guard),
    );
    out.hazard(
        HazardKind::BreaksRunningApp,
        format!("column {table}.{from}: the release that is running knows it by this name"),
    );
}

pub(super) fn collate(collation: Option<&Name>) -> String {
    collation
        .map(|name| format!(" COLLATE {}", Quoted(name)))
        .unwrap_or_default()
}

pub(super) fn set_default(
    table: &Name,
    column: &Column,
    default: Option<&crate::schema::Expr>,
) -> Statement {
    let alter = format!(
        "ALTER TABLE {} ALTER COLUMN {}",
        Quoted(table),
        Quoted(&column.name)
    );
    let drop = || Form::SetDefault.sql(format!("{alter} DROP DEFAULT"));
    match default {
        Some(default) => {
            let value = as_default(default);
            Form::SetDefault.sql(format!("{alter} SET DEFAULT {value}"))
        }
        // Of an identity the server drops no default.
        None if column.identity.is_some() => drop().guard(has_no_identity(table, column)),
        None => drop(),
    }
}

/// Storage, compression, statistics and options that differ, each with its lock.
impl Writer<'_> {
    /// Those below another have their own.
    pub(super) fn column_settings(
        &self,
        table: &Name,
        from: &Column,
        to: &Column,
    ) -> Vec<Statement> {
        let only = if self.has_children(table) {
            "ONLY "
        } else {
            ""
        };
        column_settings(only, table, from, to)
    }
}

fn column_settings(only: &str, table: &Name, from: &Column, to: &Column) -> Vec<Statement> {
    let alter = format!(
        "ALTER TABLE {only}{} ALTER COLUMN {}",
        Quoted(table),
        Quoted(&to.name)
    );
    let mut out = Vec::new();
    if from.storage != to.storage {
        let word = to
            .storage
            .clone()
            .unwrap_or_else(|| default_storage(to).into());
        out.push(Form::SetStorage.sql(format!("{alter} SET STORAGE {}", word.to_uppercase())));
    }
    if from.compression != to.compression {
        let word = to.compression.clone().unwrap_or_else(|| "default".into());
        out.push(Form::SetStorage.sql(format!("{alter} SET COMPRESSION {word}")));
    }
    if from.statistics != to.statistics {
        let target = to.statistics.unwrap_or(-1);
        out.push(Form::SetStatistics.sql(format!("{alter} SET STATISTICS {target}")));
    }
    if from.options != to.options && !to.options.is_empty() {
        let sql = format!("{alter} SET ({})", parameters(&to.options));
        out.push(Form::SetColumnOptions.sql(sql));
    }
    out
}

/// The storage of a type when nobody chose one; `DEFAULT` is a word only since PostgreSQL 16.
pub(super) fn default_storage(column: &Column) -> &'static str {
    let fixed = [
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "date",
        "uuid",
        "time without time zone",
        "timestamp without time zone",
        "timestamp with time zone",
        "interval",
        "time with time zone",
        "oid",
        "money",
        "macaddr",
        "macaddr8",
        "\"char\"",
        "name",
    ];
    let name = column.ty.name.as_str();
    if column.ty.schema.is_none() && !column.ty.array {
        if fixed.contains(&name) {
            return "PLAIN";
        }
        if ["numeric", "inet", "cidr", "varbit"].contains(&name) {
            return "MAIN";
        }
    }
    "EXTENDED"
}
