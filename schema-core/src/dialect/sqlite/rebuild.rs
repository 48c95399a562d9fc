//! Copies a table into one of another definition, since ALTER TABLE can do little.
//!
//! The order is that of SQLite's manual: make the new one, copy, drop the old one, rename the new
//! one. Renaming the old one first would take the references of other tables with it.

use std::collections::BTreeMap;

use super::render::create_table;
use super::sql;
use crate::change::{Change, ColumnChange};
use crate::schema::{
    Column, Constraint, ConstraintKind, Expr, Ident, IndexKey, Name, Other, Quoted, Schema, Shared,
    Table, quote_literal, renamed_value,
};
use crate::step::{Statement, Work};

/// The tables as they are when all changes of the plan are made.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`change_table` does the rest; `render` lists every variant"
)]
pub(super) fn replay(live: &Schema, changes: &[Change]) -> BTreeMap<Name, Shared<Table>> {
    let mut tables = live.tables.clone();
    for change in changes {
        match change {
            Change::CreateTable { table } => {
                tables.insert(table.name.clone(), table.clone().into());
            }
            Change::DropTable { table } => {
                tables.remove(&table.name);
            }
            Change::RenameTable { from, to } => {
                if let Some(mut table) = tables.remove(from) {
                    table.name = to.clone();
                    tables.insert(to.clone(), table);
                }
                for key in tables.values_mut().flat_map(|table| foreign_keys(table)) {
                    if key.table == *from {
                        key.table = to.clone();
                    }
                }
            }
            Change::RenameColumn { table, from, to } => {
                for key in tables.values_mut().flat_map(|table| foreign_keys(table)) {
                    if key.table == *table {
                        rename(&mut key.references, from, to);
                    }
                }
                if let Some(table) = tables.get_mut(table) {
                    rename_column(table, from, to);
                }
            }
            other => {
                if let Some(table) = other.table().and_then(|name| tables.get_mut(name)) {
                    change_table(table, other);
                }
            }
        }
    }
    tables
}

pub(super) fn foreign_keys(
    table: &mut Table,
) -> impl Iterator<Item = &mut crate::schema::ForeignKey> {
    table
        .constraints
        .iter_mut()
        .filter_map(|constraint| match &mut constraint.kind {
            ConstraintKind::ForeignKey(key) => Some(key),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclude(_) => None,
        })
}

pub(super) fn rename(columns: &mut [Ident], from: &Ident, to: &Ident) {
    for column in columns {
        if column == from {
            *column = to.clone();
        }
    }
}

pub(super) fn rename_column(table: &mut Table, from: &Ident, to: &Ident) {
    let in_text = |expr: &mut Expr| {
        if sql::mentions(expr.as_str(), from.as_str()) {
            *expr = Expr::new(sql::rename_column(
                expr.as_str(),
                from.as_str(),
                to.as_str(),
            ));
        }
    };
    for column in &mut table.columns {
        if column.name == *from {
            column.name = to.clone();
        }
        if let Some(generated) = &mut column.generated {
            in_text(&mut generated.expr);
        }
    }
    for constraint in &mut table.constraints {
        match &mut constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                rename(&mut key.columns, from, to);
            }
            ConstraintKind::Check { expr, .. } => in_text(expr),
            ConstraintKind::ForeignKey(key) => rename(&mut key.columns, from, to),
            ConstraintKind::Exclude(_) => {}
        }
    }
    for index in &mut table.indexes {
        for part in &mut index.parts {
            match &mut part.key {
                IndexKey::Column(name) if name == from => *name = to.clone(),
                IndexKey::Column(_) => {}
                IndexKey::Expr(expr) => in_text(expr),
            }
        }
        if let Some(predicate) = &mut index.predicate {
            in_text(predicate);
        }
    }
}

/// Gives a table and what it refers to the names that they have before these changes.
pub(super) fn with_old_names(table: &Table, changes: &[Change]) -> Table {
    let mut table = table.clone();
    for change in changes.iter().rev() {
        if let Change::RenameTable { from, to } = change {
            if table.name == *to {
                table.name = from.clone();
            }
            for key in foreign_keys(&mut table) {
                if key.table == *to {
                    key.table = from.clone();
                }
            }
        } else if let Change::RenameColumn {
            table: of,
            from,
            to,
        } = change
        {
            for key in foreign_keys(&mut table) {
                if key.table == *of {
                    rename(&mut key.references, to, from);
                }
            }
            if table.name == *of {
                rename_column(&mut table, to, from);
            }
        }
    }
    table
}

/// Says what a change of a table's columns writes by the names that these had before the renames.
pub(super) fn change_with_old_names(change: &Change, renames: &[&Change]) -> Change {
    let mut change = change.clone();
    let in_text = |expr: &mut Expr| {
        for rename in renames.iter().rev() {
            if let Change::RenameColumn { from, to, .. } = rename
                && sql::mentions(expr.as_str(), to.as_str())
            {
                *expr = Expr::new(sql::rename_column(
                    expr.as_str(),
                    to.as_str(),
                    from.as_str(),
                ));
            }
        }
    };
    let old = |name: &mut Ident| {
        for rename in renames.iter().rev() {
            if let Change::RenameColumn { from, to, .. } = rename
                && name == to
            {
                *name = from.clone();
            }
        }
    };
    if let Change::AddColumn {
        backfill: Some(backfill),
        ..
    } = &mut change
    {
        in_text(backfill);
    } else if let Change::AlterColumn {
        column,
        change: what,
        ..
    } = &mut change
    {
        old(&mut column.name);
        if let ColumnChange::Type {
            using: Some(using), ..
        } = what
        {
            in_text(using);
        } else if let ColumnChange::SetNotNull {
            backfill: Some(backfill),
        } = what
        {
            in_text(backfill);
        }
    }
    change
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "changes of other objects leave a table as it is; render refuses them"
)]
fn change_table(table: &mut Table, change: &Change) {
    match change {
        Change::AddColumn { column, .. } => table.columns.push(column.clone()),
        Change::DropColumn { column, .. } => table.columns.retain(|c| c.name != column.name),
        Change::AlterColumn { column, .. } => {
            if let Some(place) = table.columns.iter_mut().find(|c| c.name == column.name) {
                *place = column.clone();
            }
        }
        Change::AddConstraint { constraint, .. } => table.constraints.push(constraint.clone()),
        Change::DropConstraint { constraint, .. } => {
            if let Some(at) = position(table, constraint) {
                table.constraints.remove(at);
            }
        }
        Change::AlterConstraint { from, to, .. } => {
            if let Some(at) = position(table, from) {
                table.constraints[at] = to.clone();
            }
        }
        Change::RenameConstraint { from, to, .. } => {
            for constraint in &mut table.constraints {
                if constraint.name.as_ref() == Some(from) {
                    constraint.name = Some(to.clone());
                }
            }
        }
        Change::CreateIndex { index, .. } => table.indexes.push(index.clone()),
        Change::DropIndex { index, .. } => table.indexes.retain(|i| i.name != index.name),
        Change::RenameIndex { from, to, .. } => {
            for index in &mut table.indexes {
                if index.name.as_ref() == Some(from) {
                    index.name = Some(to.clone());
                }
            }
        }
        Change::AlterTable { to, .. } => table.options = to.clone(),
        _ => {}
    }
}

/// Finds a constraint by name, or by what it demands.
pub(super) fn position(table: &Table, constraint: &Constraint) -> Option<usize> {
    let mut all = table.constraints.iter();
    let named = constraint.name.is_some();
    let by_name = all.position(|c| named && c.name == constraint.name);
    by_name.or_else(|| {
        let mut all = table.constraints.iter();
        all.position(|c| c.kind == constraint.kind)
    })
}

/// What a rebuild is made of.
pub(super) struct Rebuild<'a> {
    /// The table as it is at that moment, under its new name.
    pub(super) before: &'a Table,
    /// The table as it will be.
    pub(super) after: &'a Table,
    /// The changes of this table.
    pub(super) changes: &'a [&'a Change],
    /// The triggers to make again.
    pub(super) triggers: Vec<&'a Other>,
    /// The name of the copy, which nothing has.
    pub(super) temporary: Name,
    /// The text of CREATE TABLE that the database has, unless the plan alters it before.
    pub(super) text: Option<&'a str>,
}

/// Returns the statements that copy the table.
pub(super) fn statements(rebuild: &Rebuild<'_>) -> Vec<Statement> {
    let name = &rebuild.after.name;
    let temporary = &rebuild.temporary;
    let make = create_table(rebuild.after, temporary);
    let (mut to, mut from) = copy(rebuild);
    if let Some(rowid) = rowid(rebuild) {
        to.insert(0, rowid.into());
        from.insert(0, rowid.into());
    }
    // SQLite replaces the name in the text when it renames a table.
    let text = match rebuild.text {
        Some(text) => format!("sql = {}", quote_literal(text)),
        None => {
            let create = create_table(rebuild.after, name);
            let body = create.find('(').map_or("", |at| &create[at..]);
            let quoted = name.name.as_str().replace('"', "\"\"");
            let last = format!("CREATE TABLE \"{quoted}\" {body}");
            format!("sql <> {}", quote_literal(&last))
        }
    };
    let guard = format!(
        "EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = {} AND {text})",
        quote_literal(name.name.as_str())
    );
    let mut all = vec![
        Statement::new(make),
        Statement::new(format!(
            "INSERT INTO {} ({}) SELECT {} FROM {}",
            Quoted(temporary),
            to.join(", "),
            from.join(", "),
            Quoted(name)
        ))
        .work(Work::Rewrite),
    ];
    let numbers = |table: &Table| table.columns.iter().any(|column| column.identity.is_some());
    if numbers(rebuild.before) && numbers(rebuild.after) {
        // The last number given may belong to a row that is gone.
        all.push(Statement::new(format!(
            "DELETE FROM sqlite_sequence WHERE name = {}",
            quote_literal(temporary.name.as_str())
        )));
        all.push(Statement::new(format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence \
             WHERE name = {}",
            quote_literal(temporary.name.as_str()),
            quote_literal(name.name.as_str())
        )));
    }
    all.push(Statement::new(format!("DROP TABLE {}", Quoted(name))));
    // Views and triggers that name the table would stop the renaming: they name nothing now.
    all.push(Statement::new("PRAGMA legacy_alter_table = ON"));
    all.push(Statement::new(format!(
        "ALTER TABLE {} RENAME TO {}",
        Quoted(temporary),
        Quoted(name)
    )));
    all.push(Statement::new("PRAGMA legacy_alter_table = OFF"));
    for index in &rebuild.after.indexes {
        all.push(Statement::new(super::render::create_index(name, index)).work(Work::Index));
    }
    for trigger in &rebuild.triggers {
        all.extend(trigger.create.iter().map(Statement::new));
    }
    all.into_iter()
        .map(|statement| statement.guard(guard.clone()))
        .collect()
}

/// Returns the word for the number of a row, where no column has it: a full-text index of the table
/// refers to it.
fn rowid(rebuild: &Rebuild<'_>) -> Option<&'static str> {
    let tables = [rebuild.before, rebuild.after];
    if tables.iter().any(|it| it.options.without_rowid) {
        return None;
    }
    let mut columns = rebuild.after.columns.iter();
    if columns.any(|it| is_rowid(rebuild.after, &it.name)) {
        return None;
    }
    let free = |word: &&str| {
        let columns = tables.iter().flat_map(|it| &it.columns);
        columns
            .into_iter()
            .all(|it| !it.name.as_str().eq_ignore_ascii_case(word))
    };
    ["rowid", "_rowid_", "oid"].into_iter().find(free)
}

/// Tells whether a column is the rowid under another name.
pub(super) fn is_rowid(table: &Table, column: &Ident) -> bool {
    let key = table.primary_key();
    let sole = key.is_some_and(|key| key.columns.as_slice() == std::slice::from_ref(column));
    let integer = table
        .column(column)
        .is_some_and(|it| it.ty.name == "INTEGER");
    sole && integer && !table.options.without_rowid
}

/// Returns the columns to fill, and what with.
fn copy(rebuild: &Rebuild<'_>) -> (Vec<String>, Vec<String>) {
    let mut to = Vec::new();
    let mut from = Vec::new();
    let written = |column: &&Column| column.generated.is_none();
    for column in rebuild.after.columns.iter().filter(written) {
        if let Some(value) = value(rebuild.before, rebuild.changes, column) {
            to.push(Quoted(&column.name).to_string());
            from.push(value);
        }
    }
    (to, from)
}

/// Returns what is written into a column, from a row of the table as it was; `None` for nothing.
pub(super) fn value(before: &Table, changes: &[&Change], column: &Column) -> Option<String> {
    if before.column(&column.name).is_some() {
        return Some(existing(changes, column));
    }
    let backfill = changes.iter().find_map(|change| added(change, column));
    let value = backfill.or(column.default.as_ref())?;
    Some(format!("({value})"))
}

fn added<'a>(change: &'a Change, column: &Column) -> Option<&'a Expr> {
    let Change::AddColumn {
        column: new,
        backfill,
        ..
    } = change
    else {
        return None;
    };
    backfill.as_ref().filter(|_| new.name == column.name)
}

/// Returns the value of a column that is there before and after.
fn existing(changes: &[&Change], column: &Column) -> String {
    let mut value = Quoted(&column.name).to_string();
    let mut fill = None;
    for change in changes {
        let Change::AlterColumn {
            column: altered,
            change,
            ..
        } = change
        else {
            continue;
        };
        if altered.name != column.name {
            continue;
        }
        if let ColumnChange::Type {
            using: Some(using), ..
        } = change
        {
            value = format!("({using})");
        }
        if let ColumnChange::Values { renamed } = change {
            value = renamed_value(&value, renamed);
        }
        if let ColumnChange::SetNotNull { backfill } = change {
            fill = backfill.as_ref();
        }
    }
    match fill {
        Some(fill) => format!("coalesce({value}, {fill})"),
        None => value,
    }
}
