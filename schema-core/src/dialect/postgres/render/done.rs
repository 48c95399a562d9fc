//! Conditions that tell whether a change has been made: a script that runs again leaves alone what
//! would do harm, or fail, the second time.
//!
//! Each condition is false before the plan and true at its end. What a group commits, all of its
//! conditions tell; and a group that is done says so of those before it. Most hold once the first
//! transaction of a change has been committed; those of `is_over` once the last one has.

use super::Writer;
use super::alike::{constraint_is, index_is, prints};
use super::condition::{
    has_column, has_constraint_from_above, has_index, has_label, has_labels, has_not_null,
    has_parent, has_plain_constraint, is_lent_constraint, is_like, is_of_type, is_partition,
    is_partitioned_by, is_sequence, is_table, is_type, is_unlogged,
};
use super::object::literal;
use crate::change::{Change, ColumnChange, descendants, lent_keys, lineage};
use crate::dialect::postgres::types::spell;
use crate::schema::{
    Column, ConstraintKind, GeneratedKind, Ident, Name, Schema, Table, UserType, quote_literal,
    temporary,
};

impl Writer<'_> {
    /// Returns the condition that this change has been made, where there is one.
    pub(super) fn is_done(&self, change: &Change) -> Option<String> {
        let (live, desired) = (self.live, self.desired);
        // Before the plan, its name is that of another table.
        let another =
            |table: &Name| self.was.contains_key(table) && live.tables.contains_key(table);
        if !matches!(change, Change::RenameTable { .. }) && change.table().is_some_and(another) {
            return None;
        }
        let is_there = |name: &Name| {
            let has = |schema: &Schema| schema.tables.contains_key(name);
            turns(has(live), has(desired), is_table(name))
        };
        match change {
            Change::CreateTable { table } | Change::DropTable { table } => {
                let key = |schema: &Schema| {
                    let by = schema.tables.get(&table.name)?.partition_by.as_ref()?;
                    Some(is_partitioned_by(&table.name, by))
                };
                match key(desired).filter(|_| self.is_anew(&table.name)) {
                    Some(after) => {
                        let turns = turns(key(live).as_ref() == Some(&after), true, after);
                        turns.or_else(|| self.columns_turn(&table.name))
                    }
                    None => is_there(&table.name),
                }
            }
            Change::RenameTable { from, to } => is_there(to).or_else(|| is_there(from)),
            Change::CreateSequence { name, .. }
            | Change::RenameSequence { to: name, .. }
            | Change::DropSequence { name } => {
                let has = |schema: &Schema| schema.sequences.contains_key(name);
                turns(has(live), has(desired), is_sequence(name))
            }
            // One of its name may go for it.
            Change::CreateType {
                name,
                ty: UserType::Enum(ty),
            } => {
                let has = |schema: &Schema| labels(schema, name) == Some(&ty.labels);
                turns(has(live), has(desired), has_labels(name, &ty.labels))
            }
            Change::CreateType { name, ty }
            | Change::RenameType { to: name, ty, .. }
            | Change::DropType { name, ty } => {
                let has = |schema: &Schema| {
                    let found = schema.types.get(name);
                    found.is_some_and(|found| is_like(name, found, ty))
                };
                turns(has(live), has(desired), is_type(name, ty))
            }
            Change::ReplaceEnum { name, to, .. } => {
                let has = |schema: &Schema| labels(schema, name) == Some(to);
                turns(has(live), has(desired), has_labels(name, to))
            }
            Change::AddLabel { ty, label, .. } | Change::RenameLabel { ty, to: label, .. } => {
                let has = |schema: &Schema| labels(schema, ty).is_some_and(|it| it.contains(label));
                turns(has(live), has(desired), has_label(ty, label))
            }
            Change::AttachPartition { table, partition }
            | Change::DetachPartition { table, partition } => {
                let live = self
                    .table_before(table)
                    .and_then(|it| it.partition_of.as_ref());
                if live.is_some_and(|it| it.detach_pending) {
                    return None;
                }
                let has = |table: Option<&Table>| {
                    table.and_then(|table| table.partition_of.as_ref()) == Some(partition)
                };
                self.turns(table, has, is_partition(table, partition))
            }
            Change::AddParent { table, parent } | Change::DropParent { table, parent } => {
                let has = |table: Option<&Table>| {
                    table.is_some_and(|table| table.inherits.contains(parent))
                };
                self.turns(table, has, has_parent(table, parent))
            }
            Change::AlterRowType { table, from, to } => {
                let of = to.as_ref().or(from.as_ref())?;
                let has = |table: Option<&Table>| {
                    table.and_then(|table| table.of_type.as_ref()) == Some(of)
                };
                self.turns(table, has, is_of_type(table, of))
            }
            Change::AddColumn { table, column, .. } | Change::DropColumn { table, column, .. } => {
                self.column_turns(table, &column.name)
            }
            Change::RenameColumn { table, to, .. } => self.column_turns(table, to),
            Change::AlterColumn {
                table,
                column,
                change,
            } => self.column_is(table, column, change),
            Change::AddConstraint { table, constraint }
            | Change::DropConstraint { table, constraint } => {
                self.constraint_turns(table, constraint.name.as_ref()?)
            }
            Change::RenameConstraint { table, to, .. } => self.constraint_turns(table, to),
            // It may be there, and not attached.
            Change::CreateIndex { index, .. } if index.inherited => None,
            Change::CreateIndex { table, index } | Change::DropIndex { table, index } => {
                self.index_turns(table, index.name.as_ref()?)
            }
            // The new one may be that of what has gone.
            Change::RenameIndex { table, from, to } => {
                let turns = self.index_turns(table, to);
                turns.or_else(|| self.index_turns(table, from))
            }
            Change::CreateNamespace { .. }
            | Change::DropNamespace { .. }
            | Change::CreateExtension { .. }
            | Change::AlterExtension { .. }
            | Change::DropExtension { .. }
            | Change::AlterDomain { .. }
            | Change::AlterComposite { .. }
            | Change::AlterSequence { .. }
            | Change::AlterTable { .. }
            | Change::ValidateConstraint { .. }
            | Change::AlterConstraint { .. }
            | Change::AlterIndex { .. }
            | Change::TieIndex { .. }
            | Change::CreateStatistics { .. }
            | Change::DropStatistics { .. }
            | Change::AlterStatistics { .. }
            | Change::SetComment { .. }
            | Change::DropOther { .. }
            | Change::CreateOther { .. }
            | Change::CreateFunction { .. } => None,
        }
    }

    /// The condition that a column of a table that is made anew has the type that it gets with that.
    fn columns_turn(&self, table: &Name) -> Option<String> {
        let (before, after) = (
            self.live.tables.get(table)?,
            self.desired.tables.get(table)?,
        );
        after.columns.iter().find_map(|column| {
            let ty = spell(&column.ty);
            let retyped = before
                .column(&column.name)
                .is_some_and(|it| spell(&it.ty) != ty);
            retyped.then(|| has_column(table, &column.name, &is_type_of_column(&ty)))
        })
    }

    /// What becomes of something that a table has, or has not.
    fn turns(
        &self,
        table: &Name,
        has: impl Fn(Option<&Table>) -> bool,
        condition: String,
    ) -> Option<String> {
        let after = self.desired.tables.get(table).map(|table| &**table);
        turns(has(self.table_before(table)), has(after), condition)
    }

    /// What becomes of what is altered of a column.
    fn column_is(&self, table: &Name, column: &Column, change: &ColumnChange) -> Option<String> {
        let turns = |has: &dyn Fn(&Column) -> bool, condition: String| {
            let has = |table: Option<&Table>| {
                let found = table.and_then(|table| table.column(&column.name));
                found.is_some_and(has)
            };
            let condition = has_column(table, &column.name, &condition);
            self.turns(table, has, condition)
        };
        match change {
            ColumnChange::Type { .. } => {
                let ty = spell(&column.ty);
                turns(&|it| spell(&it.ty) == ty, is_type_of_column(&ty))
            }
            ColumnChange::DropNotNull { .. } | ColumnChange::SetNotNull { .. } => {
                turns(&|it| !it.nullable, "attnotnull".into())
            }
            // A partition has that of the table above (PostgreSQL 17).
            ColumnChange::Identity { .. } => turns(
                &|it| it.identity.is_some(),
                "attidentity <> '' AND EXISTS (SELECT 1 FROM pg_catalog.pg_class \
                 WHERE oid = attrelid AND NOT relispartition)"
                    .into(),
            ),
            ColumnChange::Generated { to: Some(_), .. } => None,
            ColumnChange::Generated { to: None, .. } => {
                turns(&|it| it.generated.is_some(), "attgenerated <> ''".into())
            }
            ColumnChange::Values { .. }
            | ColumnChange::Fill { .. }
            | ColumnChange::ValidateNotNull { .. }
            | ColumnChange::ReopenNotNull
            | ColumnChange::InheritNotNull { .. }
            | ColumnChange::OwnNotNull
            | ColumnChange::RenameNotNull { .. }
            | ColumnChange::Default { .. }
            | ColumnChange::Storage { .. }
            | ColumnChange::Compression { .. }
            | ColumnChange::Statistics { .. }
            | ColumnChange::Options { .. } => None,
        }
    }

    fn column_turns(&self, table: &Name, column: &Ident) -> Option<String> {
        let has = |table: Option<&Table>| table.is_some_and(|it| it.column(column).is_some());
        let turns = self.turns(table, has, has_column(table, column, ""));
        // One of its name may come for it that is not computed, or is.
        let computed = |table: Option<&Table>| {
            let column = table.and_then(|it| it.column(column));
            column.is_some_and(|it| it.generated.is_some())
        };
        let is_computed = has_column(table, column, "attgenerated <> ''");
        turns.or_else(|| self.turns(table, computed, is_computed))
    }

    /// The condition that a computed column which is to be another is not that yet: a script that
    /// runs again does not compute all rows once more.
    pub(super) fn is_yet_to_be_computed(&self, table: &Name, column: &Ident) -> Option<String> {
        let done = self.is_computed_anew(table, column)?;
        Some(format!("NOT {done}"))
    }

    /// The condition that a computed column which is to be another is that, as the server says it.
    fn is_computed_anew(&self, table: &Name, column: &Ident) -> Option<String> {
        let computed = |of: Option<&Table>| {
            let found = of?.column(column)?;
            let generated = found.generated.as_ref()?;
            let kind = match generated.kind {
                GeneratedKind::Stored => 's',
                GeneratedKind::Virtual => 'v',
            };
            let expr = generated.expr.sql();
            let is_so = format!(
                "attgenerated = '{kind}' AND pg_catalog.format_type(atttypid, atttypmod) = {} AND EXISTS (SELECT 1 \
                 FROM pg_catalog.pg_attrdef WHERE adrelid = attrelid AND adnum = attnum \
                 AND {})",
                quote_literal(&spell(&found.ty)),
                prints("pg_catalog.pg_get_expr(adbin, adrelid)", expr)
            );
            Some(has_column(table, column, &is_so))
        };
        let before = computed(self.table_before(table))?;
        let after = computed(self.desired.tables.get(table).map(|it| &**it))?;
        (before != after).then_some(after)
    }

    /// The condition that a column which is to be NOT NULL by another name is that (PostgreSQL 18).
    pub(super) fn another_not_null(&self, table: &Name, column: &Ident) -> Option<String> {
        let name = |of: &Table| {
            let found = of.column(column).filter(|it| !it.nullable)?;
            Some(found.name_of_not_null(table))
        };
        let before = name(self.table_before(table)?);
        let after = name(self.desired.tables.get(table)?)?;
        (self.facts.version >= 180_000 && before.as_ref() != Some(&after))
            .then(|| has_not_null(table, &after))
    }

    fn constraint_turns(&self, table: &Name, name: &Ident) -> Option<String> {
        let has = |table: Option<&Table>| named(table, name);
        let turns = self.turns(table, has, has_plain_constraint(table, name));
        // One of its name may come from above.
        let from_above = |table: Option<&Table>| {
            let mut constraints = table.into_iter().flat_map(|table| &table.constraints);
            constraints.any(|it| it.inherited && it.name.as_ref() == Some(name))
        };
        let is_from_above = has_constraint_from_above(table, name);
        let turns = turns.or_else(|| self.turns(table, from_above, is_from_above));
        turns.or_else(|| self.loan_turns(table, name))
    }

    /// Returns the condition that all of this change has been made, where a name tells nothing: one
    /// of its name was there before, and has become another.
    pub(super) fn is_over(&self, change: &Change) -> Option<String> {
        if let Change::AddConstraint { table, constraint } = change {
            self.constraint_is_over(table, constraint.name.as_ref()?)
        } else if let Change::RenameConstraint { table, to, .. } = change {
            self.constraint_is_over(table, to)
        } else if let Change::CreateIndex { table, index } = change {
            self.index_is_over(table, index.name.as_ref()?)
        } else if let Change::RenameIndex { table, to, .. } = change {
            self.index_is_over(table, to)
        } else if let Change::AddColumn { table, column, .. } = change {
            let done = self.is_computed_anew(table, &column.name);
            done.filter(|_| !self.is_renamed(table))
        } else if let Change::AlterTable { table, from, to } = change {
            turns(from.unlogged, to.unlogged, is_unlogged(table))
        } else {
            None
        }
    }

    fn constraint_is_over(&self, table: &Name, name: &Ident) -> Option<String> {
        self.turns_into(table, |part_of| {
            let mut constraints = part_of.constraints.iter();
            let constraint = constraints.find(|it| it.name.as_ref() == Some(name))?;
            let moves = match &constraint.kind {
                ConstraintKind::ForeignKey(key) => self.is_renamed(&key.table),
                ConstraintKind::PrimaryKey(_)
                | ConstraintKind::Unique(_)
                | ConstraintKind::Check { .. }
                | ConstraintKind::Exclude(_) => false,
            };
            constraint_is(table, constraint).filter(|_| !moves)
        })
    }

    /// The one that goes may be there for a while, under a name of ours.
    fn index_is_over(&self, table: &Name, name: &Ident) -> Option<String> {
        let done = self.turns_into(table, |part_of| {
            let mut indexes = part_of.indexes.iter();
            let index = indexes.find(|it| it.name.as_ref() == Some(name))?;
            index_is(table, index)
        })?;
        let aside = table.sibling(temporary("old", name.as_str()));
        Some(format!(
            "{done} AND to_regclass({}) IS NULL",
            literal(&aside)
        ))
    }

    /// The condition that a part of a table has become another one of its name. Where names change
    /// that it says, the one that goes would be taken for the one that comes.
    fn turns_into(&self, table: &Name, is: impl Fn(&Table) -> Option<String>) -> Option<String> {
        let before = is(self.table_before(table)?)?;
        let after = is(self.desired.tables.get(table)?)?;
        (before != after && !self.is_renamed(table)).then_some(after)
    }

    /// Tells whether a table, a column of it, or a type has another name before this plan.
    fn is_renamed(&self, table: &Name) -> bool {
        self.was.contains_key(table)
            || self.changes.iter().any(|change| {
                matches!(change, Change::RenameType { .. })
                    || matches!(change, Change::RenameColumn { table: on, .. } if on == table)
            })
    }

    /// A partition's own key may become its part of a unique index above, or be that no more.
    fn loan_turns(&self, table: &Name, key: &Ident) -> Option<String> {
        let is_lent = |schema: &Schema, table: &Name| {
            let above = lineage(schema, table).skip(1);
            let mut indexes = above
                .filter_map(|above| schema.tables.get(above))
                .flat_map(|it| &it.indexes);
            schema.tables.get(table).is_some_and(|table| {
                indexes.any(|above| {
                    let mut lent = lent_keys(table, above).into_iter();
                    lent.any(|it| it.name.as_ref() == Some(key))
                })
            })
        };
        let before = self.was.get(table).unwrap_or(table);
        turns(
            is_lent(self.live, before),
            is_lent(self.desired, table),
            is_lent_constraint(table, key),
        )
    }

    fn index_turns(&self, table: &Name, name: &Ident) -> Option<String> {
        let has = |table: Option<&Table>| indexed(table, name);
        // Whether one is there that is not valid says nothing of what has been done.
        let open = |table: Option<&Table>| {
            let mut indexes = table.into_iter().flat_map(|table| &table.indexes);
            indexes.any(|index| index.invalid && index.name.as_ref() == Some(name))
        };
        let after = self.desired.tables.get(table).map(|it| &**it);
        if open(self.table_before(table)) || open(after) {
            return None;
        }
        let turns = self.turns(table, has, has_index(table, name, ""));
        // One of its name may be the part of one above.
        let from_above = |table: Option<&Table>| {
            let mut indexes = table.into_iter().flat_map(|table| &table.indexes);
            indexes.any(|it| it.inherited && it.name.as_ref() == Some(name))
        };
        let part = " AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = indexrelid)";
        let turns = turns.or_else(|| self.turns(table, from_above, has_index(table, name, part)));
        // One of its name may have another part below.
        let loans = || {
            let below = descendants(self.desired, table);
            let mut below = below.iter().filter_map(|it| self.desired.tables.get(it));
            below.find_map(|it| {
                let mut keys = it.constraints.iter().filter_map(|key| key.name.as_ref());
                keys.find_map(|key| self.loan_turns(&it.name, key))
            })
        };
        turns.or_else(loans)
    }

    /// Tells whether it must not be carried out again: what it drops has come back, what it renames
    /// has another's name, what it alters has changed its kind.
    pub(super) fn is_once(&self, change: &Change) -> bool {
        // What is altered may not be there any more.
        let goes = |table: &Name| !self.desired.tables.contains_key(table);
        if !matches!(change, Change::DropTable { .. }) && change.table().is_some_and(goes) {
            return true;
        }
        match change {
            Change::DropTable { table } => self.comes_back(&table.name),
            Change::DropSequence { name } | Change::DropType { name, .. } => self.comes_back(name),
            Change::DropIndex { table, index } => {
                let name = index.name.as_ref();
                name.is_some_and(|name| self.comes_back(&table.sibling(name.clone())))
            }
            Change::DropConstraint { table, constraint } => {
                let name = constraint.name.as_ref();
                name.is_some_and(|name| {
                    named(self.desired.tables.get(table).map(|it| &**it), name)
                        || self.comes_back(&table.sibling(name.clone()))
                })
            }
            Change::DropColumn { table, column, .. } => {
                let after = self.desired.tables.get(table);
                after.is_some_and(|after| after.column(&column.name).is_some())
            }
            // Not even IF NOT EXISTS may be said of a column that comes from above by then; and NULL is
            // what somebody has written since rows got their value.
            Change::AddColumn {
                table,
                column,
                backfill,
            } => {
                let after = self.desired.tables.get(table);
                column.nullable && (backfill.is_some() || self.is_a_type(table))
                    || after.is_some_and(|after| after.partition_of.is_some())
            }
            Change::AlterColumn { change, .. } => matches!(
                change,
                ColumnChange::Type { .. }
                    | ColumnChange::Identity { .. }
                    | ColumnChange::Generated { to: None, .. }
            ),
            Change::RenameTable { .. }
            | Change::RenameSequence { .. }
            | Change::RenameType { .. }
            | Change::RenameColumn { .. }
            | Change::RenameConstraint { .. }
            | Change::RenameIndex { .. }
            | Change::ReplaceEnum { .. }
            | Change::RenameLabel { .. }
            | Change::AttachPartition { .. }
            | Change::DetachPartition { .. }
            | Change::DropOther { .. }
            | Change::CreateOther { .. } => true,
            Change::CreateNamespace { .. }
            | Change::DropNamespace { .. }
            | Change::CreateExtension { .. }
            | Change::AlterExtension { .. }
            | Change::DropExtension { .. }
            | Change::CreateType { .. }
            | Change::AddLabel { .. }
            | Change::AlterDomain { .. }
            | Change::AlterComposite { .. }
            | Change::CreateSequence { .. }
            | Change::AlterSequence { .. }
            | Change::CreateTable { .. }
            | Change::AlterTable { .. }
            | Change::AddParent { .. }
            | Change::DropParent { .. }
            | Change::AlterRowType { .. }
            | Change::AddConstraint { .. }
            | Change::ValidateConstraint { .. }
            | Change::AlterConstraint { .. }
            | Change::CreateIndex { .. }
            | Change::AlterIndex { .. }
            | Change::TieIndex { .. }
            | Change::CreateStatistics { .. }
            | Change::DropStatistics { .. }
            | Change::AlterStatistics { .. }
            | Change::SetComment { .. }
            | Change::CreateFunction { .. } => false,
        }
    }

    /// Tells whether a relation, a type or an index has this name in the end.
    fn comes_back(&self, name: &Name) -> bool {
        let of_tables = || {
            let mut tables = self.desired.tables.values();
            tables.any(|table| {
                table.name.schema == name.schema
                    && (named(Some(table), &name.name) || indexed(Some(table), &name.name))
            })
        };
        self.desired.tables.contains_key(name)
            || self.desired.types.contains_key(name)
            || self.desired.sequences.contains_key(name)
            || of_tables()
    }
}

/// Returns the condition, or its opposite, for something that is as told before and after.
fn turns(before: bool, after: bool, condition: String) -> Option<String> {
    match (before, after) {
        (false, true) => Some(condition),
        (true, false) => Some(format!("NOT {condition}")),
        (true, true) | (false, false) => None,
    }
}

/// What is asked of a column besides: that it has this type.
fn is_type_of_column(ty: &str) -> String {
    format!(
        "pg_catalog.format_type(atttypid, atttypmod) = {}",
        quote_literal(ty)
    )
}

fn labels<'a>(schema: &'a Schema, name: &Name) -> Option<&'a Vec<String>> {
    match schema.types.get(name)? {
        UserType::Enum(found) => Some(&found.labels),
        UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_) => None,
    }
}

fn named(table: Option<&Table>, name: &Ident) -> bool {
    let mut constraints = table.into_iter().flat_map(|table| &table.constraints);
    constraints.any(|constraint| constraint.name.as_ref() == Some(name))
}

fn indexed(table: Option<&Table>, name: &Ident) -> bool {
    let mut indexes = table.into_iter().flat_map(|table| &table.indexes);
    indexes.any(|index| index.name.as_ref() == Some(name))
}
