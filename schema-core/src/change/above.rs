//! What tables have from others in a schema in memory: from those above them, or from a type.

use std::collections::BTreeSet;

use super::Object;
use super::replay::{missing, table_mut};
use crate::diff::same_index;
use crate::schema::{
    CompositeField, Constraint, ConstraintKind, Ident, Index, Name, Schema, Shared, Table, UserType,
};

/// Returns the partitions and inheriting tables directly below a table.
pub fn children(schema: &Schema, parent: &Name) -> Vec<Name> {
    let below = |table: &&Shared<Table>| {
        table
            .partition_of
            .as_ref()
            .is_some_and(|partition| partition.parent == *parent)
            || table.inherits.contains(parent)
    };
    schema
        .tables
        .values()
        .filter(below)
        .map(|table| table.name.clone())
        .collect()
}

/// Tells whether a table has a column from another one than this.
pub(crate) fn held_by_another(schema: &Schema, table: &Name, than: &Name, column: &Ident) -> bool {
    let parents = schema.tables[table].inherits.iter();
    let mut others = parents.filter(|parent| *parent != than);
    others.any(|parent| {
        let parent = schema.tables.get(parent);
        parent.is_some_and(|parent| parent.column(column).is_some())
    })
}

/// Returns all tables below a table.
pub(crate) fn descendants(schema: &Schema, parent: &Name) -> Vec<Name> {
    let mut found = children(schema, parent);
    let mut at = 0;
    while at < found.len() {
        for child in children(schema, &found[at].clone()) {
            if !found.contains(&child) {
                found.push(child);
            }
        }
        at += 1;
    }
    found
}

/// Returns a table and those that it is a partition of, from below: keys and types of columns come
/// from there. A circle, which no server has, ends.
pub(crate) fn lineage<'a>(schema: &'a Schema, table: &'a Name) -> impl Iterator<Item = &'a Name> {
    let above = |name: &&'a Name| {
        let table = schema.tables.get(*name)?;
        Some(&table.partition_of.as_ref()?.parent)
    };
    std::iter::successors(Some(table), above).take(schema.tables.len() + 1)
}

/// Tells whether a table is desired by a model: its own, or that of a table above which says its
/// partitions.
pub(crate) fn is_of_a_model(schema: &Schema, table: &Name) -> bool {
    lineage(schema, table).any(|name| schema.hints.sources.contains_key(name))
}

/// What tables below others are to have by themselves: a table above lets go of that for its own rows
/// alone.
pub(crate) struct Kept {
    columns: BTreeSet<(Name, Ident)>,
    checks: BTreeSet<(Name, Ident)>,
}

impl Kept {
    /// Finds it, from below.
    pub(crate) fn new(desired: &Schema) -> Self {
        let (mut columns, mut checks) = (BTreeSet::new(), BTreeSet::new());
        for table in desired.tables.values() {
            let above = all_above(desired, table);
            if above.is_empty() {
                continue;
            }
            for column in table.columns.iter().filter(|column| !column.nullable) {
                let at = |table: &&Name| ((*table).clone(), column.name.clone());
                columns.extend(above.iter().map(at));
            }
            for name in table.constraints.iter().filter_map(own_check) {
                checks.extend(above.iter().map(|table| ((*table).clone(), name.clone())));
            }
        }
        Self { columns, checks }
    }

    /// Tells whether a table below one demands a value of this column.
    pub(crate) fn has_not_null(&self, table: &Name, column: &Ident) -> bool {
        self.columns.contains(&(table.clone(), column.clone()))
    }

    /// Tells whether a table below one has a check of this name that is its own.
    pub(crate) fn has_check(&self, table: &Name, constraint: &Constraint) -> bool {
        let check = matches!(constraint.kind, ConstraintKind::Check { .. });
        let name = constraint.name.clone().filter(|_| check);
        name.is_some_and(|name| self.checks.contains(&(table.clone(), name)))
    }
}

fn own_check(constraint: &Constraint) -> Option<&Ident> {
    let check = matches!(constraint.kind, ConstraintKind::Check { .. });
    let name = constraint.name.as_ref();
    name.filter(|_| check && !constraint.inherited)
}

/// Returns all tables above one.
pub(crate) fn all_above<'a>(schema: &'a Schema, table: &'a Table) -> BTreeSet<&'a Name> {
    let mut found = BTreeSet::new();
    let mut open = vec![table];
    while let Some(table) = open.pop() {
        for parent in table.parents() {
            if found.insert(parent) {
                open.extend(schema.tables.get(parent).map(|table| &**table));
            }
        }
    }
    found
}

/// Returns the keys of a partition itself of which one is its part of a unique index above: the
/// server takes one where the partition has no index for that.
pub(crate) fn lent_keys<'a>(partition: &'a Table, above: &Index) -> Vec<&'a Constraint> {
    let has_own = |index: &Index| index.inherited && same_index(index, above);
    if above.inherited || above.invalid || partition.indexes.iter().any(has_own) {
        return Vec::new();
    }
    let could_be = |it: &&Constraint| match &it.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            !it.inherited && !it.deferrable && above.can_be_key(key)
        }
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => false,
    };
    partition.constraints.iter().filter(could_be).collect()
}

/// Partitions know the part above that theirs belong to by its name.
pub(super) fn rename_above(schema: &mut Schema, table: &Name, from: &Ident, to: &Ident) {
    let partitioned = |table: &Shared<Table>| table.partition_by.is_some();
    if !schema.tables.get(table).is_some_and(partitioned) {
        return;
    }
    for below in descendants(schema, table) {
        let Ok(below) = table_mut(schema, &below) else {
            continue;
        };
        let indexes = below.indexes.iter_mut().map(|it| &mut it.part_of);
        let keys = below.constraints.iter_mut().map(|it| &mut it.part_of);
        for part_of in indexes.chain(keys) {
            if part_of.as_ref() == Some(from) {
                *part_of = Some(to.clone());
            }
        }
    }
}

/// Tells whether a partition may have what a comment is about from above.
pub(super) fn may_come_from_above(schema: &Schema, object: &Object) -> bool {
    if let Object::Constraint(table, _) = object {
        let table = schema.tables.get(table);
        table.is_some_and(|table| table.partition_of.is_some())
    } else if let Object::Index(index) = object {
        let mut tables = schema.tables.values();
        tables.any(|it| it.partition_of.is_some() && it.name.schema == index.schema)
    } else {
        false
    }
}

/// What the parent has must be there.
pub(super) fn add_parent(schema: &mut Schema, table: &Name, parent: &Name) -> Result<(), String> {
    let above = table_mut(schema, parent)?.columns.clone();
    let table = table_mut(schema, table)?;
    for column in &above {
        let own = table.column(&column.name);
        if own.is_none_or(|own| own.ty != column.ty) {
            let (table, column) = (&table.name, &column.name);
            return Err(format!(
                "`{table}` has no column `{column}` like that of `{parent}`"
            ));
        }
    }
    table.inherits.push(parent.clone());
    Ok(())
}

/// What came from the parent alone is the table's own from then on.
pub(super) fn drop_parent(schema: &mut Schema, table: &Name, parent: &Name) -> Result<(), String> {
    table_mut(schema, parent)?;
    let known = table_mut(schema, table)?;
    let at = known.inherits.iter().position(|other| other == parent);
    known
        .inherits
        .remove(at.ok_or_else(|| missing("parent", parent))?);
    let above: Vec<Ident> = (schema.tables[table].inherits.iter())
        .filter_map(|parent| schema.tables.get(parent))
        .flat_map(|parent| parent.columns.iter().map(|column| column.name.clone()))
        .collect();
    for column in &mut table_mut(schema, table)?.columns {
        column.inherited &= above.contains(&column.name);
    }
    Ok(())
}

/// The columns have to be the fields of the type, in their order.
pub(super) fn alter_row_type(
    schema: &mut Schema,
    table: &Name,
    to: Option<&Name>,
) -> Result<(), String> {
    let fields = to.and_then(|to| match schema.types.get(to) {
        Some(UserType::Composite(ty)) => Some(ty.fields.clone()),
        Some(UserType::Enum(_) | UserType::Domain(_) | UserType::Range(_)) | None => None,
    });
    let table = table_mut(schema, table)?;
    let same = |fields: &Vec<CompositeField>| {
        let columns = table
            .columns
            .iter()
            .map(|column| (&column.name, &column.ty));
        (fields.iter().map(|field| (&field.name, &field.ty))).eq(columns)
    };
    if fields.as_ref().is_some_and(|fields| !same(fields)) {
        return Err(format!(
            "the columns of `{}` are not its fields",
            table.name
        ));
    }
    table.of_type = to.cloned();
    Ok(())
}
