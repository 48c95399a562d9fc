//! What is replaced on a large table: the new one is made first, beside the old one, and then takes
//! its name and its place in one short transaction.
//!
//! A run that was cut off leaves `_sync_new_..` before the swap: the next run uses an index of this
//! name if it is the one that is wanted, and drops it and makes it again if not. After the swap it
//! leaves `_sync_old_..`, which the next run drops. Nothing in between can be seen: the swap is
//! atomic.

use super::condition::has_constraint;
use std::collections::{BTreeMap, BTreeSet};

use super::alike::{constraint_is, index_is};
use super::constraint::{
    add_constraint_sql, constraint_details, deferral, drop_constraint_sql, key_index, key_word,
    validate_all,
};
use super::object::literal;
use super::{Draft, Writer};
use crate::change::{
    Change, ColumnChange, all_above, calls, constraint_uses, descendants, index_uses, steps_out,
};
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::types::type_change;
use crate::diff::{comes_above, same_index};
use crate::schema::{
    Column, Constraint, ConstraintKind, Expr, Ident, Index, Key, Name, Quoted, ReplicaIdentity,
    temporary,
};
use crate::step::Txn;

/// Changes that are carried out together: the place of the one that leads to those of the others.
pub(super) type Joined = BTreeMap<usize, Vec<usize>>;

impl Writer<'_> {
    /// Finds the changes that one sequence of statements carries out.
    pub(super) fn joined(&self) -> Joined {
        let mut joined = Joined::new();
        for (at, change) in self.changes.iter().enumerate() {
            let others = if let Change::CreateIndex { table, index } = change {
                self.replaced_index(table, index)
            } else if let Change::AddConstraint { table, constraint } = change {
                self.replaced_constraint(table, constraint)
            } else if let Change::AlterColumn {
                table,
                column,
                change: ColumnChange::Identity { from: None, .. },
            } = change
            {
                self.replaced_sequence(table, &column.name)
            } else {
                Vec::new()
            };
            if !others.is_empty() {
                joined.insert(at, others);
            }
            if let Change::AlterColumn {
                table,
                column,
                change: ColumnChange::Identity { to: None, .. },
            } = change
                && let Some((lead, others)) = self.replaced_identity(at, table, &column.name)
            {
                joined.insert(lead, others);
            }
        }
        self.join_not_null(&mut joined);
        self.join_rewrites(&mut joined);
        joined
    }

    /// The default and the sequence of a serial column that gets an identity: in between, no row
    /// would get a number.
    fn replaced_sequence(&self, table: &Name, column: &Ident) -> Vec<usize> {
        let old = self.was.get(table).unwrap_or(table);
        let before = self.table_before(table).and_then(|it| it.column(column));
        let taken = |name: &Name| before.is_some_and(|before| before.takes_from(name));
        // One that stands alone is as good as its own where the identity gets its name.
        let after = self
            .desired
            .tables
            .get(table)
            .and_then(|it| it.column(column));
        let identity = after.and_then(|it| it.identity.as_ref());
        let named = identity.map(|it| it.name_of_sequence(table, column));
        let owned = |name: &Name| {
            let sequence = self.live.sequences.get(name);
            let owner = sequence.and_then(|sequence| sequence.owned_by.as_ref());
            owner.is_some_and(|(owner, by)| owner == old && by == column)
                || owner.is_none() && taken(name) && named.as_ref() == Some(name)
        };
        // What goes before needs the default to be gone by then.
        let goes_before = self.changes.iter().any(
            |change| matches!(change, Change::DropSequence { name } if taken(name) && !owned(name)),
        );
        // One that gets a type lets go of its default before.
        let retyped = self.altered_at(table, column, |change| {
            matches!(change, ColumnChange::Type { .. })
        });
        let goes = |change: &Change| {
            matches!(change, Change::DropSequence { name } if owned(name))
                || retyped.is_none()
                    && !goes_before
                    && matches!(change, Change::AlterColumn {
                        table: other,
                        column: of,
                        change: ColumnChange::Default { to: None, .. },
                    } if other == table && of.name == *column)
        };
        let all = 0..self.changes.len();
        all.filter(|at| goes(&self.changes[*at])).collect()
    }

    /// Returns the place of the change of a column that is of some kind.
    fn altered_at(
        &self,
        table: &Name,
        column: &Ident,
        is: fn(&ColumnChange) -> bool,
    ) -> Option<usize> {
        let mut changes = self.changes_of(table);
        let found = changes.find(|(_, change)| {
            matches!(change, Change::AlterColumn { column: of, change, .. }
                if of.name == *column && is(change))
        });
        found.map(|(at, _)| at)
    }

    /// What gives a column a sequence in the place of its identity, which may have its name: that goes
    /// (the change at `gone`), the sequence is made, and the default takes its numbers, all with the
    /// change that makes the sequence the column's.
    fn replaced_identity(
        &self,
        gone: usize,
        table: &Name,
        column: &Ident,
    ) -> Option<(usize, Vec<usize>)> {
        let of_column = |is: fn(&ColumnChange) -> bool| self.altered_at(table, column, is);
        let mut changes = self.changes.iter().enumerate();
        let (lead, sequence) = changes.find_map(|(at, change)| {
            if let Change::AlterSequence { name, to, .. } = change
                && to
                    .owned_by
                    .as_ref()
                    .is_some_and(|(of, by)| of == table && by == column)
            {
                Some((at, name))
            } else {
                None
            }
        })?;
        let made = (self.changes.iter()).position(
            |change| matches!(change, Change::CreateSequence { name, .. } if name == sequence),
        )?;
        let default =
            of_column(|change| matches!(change, ColumnChange::Default { to: Some(_), .. }))?;
        // It has no identity while it gets a type, and others may take from the sequence too.
        let takes = |column: &&Column| {
            let default = column.default.as_ref();
            default.is_some_and(|default| default.sql().contains(&literal(sequence)))
        };
        let all = self.desired.tables.values().flat_map(|it| &it.columns);
        let retyped = of_column(|change| matches!(change, ColumnChange::Type { .. }));
        let alone = retyped.is_none() && all.filter(takes).count() <= 1;
        alone.then(|| (lead, vec![gone, made, default]))
    }

    /// Columns of one table that become NOT NULL: the first leads.
    fn join_not_null(&self, joined: &mut Joined) {
        let mut leaders: BTreeMap<&Name, usize> = BTreeMap::new();
        for (at, change) in self.changes.iter().enumerate() {
            let Change::AlterColumn {
                table,
                change: ColumnChange::SetNotNull { backfill: None },
                ..
            } = change
            else {
                continue;
            };
            match leaders.get(table) {
                Some(leader) => joined.entry(*leader).or_default().push(at),
                None => drop(leaders.insert(table, at)),
            }
        }
    }

    /// Columns of one table whose types change by a rewrite: one rewrite does all. The first leads.
    fn join_rewrites(&self, joined: &mut Joined) {
        let mut leaders: BTreeMap<&Name, usize> = BTreeMap::new();
        for (at, change) in self.changes.iter().enumerate() {
            let Change::AlterColumn {
                table,
                column,
                change: ColumnChange::Type { from, using },
            } = change
            else {
                continue;
            };
            if using.is_none() && !type_change(&from.ty, &column.ty).rewrite {
                continue;
            }
            match leaders.get(table) {
                Some(leader) => joined.entry(*leader).or_default().push(at),
                None => drop(leaders.insert(table, at)),
            }
        }
    }

    fn replaced_index(&self, table: &Name, index: &Index) -> Vec<usize> {
        let below = descendants(self.live, table);
        let waited_for = below.iter().any(|name| steps_out(name, self.changes));
        // One that is not complete, and what is made for it, is made by itself.
        let partial = index.invalid || index.inherited;
        if !self.busy(table) || waited_for || partial || self.takes_keys(table, index) {
            return Vec::new();
        }
        let temporary = index
            .name
            .as_ref()
            .map(|name| temporary("new", name.as_str()));
        let mut others = Vec::new();
        let mut spare = Vec::new();
        for (at, change) in self.changes_of(table) {
            let Change::DropIndex { index: old, .. } = change else {
                continue;
            };
            let stays = !self.column_moves(table, &|column| {
                index_uses(old, column) || index_uses(index, column)
            }) && !self.holds_on(old.exprs());
            // One that comes back as it was has to be out of the way in between.
            let returns = !old.invalid && same_index(old, index) && old.with == index.with;
            if old.name == index.name && stays && !returns {
                // Above partitions, what an earlier run has begun is finished.
                let joins = match self.partitioned(table) {
                    true => self.by_partition(table),
                    false => !old.invalid,
                };
                if joins {
                    others.push(at);
                }
            } else if old.name == temporary && self.spare(table, index).is_some() {
                spare.push(at);
            }
        }
        if !others.is_empty() {
            others.extend(spare);
        }
        others
    }

    fn replaced_constraint(&self, table: &Name, constraint: &Constraint) -> Vec<usize> {
        let partitioned = self.partitioned(table);
        if !self.busy(table) || partitioned && !self.by_partition(table) || constraint.not_enforced
        {
            return Vec::new();
        }
        let primary =
            |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey(_));
        let key = primary(constraint) || matches!(constraint.kind, ConstraintKind::Unique(_));
        if key && (self.key_is_held(table) || steps_out(table, self.changes)) {
            return Vec::new();
        }
        let mut others = Vec::new();
        for (at, change) in self.changes_of(table) {
            let Change::DropConstraint {
                constraint: old, ..
            } = change
            else {
                continue;
            };
            let same_place = old.name == constraint.name || primary(old) && primary(constraint);
            // One that comes back as it was has to be out of the way in between.
            let bare = |constraint: &Constraint| Constraint {
                comment: None,
                index_comment: None,
                index_extensions: BTreeSet::new(),
                ..constraint.clone()
            };
            let returns = bare(old) == bare(constraint);
            if !same_place || constraint.not_valid || returns {
                continue;
            }
            let stays = !self.column_moves(table, &|column| {
                constraint_uses(old, column) || constraint_uses(constraint, column)
            }) && !self.holds_on(old.exprs());
            let alike = match (&old.kind, &constraint.kind) {
                (ConstraintKind::Check { .. }, ConstraintKind::Check { .. }) => !partitioned,
                (
                    ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_),
                    ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key),
                ) => !key.without_overlaps,
                (ConstraintKind::ForeignKey(before), ConstraintKind::ForeignKey(new)) => {
                    let moves = |table: &Name, columns: &[Ident]| {
                        self.column_moves(table, &|column| columns.contains(column))
                    };
                    !partitioned
                        && !self.comes_from_above(table, old)
                        && !self.key_goes(&before.table)
                        && !self.key_goes(&new.table)
                        && !moves(&before.table, &before.references)
                        && !moves(&new.table, &new.references)
                }
                (
                    ConstraintKind::PrimaryKey(_)
                    | ConstraintKind::Unique(_)
                    | ConstraintKind::Check { .. }
                    | ConstraintKind::ForeignKey(_)
                    | ConstraintKind::Exclude(_),
                    _,
                ) => false,
            };
            if stays && alike {
                others.push(at);
            }
        }
        if let (false, ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) =
            (others.is_empty(), &constraint.kind)
        {
            let index = key_index(key, constraint.name.clone().unwrap_or_default());
            let spare = self.spare(table, &index);
            others.extend(self.changes.iter().position(|change| {
                matches!(change, Change::DropIndex { table: on, index }
                    if on == table && spare.is_some_and(|spare| spare == index))
            }));
        }
        others
    }

    /// Tells whether expressions call a function that is made again, or are of a type that is
    /// replaced: they have to be gone by then.
    fn holds_on<'e>(&self, mut exprs: impl Iterator<Item = &'e Expr>) -> bool {
        let mentions = |expr: &Expr, ty: &Name| expr.sql().contains(&Quoted(ty).to_string());
        exprs.any(|expr| {
            self.changes.iter().any(|change| {
                if let Change::DropOther { other, .. } = change {
                    calls(expr, &other.name)
                } else if let Change::RenameType { from: ty, .. }
                | Change::ReplaceEnum { name: ty, .. } = change
                {
                    mentions(expr, ty)
                } else {
                    false
                }
            })
        })
    }

    /// Tells whether a column that `uses` is about has to be free of old parts before it changes,
    /// here or above.
    fn column_moves(&self, table: &Name, uses: &dyn Fn(&Ident) -> bool) -> bool {
        let here = self.desired.tables.get(table);
        let above = here
            .map(|it| all_above(self.desired, it))
            .unwrap_or_default();
        let is_here = |on: &Name| on == table || above.contains(on);
        let added: BTreeSet<&Ident> = self
            .changes
            .iter()
            .filter_map(|change| {
                if let Change::AddColumn {
                    table: on, column, ..
                } = change
                {
                    is_here(on).then_some(&column.name)
                } else {
                    None
                }
            })
            .collect();
        self.changes.iter().any(|change| {
            if let Change::AlterColumn {
                table: on,
                column,
                change:
                    ColumnChange::Type { .. }
                    | ColumnChange::Values { .. }
                    | ColumnChange::DropNotNull { .. }
                    | ColumnChange::Generated { .. },
            } = change
            {
                is_here(on) && uses(&column.name)
            } else if let Change::DropColumn {
                table: on, column, ..
            } = change
            {
                is_here(on) && added.contains(&column.name) && uses(&column.name)
            } else if let Change::ReplaceEnum { columns, .. } = change {
                columns
                    .iter()
                    .any(|(on, column)| is_here(on) && uses(&column.name))
            } else {
                false
            }
        })
    }

    /// Tells whether a table above gets the like of a constraint, which then takes the one below for
    /// its part.
    fn comes_from_above(&self, table: &Name, constraint: &Constraint) -> bool {
        comes_above(self.desired, self.changes, table, constraint)
    }

    /// Tells whether a key of a table goes, or all of it, which a foreign key to it would hold.
    fn key_goes(&self, table: &Name) -> bool {
        self.changes_of(table).any(|(_, change)| {
            if let Change::DropConstraint { constraint, .. } = change {
                matches!(
                    constraint.kind,
                    ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_)
                )
            } else if let Change::DropIndex { index, .. } = change {
                index.unique
            } else {
                matches!(change, Change::DropTable { .. })
            }
        })
    }

    /// Returns the index that an earlier run has made for the place of this one.
    fn spare(&self, table: &Name, index: &Index) -> Option<&Index> {
        let name = temporary("new", index.name.as_ref()?.as_str());
        let old = self.was.get(table).unwrap_or(table);
        self.live.tables.get(old)?.indexes.iter().find(|other| {
            other.name.as_ref() == Some(&name) && !other.invalid && same_index(other, index)
        })
    }

    pub(super) fn swap_index(&self, out: &mut Draft, table: &Name, index: &Index) {
        let name = index.name.clone().unwrap_or_default();
        let (new, old) = (
            temporary("new", name.as_str()),
            temporary("old", name.as_str()),
        );
        self.build_beside(out, table, index, &new, &old, index_is(table, index));
        let ready = format!(
            "to_regclass({}) IS NOT NULL",
            literal(&table.sibling(new.clone()))
        );
        for (from, to) in [(&name, &old), (&new, &name)] {
            out.push(
                Form::RenameIndex
                    .sql(format!(
                        "ALTER INDEX IF EXISTS {} RENAME TO {}",
                        Quoted(&table.sibling(from.clone())),
                        Quoted(to)
                    ))
                    .guard(ready.clone()),
            );
        }
        self.index_details(out, table, index);
        out.push(
            Form::DropIndexConcurrently
                .sql(format!(
                    "DROP INDEX CONCURRENTLY IF EXISTS {}",
                    Quoted(&table.sibling(old))
                ))
                .txn(Txn::None),
        );
        out.note = format!("{}; then takes the old one's place", out.note);
    }

    /// Builds an index under a temporary name, unless an earlier run has.
    /// `done` is the condition that it has its place by now.
    fn build_beside(
        &self,
        out: &mut Draft,
        table: &Name,
        index: &Index,
        new: &Ident,
        old: &Ident,
        done: Option<String>,
    ) {
        if self.spare(table, index).is_some() {
            out.note = "was built by an earlier run".into();
            return;
        }
        let index = Index {
            name: Some(new.clone()),
            ..index.clone()
        };
        self.concurrently(out, table, &index);
        // A script that runs again after the swap has nothing to build.
        let swapped = format!(
            "to_regclass({}) IS NULL",
            literal(&table.sibling(old.clone()))
        );
        if let Some(build) = out.statements.last_mut() {
            build.guard = Some(match done {
                Some(done) => format!("{swapped} AND NOT {done}"),
                None => swapped,
            });
        }
    }

    /// What points at an index goes with it: it is said again of the new one.
    pub(super) fn point_at(&self, out: &mut Draft, table: &Name, name: &Ident) {
        let Some(options) = self.desired.tables.get(table).map(|table| &table.options) else {
            return;
        };
        if options.replica_identity == ReplicaIdentity::Index(name.clone()) {
            out.push(Form::ReplicaIdentity.sql(format!(
                "ALTER TABLE {} REPLICA IDENTITY USING INDEX {}",
                Quoted(table),
                Quoted(name)
            )));
        }
        if options.clustered_on.as_ref() == Some(name) {
            out.push(Form::ClusterOn.sql(format!(
                "ALTER TABLE {} CLUSTER ON {}",
                Quoted(table),
                Quoted(name)
            )));
        }
    }

    pub(super) fn swap_constraint(
        &self,
        out: &mut Draft,
        table: &Name,
        old: &Constraint,
        constraint: &Constraint,
    ) {
        match &constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)
                if self.partitioned(table) =>
            {
                self.key_of_partitions(out, table, constraint, key, Some(old));
                let name = constraint.name.clone().unwrap_or_default();
                self.point_at(out, table, &name);
            }
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                self.swap_key(out, table, old, constraint, key);
            }
            ConstraintKind::Check { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => {
                let name = constraint.name.clone().unwrap_or_default();
                let new = temporary("new", name.as_str());
                let beside = Constraint {
                    name: Some(new.clone()),
                    ..constraint.clone()
                };
                let mut add = add_constraint_sql(table, &beside, " NOT VALID");
                // A script that runs again finds it in its place.
                if let (Some(missing), Some(done)) =
                    (&mut add.guard, constraint_is(table, constraint))
                {
                    missing.push_str(&format!(" AND NOT {done}"));
                }
                out.push(add);
                out.push(validate_all(table, std::slice::from_ref(&new)));
                let ready = has_constraint(table, &new);
                out.push(self.drop_swapped(table, old).guard(ready.clone()));
                out.push(
                    Form::RenameConstraint
                        .sql(format!(
                            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                            Quoted(table),
                            Quoted(&new),
                            Quoted(&name)
                        ))
                        .guard(ready),
                );
                out.note = format!(
                    "validated while writers go on ({}); then takes the old one's place",
                    self.figures(table)
                );
            }
        }
        constraint_details(out, table, constraint);
    }

    fn swap_key(
        &self,
        out: &mut Draft,
        table: &Name,
        old: &Constraint,
        constraint: &Constraint,
        key: &Key,
    ) {
        let name = constraint.name.clone().unwrap_or_default();
        let new = temporary("new", name.as_str());
        let index = key_index(key, name.clone());
        let done = constraint_is(table, constraint);
        let aside = temporary("old", name.as_str());
        self.build_beside(out, table, &index, &new, &aside, done);
        let ready = format!(
            "to_regclass({}) IS NOT NULL",
            literal(&table.sibling(new.clone()))
        );
        let gone = old.name.clone().unwrap_or_default();
        out.push(drop_constraint_sql(table, old, &gone).guard(ready.clone()));
        out.push(
            Form::AddKeyUsingIndex
                .sql(format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} {} USING INDEX {}{}",
                    Quoted(table),
                    Quoted(&name),
                    key_word(constraint),
                    Quoted(&new),
                    deferral(constraint)
                ))
                .guard(ready),
        );
        self.point_at(out, table, &name);
        out.note = format!("{}; then takes the old one's place", out.note);
    }
}
