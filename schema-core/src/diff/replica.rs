//! The replica identity of a model's table: only a unique index that every row is in says which row
//! changed.

use super::{Diff, Refusal};
use crate::change::is_of_a_model;
use crate::schema::{
    Constraint, ConstraintKind, Ident, Index, IndexKey, ReplicaIdentity, Schema, Table,
};

/// Refuses those that no server takes. Parts have their names by now.
pub(super) fn replica_identities(desired: &Schema, out: &mut Diff) {
    for (name, table) in &desired.tables {
        let ReplicaIdentity::Index(index) = &table.options.replica_identity else {
            continue;
        };
        if desired.hints.unmanaged.contains(name) || !is_of_a_model(desired, name) {
            continue;
        }
        if let Some(reason) = reason(table, index) {
            out.refusals.push(Refusal::new(
                format!("table {name}"),
                format!("replica_identity: `{index}` {reason}"),
                "name a unique index without WHERE whose columns are all NOT NULL, or say `replica_identity = full`",
            ));
        }
    }
}

fn reason(table: &Table, name: &Ident) -> Option<String> {
    let mut constraints = table.constraints.iter();
    let key = constraints.find(|it| it.name.as_ref() == Some(name));
    let mut indexes = table.indexes.iter();
    let index = indexes.find(|it| it.name.as_ref() == Some(name));
    match (key, index) {
        (Some(key), _) => of_key(table, key),
        (None, Some(index)) => of_index(table, index),
        (None, None) => Some("is no index of it".into()),
    }
}

fn of_key(table: &Table, constraint: &Constraint) -> Option<String> {
    let key = match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => key,
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => return Some("is no index of it".into()),
    };
    if constraint.deferrable {
        return Some("is deferrable".into());
    }
    let primary = matches!(constraint.kind, ConstraintKind::PrimaryKey(_));
    (!primary)
        .then(|| nullable(table, &key.columns.iter().collect::<Vec<_>>()))
        .flatten()
}

fn of_index(table: &Table, index: &Index) -> Option<String> {
    if !index.unique {
        return Some("is not unique".into());
    }
    if index.predicate.is_some() {
        return Some("has not all rows: it has a WHERE".into());
    }
    let columns = index.parts.iter().map(|part| match &part.key {
        IndexKey::Column(column) => Some(column),
        IndexKey::Expr(_) => None,
    });
    match columns.collect::<Option<Vec<_>>>() {
        Some(columns) => nullable(table, &columns),
        None => Some("has an expression".into()),
    }
}

fn nullable(table: &Table, columns: &[&Ident]) -> Option<String> {
    let primary = table.constraints.iter().find_map(|it| match &it.kind {
        ConstraintKind::PrimaryKey(key) => Some(&key.columns),
        ConstraintKind::Unique(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => None,
    });
    let free = columns.iter().find(|name| {
        let column = table.column(name);
        let required = primary.is_some_and(|primary| primary.contains(name));
        column.is_some_and(|column| column.nullable) && !required
    });
    free.map(|column| format!("has a column that may be NULL: `{column}`"))
}
