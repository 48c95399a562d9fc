//! Performs changes on a schema in memory, as strictly as a database would.

use std::collections::BTreeSet;

use super::above::{
    add_parent, alter_row_type, children, descendants, drop_parent, held_by_another,
    may_come_from_above, rename_above,
};
use super::mention::{mentions, rename_label, rename_sequence, rename_type};
use super::renames::{rename_column, rename_multirange, rename_table};
use super::{Change, ColumnChange, LabelPlace, Object, is_unfilled};
use crate::diff::same_index;
use crate::schema::{
    Column, Constraint, ConstraintKind, Ident, Index, IndexKey, Name, Schema, Shared, Table,
    UserType,
};

/// A change that cannot be performed in this state: a bug in the order of a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("change {index} cannot be performed: {message}")]
pub struct ReplayError {
    /// Which change, from 0.
    pub index: usize,
    /// Why not.
    pub message: String,
}

/// Performs `changes` on `schema`, one after the other.
///
/// # Errors
///
/// The first change that a database would refuse: a missing table, a name that is taken.
pub fn replay(mut schema: Schema, changes: &[Change]) -> Result<Schema, ReplayError> {
    for (index, change) in changes.iter().enumerate() {
        perform(&mut schema, change).map_err(|message| ReplayError { index, message })?;
    }
    Ok(schema)
}

fn perform(schema: &mut Schema, change: &Change) -> Result<(), String> {
    match change {
        Change::CreateNamespace { name, namespace } => {
            insert(&mut schema.namespaces, name, namespace.clone(), "schema")
        }
        Change::DropNamespace { name } => remove(&mut schema.namespaces, name, "schema").map(drop),
        Change::CreateExtension { name, extension } => {
            insert(&mut schema.extensions, name, extension.clone(), "extension")
        }
        Change::AlterExtension { name, to, .. } => {
            let extension = schema
                .extensions
                .get_mut(name)
                .ok_or_else(|| missing("extension", name))?;
            let comment = extension.comment.take();
            *extension = to.clone();
            extension.comment = comment;
            Ok(())
        }
        Change::DropExtension { name } => {
            remove(&mut schema.extensions, name, "extension").map(drop)
        }
        Change::CreateType { name, ty } => insert(&mut schema.types, name, ty.clone(), "type"),
        Change::DropType { name, .. } => {
            for table in schema.tables.values() {
                if let Some(column) = table
                    .columns
                    .iter()
                    .find(|column| column.ty.user().as_ref() == Some(name))
                {
                    return Err(format!(
                        "type `{name}` is used by `{}.{}`",
                        table.name, column.name
                    ));
                }
            }
            let made_of_it = |ty: &UserType| {
                let mut parts = ty.parts().into_iter();
                parts.any(|part| part.user().as_ref() == Some(name))
            };
            let of_it = |table: &&Shared<Table>| table.of_type.as_ref() == Some(name);
            if let Some(table) = schema.tables.values().find(of_it) {
                return Err(format!("type `{name}` is that of table `{}`", table.name));
            }
            if let Some((other, _)) = schema.types.iter().find(|(_, ty)| made_of_it(ty)) {
                return Err(format!("type `{name}` is used by type `{other}`"));
            }
            remove(&mut schema.types, name, "type").map(drop)
        }
        Change::RenameType { from, to, .. } => {
            rename_multirange(schema, from, to);
            let ty = remove(&mut schema.types, from, "type")?;
            insert(&mut schema.types, to, ty, "type")?;
            let columns = schema
                .tables
                .values_mut()
                .flat_map(|table| &mut table.columns);
            let parts = schema.types.values_mut().flat_map(UserType::parts_mut);
            for ty in columns.map(|column| &mut column.ty).chain(parts) {
                if ty.user().as_ref() == Some(from) {
                    ty.schema = to.schema.clone();
                    ty.name = to.name.as_str().into();
                }
            }
            for of_type in schema.tables.values_mut().map(|table| &mut table.of_type) {
                if of_type.as_ref() == Some(from) {
                    *of_type = Some(to.clone());
                }
            }
            // What steps aside is as good as gone: expressions are about the one that takes its place.
            if *to != from.aside() {
                rename_type(schema, from, to);
            }
            Ok(())
        }
        Change::AddLabel { ty, label, place } => {
            let labels = labels(schema, ty)?;
            if labels.contains(label) {
                return Err(format!("label `{label}` is already in `{ty}`"));
            }
            let find = |wanted: &String, labels: &[String]| {
                labels
                    .iter()
                    .position(|label| label == wanted)
                    .ok_or_else(|| missing("label", wanted))
            };
            let at = match place {
                LabelPlace::Before(neighbour) => find(neighbour, labels)?,
                LabelPlace::After(neighbour) => find(neighbour, labels)? + 1,
                LabelPlace::Only => labels.len(),
            };
            labels.insert(at, label.clone());
            Ok(())
        }
        Change::RenameLabel { ty, from, to } => {
            let labels = labels(schema, ty)?;
            let label = labels
                .iter_mut()
                .find(|label| *label == from)
                .ok_or_else(|| missing("label", from))?;
            *label = to.clone();
            rename_label(schema, ty, from, to);
            Ok(())
        }
        Change::ReplaceEnum {
            name, to, columns, ..
        } => {
            *labels(schema, name)? = to.clone();
            for (table, column) in columns {
                *column_mut(schema, table, &column.name)? = column.clone();
            }
            Ok(())
        }
        Change::AlterDomain { name, to, .. } => {
            replace_type(schema, name, UserType::Domain(to.clone()))
        }
        Change::AlterComposite { name, to, .. } => {
            replace_type(schema, name, UserType::Composite(to.clone()))
        }
        Change::CreateSequence { name, sequence } => {
            let mut sequence = sequence.clone();
            sequence.owned_by = None;
            insert(&mut schema.sequences, name, sequence, "sequence")
        }
        Change::DropSequence { name } => remove(&mut schema.sequences, name, "sequence").map(drop),
        Change::RenameSequence { from, to } => {
            let sequence = remove(&mut schema.sequences, from, "sequence")?;
            rename_sequence(schema, from, to);
            insert(&mut schema.sequences, to, sequence, "sequence")
        }
        Change::AlterSequence { name, to, .. } => {
            if let Some((table, column)) = &to.owned_by {
                column_mut(schema, table, column)?;
            }
            let sequence = schema
                .sequences
                .get_mut(name)
                .ok_or_else(|| missing("sequence", name))?;
            let comment = sequence.comment.take();
            *sequence = to.clone();
            sequence.comment = comment;
            Ok(())
        }
        Change::CreateTable { table } => {
            let mut table = table.clone();
            table.indexes.clear();
            table
                .constraints
                .retain(|constraint| !matches!(constraint.kind, ConstraintKind::ForeignKey(_)));
            table.options.replica_identity = crate::schema::ReplicaIdentity::Default;
            table.options.clustered_on = None;
            let name = table.name.clone();
            insert(&mut schema.tables, &name, table.into(), "table")
        }
        Change::DropTable { table } => {
            remove(&mut schema.tables, &table.name, "table")?;
            schema.sequences.retain(|_, sequence| {
                sequence
                    .owned_by
                    .as_ref()
                    .is_none_or(|(owner, _)| *owner != table.name)
            });
            schema
                .statistics
                .retain(|_, statistics| statistics.table != table.name);
            Ok(())
        }
        Change::RenameTable { from, to } => rename_table(schema, from, to),
        Change::AlterTable { table, to, .. } => {
            table_mut(schema, table)?.options = to.clone();
            Ok(())
        }
        Change::AttachPartition { table, partition } => {
            let table = table_mut(schema, table)?;
            table.partition_of = Some(partition.clone());
            for column in &mut table.columns {
                column.inherited = true;
            }
            Ok(())
        }
        Change::DetachPartition { table, .. } => {
            let table = table_mut(schema, table)?;
            table.partition_of = None;
            for column in &mut table.columns {
                column.inherited = false;
            }
            Ok(())
        }
        Change::AddParent { table, parent } => add_parent(schema, table, parent),
        Change::DropParent { table, parent } => drop_parent(schema, table, parent),
        Change::AlterRowType { table, to, .. } => alter_row_type(schema, table, to.as_ref()),
        Change::AddColumn { table, column, .. } => {
            for child in children(schema, table) {
                // An inheriting table may have it already: both become one.
                if schema.tables[&child].column(&column.name).is_some() {
                    continue;
                }
                let column = Column {
                    inherited: true,
                    comment: None,
                    ..column.clone()
                };
                perform(
                    schema,
                    &Change::AddColumn {
                        table: child,
                        column,
                        backfill: None,
                    },
                )?;
            }
            let table = table_mut(schema, table)?;
            if table.column(&column.name).is_some() {
                return Err(format!(
                    "column `{}.{}` is there already",
                    table.name, column.name
                ));
            }
            table.columns.push(column.clone());
            Ok(())
        }
        Change::DropColumn {
            table,
            column,
            kept_below,
        } => {
            for child in children(schema, table) {
                // A partition is made as it will be in the end, and what a table says itself, or
                // has from another one too, stays.
                let below = schema.tables[&child].column(&column.name);
                if below.is_none_or(|below| !below.inherited)
                    || held_by_another(schema, &child, table, &column.name)
                {
                    continue;
                }
                if *kept_below {
                    column_mut(schema, &child, &column.name)?.inherited = false;
                    continue;
                }
                let column = column.clone();
                perform(
                    schema,
                    &Change::DropColumn {
                        table: child,
                        column,
                        kept_below: false,
                    },
                )?;
            }
            column_mut(schema, table, &column.name)?;
            schema.sequences.retain(|_, sequence| {
                sequence.owned_by.as_ref() != Some(&(table.clone(), column.name.clone()))
            });
            let table = table_mut(schema, table)?;
            table.columns.retain(|other| other.name != column.name);
            table
                .constraints
                .retain(|constraint| !constraint_uses(constraint, &column.name));
            table
                .indexes
                .retain(|index| !index_uses(index, &column.name));
            Ok(())
        }
        Change::RenameColumn { table, from, to } => rename_column(schema, table, from, to),
        Change::AlterColumn {
            table,
            column,
            change,
        } => {
            if matches!(change, ColumnChange::Type { .. }) {
                for child in descendants(schema, table) {
                    let below = column_mut(schema, &child, &column.name)?;
                    below.ty = column.ty.clone();
                    below.collation = column.collation.clone();
                }
            }
            if matches!(change, ColumnChange::Generated { to: None, .. }) {
                for child in descendants(schema, table) {
                    column_mut(schema, &child, &column.name)?.generated = None;
                }
            }
            let nullable = matches!(change, ColumnChange::DropNotNull { alone: false });
            if nullable || matches!(change, ColumnChange::SetNotNull { .. }) {
                for child in descendants(schema, table) {
                    column_mut(schema, &child, &column.name)?.nullable = nullable;
                }
            }
            alter_column(column_mut(schema, table, &column.name)?, column, change);
            if matches!(
                change,
                ColumnChange::SetNotNull { .. } | ColumnChange::Fill { .. }
            ) {
                table_mut(schema, table)?
                    .constraints
                    .retain(|constraint| !is_unfilled(constraint, &column.name));
            }
            Ok(())
        }
        Change::AddConstraint { table, constraint } => {
            let table = table_mut(schema, table)?;
            // What came from above has gone with it; a check may be one with that.
            let check = |it: &Constraint| matches!(it.kind, ConstraintKind::Check { .. });
            if !constraint.inherited {
                let lent = |it: &Constraint| it.inherited && it.name == constraint.name;
                (table.constraints).retain(|it| !lent(it) || check(it) && check(constraint));
            }
            if constraint.name.is_some()
                && table
                    .constraints
                    .iter()
                    .any(|other| other.name == constraint.name)
            {
                return Err(format!(
                    "a constraint of `{}` has this name already",
                    table.name
                ));
            }
            table.constraints.push(constraint.clone());
            Ok(())
        }
        Change::DropConstraint { table, constraint } => {
            let table = table_mut(schema, table)?;
            let at = table
                .constraints
                .iter()
                .position(|other| same_constraint(other, constraint))
                .ok_or_else(|| format!("table `{}` has no such constraint", table.name))?;
            table.constraints.remove(at);
            Ok(())
        }
        Change::RenameConstraint { table, from, to } => {
            rename_above(schema, table, from, to);
            let constraint = constraint_mut(schema, table, from)?;
            constraint.name = Some(to.clone());
            let ConstraintKind::Check {
                no_inherit: false, ..
            } = constraint.kind
            else {
                return Ok(());
            };
            // It is one with those below.
            for child in descendants(schema, table) {
                if let Ok(below) = constraint_mut(schema, &child, from)
                    && matches!(below.kind, ConstraintKind::Check { .. })
                {
                    below.name = Some(to.clone());
                }
            }
            Ok(())
        }
        Change::ValidateConstraint { table, constraint } => {
            let name = constraint.name.clone().unwrap_or_default();
            match constraint_mut(schema, table, &name) {
                Ok(constraint) => constraint.not_valid = false,
                // It comes from above in the same plan.
                Err(_) if constraint.inherited => {}
                Err(missing) => return Err(missing),
            }
            Ok(())
        }
        Change::AlterConstraint { table, from, to } => {
            let known = |name: &Ident| {
                let table = schema.tables.get(table);
                let mut parts = table.into_iter().flat_map(|table| &table.constraints);
                parts.any(|part| part.name.as_ref() == Some(name))
            };
            // What comes from above may have its name already.
            let names = [to.name.clone().filter(|_| to.inherited), from.name.clone()];
            let named = names.into_iter().flatten().find(known);
            let after = Constraint {
                comment: from.comment.clone(),
                index_comment: from.index_comment.clone(),
                index_extensions: from.index_extensions.clone(),
                ..to.clone()
            };
            // Or it came with its place below another table.
            if named.is_none() && to.inherited {
                table_mut(schema, table)?.constraints.push(after);
                return Ok(());
            }
            *constraint_mut(schema, table, &named.unwrap_or_default())? = after;
            Ok(())
        }
        Change::CreateIndex { table, index } => {
            let table = table_mut(schema, table)?;
            // A part of an index above is made, where it is not there yet, and attached.
            let there = |it: &Index| it.name == index.name && same_index(it, index);
            if index.inherited {
                table.indexes.retain(|it| !there(it));
            }
            // What came from above has gone with it.
            table
                .indexes
                .retain(|it| !it.inherited || it.name != index.name);
            if table.indexes.iter().any(|other| other.name == index.name) {
                return Err(format!(
                    "an index of `{}` has this name already",
                    table.name
                ));
            }
            table.indexes.push(index.clone());
            Ok(())
        }
        Change::DropIndex { table, index } => {
            let table = table_mut(schema, table)?;
            let at = table
                .indexes
                .iter()
                .position(|other| other.name == index.name)
                .ok_or_else(|| format!("table `{}` has no such index", table.name))?;
            table.indexes.remove(at);
            Ok(())
        }
        Change::RenameIndex { table, from, to } => {
            index_mut(schema, table, Some(from))?.name = Some(to.clone());
            rename_above(schema, table, from, to);
            Ok(())
        }
        // What comes from above has got its name there.
        Change::AlterIndex { table, to, .. }
            if to.inherited && index_mut(schema, table, to.name.as_ref()).is_err() =>
        {
            table_mut(schema, table)?.indexes.push(Index {
                comment: None,
                extensions: Default::default(),
                ..to.clone()
            });
            Ok(())
        }
        Change::AlterIndex { table, from, to } => {
            let name = if to.inherited { &to.name } else { &from.name };
            *index_mut(schema, table, name.as_ref())? = Index {
                comment: from.comment.clone(),
                extensions: from.extensions.clone(),
                ..to.clone()
            };
            Ok(())
        }
        Change::CreateStatistics { name, statistics } => {
            table_mut(schema, &statistics.table)?;
            insert(
                &mut schema.statistics,
                name,
                statistics.clone(),
                "statistics",
            )
        }
        Change::DropStatistics { name, .. } => {
            remove(&mut schema.statistics, name, "statistics").map(drop)
        }
        Change::AlterStatistics { name, to, .. } => {
            let statistics = schema
                .statistics
                .get_mut(name)
                .ok_or_else(|| missing("statistics", name))?;
            let comment = statistics.comment.take();
            *statistics = to.clone();
            statistics.comment = comment;
            Ok(())
        }
        Change::TieIndex { index, to, .. } => {
            match said_of_index(schema, index).map(|said| *said.extensions = to.clone()) {
                Err(_) if may_come_from_above(schema, &Object::Index(index.clone())) => Ok(()),
                set => set,
            }
        }
        Change::SetComment { object, to, .. } => {
            // The server makes it with what is made above, and names it.
            match comment_mut(schema, object).map(|comment| *comment = to.clone()) {
                Err(_) if may_come_from_above(schema, object) => Ok(()),
                set => set,
            }
        }
        Change::DropOther { other, .. } => {
            schema.others.retain(|candidate| {
                (&candidate.kind, &candidate.name, &candidate.signature)
                    != (&other.kind, &other.name, &other.signature)
            });
            Ok(())
        }
        Change::CreateOther { other } | Change::CreateFunction { function: other } => {
            schema.others.push(other.clone());
            schema.others.sort();
            Ok(())
        }
    }
}

/// Tells whether two constraints are the same one: by name, or where neither has one, by kind.
fn same_constraint(a: &Constraint, b: &Constraint) -> bool {
    match (&a.name, &b.name) {
        (None, None) => a.kind == b.kind,
        (Some(_) | None, Some(_) | None) => a.name == b.name,
    }
}

fn alter_column(column: &mut Column, to: &Column, change: &ColumnChange) {
    match change {
        ColumnChange::Type { .. } => {
            column.ty = to.ty.clone();
            column.collation = to.collation.clone();
            // A type brings its own storage; what differs from that is set afterwards.
            column.storage = None;
            column.compression = None;
        }
        ColumnChange::DropNotNull { .. } => {
            column.nullable = true;
            column.not_null_name = None;
            column.not_null_unvalidated = false;
            column.not_null_no_inherit = false;
            column.not_null_comment = None;
        }
        ColumnChange::SetNotNull { .. } => {
            column.nullable = false;
            column.not_null_name = to.not_null_name.clone();
            column.not_null_unvalidated = to.not_null_unvalidated;
            column.not_null_no_inherit = to.not_null_no_inherit;
        }
        ColumnChange::Fill { .. } | ColumnChange::Values { .. } => {}
        ColumnChange::ValidateNotNull { .. } => column.not_null_unvalidated = false,
        ColumnChange::ReopenNotNull => {
            column.not_null_unvalidated = to.not_null_unvalidated;
            column.not_null_no_inherit = to.not_null_no_inherit;
            column.not_null_name = to.not_null_name.clone();
            column.not_null_comment = None;
        }
        ColumnChange::InheritNotNull { no_inherit } => column.not_null_no_inherit = *no_inherit,
        ColumnChange::OwnNotNull => column.not_null_local = Some(true),
        ColumnChange::RenameNotNull { to, .. } => column.not_null_name = to.clone(),
        ColumnChange::Default { to, .. } => column.default = to.clone(),
        ColumnChange::Identity { to, .. } => {
            column.identity = to.clone();
            // An identity has no default: one of ours that numbered the rows goes.
            if to.is_some() {
                column.default = None;
            }
        }
        ColumnChange::Generated { to, .. } => column.generated = to.clone(),
        ColumnChange::Storage { to, .. } => column.storage = to.clone(),
        ColumnChange::Compression { to, .. } => column.compression = to.clone(),
        ColumnChange::Statistics { to, .. } => column.statistics = *to,
        ColumnChange::Options { to, .. } => column.options = to.clone(),
    }
}

/// Tells whether a constraint goes when this column goes.
pub fn constraint_uses(constraint: &Constraint, column: &Ident) -> bool {
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            key.columns.contains(column) || key.include.contains(column)
        }
        ConstraintKind::Check { expr, .. } => mentions(expr, column),
        ConstraintKind::ForeignKey(key) => key.columns.contains(column),
        ConstraintKind::Exclude(exclude) => {
            exclude
                .elements
                .iter()
                .any(|element| part_uses(&element.part.key, column))
                || exclude.include.contains(column)
                || exclude
                    .predicate
                    .as_ref()
                    .is_some_and(|expr| mentions(expr, column))
        }
    }
}

/// Tells whether an index goes when this column goes.
pub fn index_uses(index: &Index, column: &Ident) -> bool {
    index.parts.iter().any(|part| part_uses(&part.key, column))
        || index.include.contains(column)
        || index
            .predicate
            .as_ref()
            .is_some_and(|expr| mentions(expr, column))
}

fn part_uses(key: &IndexKey, column: &Ident) -> bool {
    match key {
        IndexKey::Column(name) => name == column,
        IndexKey::Expr(expr) => mentions(expr, column),
    }
}

pub(super) fn missing(kind: &str, name: impl std::fmt::Display) -> String {
    format!("{kind} `{name}` is not there")
}

pub(super) fn insert<K: Ord + Clone + std::fmt::Display, V>(
    map: &mut std::collections::BTreeMap<K, V>,
    name: &K,
    value: V,
    kind: &str,
) -> Result<(), String> {
    match map.insert(name.clone(), value) {
        Some(_) => Err(format!("{kind} `{name}` is there already")),
        None => Ok(()),
    }
}

pub(super) fn remove<K: Ord + std::fmt::Display, V>(
    map: &mut std::collections::BTreeMap<K, V>,
    name: &K,
    kind: &str,
) -> Result<V, String> {
    map.remove(name).ok_or_else(|| missing(kind, name))
}

pub(super) fn table_mut<'a>(schema: &'a mut Schema, name: &Name) -> Result<&'a mut Table, String> {
    match schema.tables.get_mut(name) {
        Some(table) => Ok(table),
        None => Err(missing("table", name)),
    }
}

pub(super) fn column_mut<'a>(
    schema: &'a mut Schema,
    table: &Name,
    name: &Ident,
) -> Result<&'a mut Column, String> {
    let columns = &mut table_mut(schema, table)?.columns;
    columns
        .iter_mut()
        .find(|column| column.name == *name)
        .ok_or_else(|| format!("column `{table}.{name}` is not there"))
}

fn constraint_mut<'a>(
    schema: &'a mut Schema,
    table: &Name,
    name: &Ident,
) -> Result<&'a mut Constraint, String> {
    let constraints = &mut table_mut(schema, table)?.constraints;
    constraints
        .iter_mut()
        .find(|constraint| constraint.name.as_ref() == Some(name))
        .ok_or_else(|| format!("constraint `{name}` of `{table}` is not there"))
}

fn index_mut<'a>(
    schema: &'a mut Schema,
    table: &Name,
    name: Option<&Ident>,
) -> Result<&'a mut Index, String> {
    let indexes = &mut table_mut(schema, table)?.indexes;
    indexes
        .iter_mut()
        .find(|index| index.name.as_ref() == name)
        .ok_or_else(|| format!("an index of `{table}` is not there"))
}

fn labels<'a>(schema: &'a mut Schema, name: &Name) -> Result<&'a mut Vec<String>, String> {
    match schema.types.get_mut(name) {
        Some(UserType::Enum(ty)) => Ok(&mut ty.labels),
        Some(UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_)) | None => {
            Err(missing("enum", name))
        }
    }
}

fn replace_type(schema: &mut Schema, name: &Name, mut to: UserType) -> Result<(), String> {
    let ty = schema
        .types
        .get_mut(name)
        .ok_or_else(|| missing("type", name))?;
    *to.comment_mut() = ty.comment().cloned();
    if let (UserType::Domain(from), UserType::Domain(to)) = (&*ty, &mut to) {
        for check in &mut to.checks {
            let before = from.checks.iter().find(|old| old.name == check.name);
            check.comment = before.and_then(|old| old.comment.clone());
        }
    }
    *ty = to;
    Ok(())
}

/// What can be said of an index, which may be a key's.
struct SaidOfIndex<'a> {
    comment: &'a mut Option<String>,
    extensions: &'a mut BTreeSet<Ident>,
}

fn said_of_index<'a>(schema: &'a mut Schema, name: &Name) -> Result<SaidOfIndex<'a>, String> {
    let tables = schema.tables.values_mut();
    let tables = tables.filter(|table| table.name.schema == name.schema);
    let said = tables.flat_map(|table| {
        let table = &mut **table;
        let indexes = table.indexes.iter_mut().map(|index| {
            let said = SaidOfIndex {
                comment: &mut index.comment,
                extensions: &mut index.extensions,
            };
            (index.name.as_ref(), said)
        });
        let keys = table.constraints.iter_mut().map(|key| {
            let said = SaidOfIndex {
                comment: &mut key.index_comment,
                extensions: &mut key.index_extensions,
            };
            (key.name.as_ref(), said)
        });
        indexes.chain(keys)
    });
    let mut found = said.filter(|(named, _)| *named == Some(&name.name));
    let found = found.next();
    Ok(found
        .ok_or_else(|| format!("index `{name}` is not there"))?
        .1)
}

fn comment_mut<'a>(
    schema: &'a mut Schema,
    object: &Object,
) -> Result<&'a mut Option<String>, String> {
    let gone = || format!("{object:?} is not there");
    Ok(match object {
        Object::Namespace(name) => &mut schema.namespaces.get_mut(name).ok_or_else(gone)?.comment,
        Object::Extension(name) => &mut schema.extensions.get_mut(name).ok_or_else(gone)?.comment,
        Object::Type(name) | Object::Domain(name) => {
            schema.types.get_mut(name).ok_or_else(gone)?.comment_mut()
        }
        Object::Sequence(name) if schema.sequences.contains_key(name) => {
            &mut schema.sequences.get_mut(name).ok_or_else(gone)?.comment
        }
        Object::Sequence(name) => {
            let identities = schema.tables.values_mut().flat_map(|table| {
                let table = &mut **table;
                let name = &table.name;
                let columns = table.columns.iter_mut();
                columns.filter_map(move |it| Some((name, &it.name, it.identity.as_deref_mut()?)))
            });
            let mut found = identities.filter(|(table, column, identity)| {
                identity.name_of_sequence(table, column) == *name
            });
            &mut found.next().ok_or_else(gone)?.2.comment
        }
        Object::Table(name) => &mut table_mut(schema, name)?.comment,
        Object::Column(table, column) if schema.tables.contains_key(table) => {
            &mut column_mut(schema, table, column)?.comment
        }
        Object::Column(composite, field) => match schema.types.get_mut(composite) {
            Some(UserType::Composite(ty)) => {
                let field = ty
                    .fields
                    .iter_mut()
                    .find(|candidate| candidate.name == *field);
                &mut field.ok_or_else(gone)?.comment
            }
            Some(_) | None => return Err(gone()),
        },
        Object::Constraint(table, name) => {
            let not_null = |column: &Column| column.name_of_not_null(table) == *name;
            let parts = schema.tables.get(table).ok_or_else(gone)?;
            let named = |part: &Constraint| part.name.as_ref() == Some(name);
            if parts.constraints.iter().any(named) {
                &mut constraint_mut(schema, table, name)?.comment
            } else {
                let columns = &mut table_mut(schema, table)?.columns;
                let column = columns.iter_mut().find(|column| not_null(column));
                &mut column.ok_or_else(gone)?.not_null_comment
            }
        }
        Object::DomainConstraint(domain, name) => match schema.types.get_mut(domain) {
            Some(UserType::Domain(ty)) => {
                if ty.not_null && ty.name_of_not_null(domain) == *name {
                    &mut ty.not_null_comment
                } else {
                    let check = ty
                        .checks
                        .iter_mut()
                        .find(|check| check.name.as_ref() == Some(name));
                    &mut check.ok_or_else(gone)?.comment
                }
            }
            Some(_) | None => return Err(gone()),
        },
        Object::Index(name) => said_of_index(schema, name)?.comment,
        Object::Statistics(name) => &mut schema.statistics.get_mut(name).ok_or_else(gone)?.comment,
    })
}
