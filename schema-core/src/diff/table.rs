//! Differences of tables, and what their constraints and indexes have in common.

use std::collections::BTreeSet;

use super::constraint::{add_constraint, constraints, drop_constraint, incomplete_keys};
use super::incomplete::incomplete;
use super::index::indexes;
use super::names::own;
use super::{Diff, Extra, Refusal, Sides, column, left_alone, pairs};
use crate::change::{Change, ColumnChange, Object, lineage, listed};
use crate::schema::{
    Constraint, ConstraintKind, Ident, Index, Name, ReplicaIdentity, Shared, Table, TableOptions,
};

pub(super) fn tables(sides: &Sides<'_>, out: &mut Diff) {
    for (name, live, desired) in pairs(&sides.live.tables, &sides.desired.tables) {
        if sides.desired.hints.unmanaged.contains(name) {
            continue;
        }
        match (live, desired) {
            (None, Some(table)) => create(sides, table, out),
            (Some(table), None) => match sides.extra {
                Extra::Prune => {
                    for constraint in &table.constraints {
                        let foreign = matches!(constraint.kind, ConstraintKind::ForeignKey(_));
                        if foreign && !constraint.inherited {
                            drop_constraint(name, constraint, out);
                        }
                    }
                    let mut table = Table::clone(table);
                    if finish_detach(&table, out) {
                        table.partition_of = None;
                    }
                    out.changes.push(Change::DropTable { table });
                }
                Extra::Keep => {
                    let above = table.partition_of.as_ref().map(|it| &it.parent);
                    if above.is_some_and(|above| sides.desired.tables.contains_key(above)) {
                        finish_detach(table, out);
                    }
                    out.leftover(name, "table", &left_alone(sides));
                }
            },
            (Some(live), Some(desired)) => alter(sides, live, desired, out),
            (None, None) => {}
        }
    }
}

fn create(sides: &Sides<'_>, table: &Table, out: &mut Diff) {
    let name = &table.name;
    incomplete_keys(None, table, out);
    let mut bare = table.clone();
    bare.indexes.clear();
    bare.constraints
        .retain(|constraint| !matches!(constraint.kind, ConstraintKind::ForeignKey(_)));
    out.changes.push(Change::CreateTable { table: bare });
    for constraint in table
        .constraints
        .iter()
        .filter(|constraint| !constraint.inherited)
    {
        if matches!(constraint.kind, ConstraintKind::ForeignKey(_)) {
            add_constraint(name, constraint, out);
        }
    }
    for index in table.indexes.iter().filter(|index| !index.inherited) {
        if index.invalid && table.partition_by.is_some() {
            incomplete(sides, None, table, index, out);
            continue;
        }
        let (table, index) = (name.clone(), index.clone());
        out.changes.push(Change::CreateIndex { table, index });
    }
    // What names an index comes after the indexes.
    let later = TableOptions {
        replica_identity: match &table.options.replica_identity {
            ReplicaIdentity::Index(_) => ReplicaIdentity::Default,
            other @ (ReplicaIdentity::Default
            | ReplicaIdentity::Full
            | ReplicaIdentity::Nothing) => other.clone(),
        },
        clustered_on: None,
        ..table.options.clone()
    };
    if later != table.options {
        out.changes.push(Change::AlterTable {
            table: name.clone(),
            from: later,
            to: table.options.clone(),
        });
    }
}

fn alter(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let own = leaving(live, desired);
    let live = own.as_ref().unwrap_or(live);
    let name = &desired.name;
    match (&live.partition_by, &desired.partition_by) {
        (Some(before), Some(after)) => {
            if (&before.strategy, &before.key) != (&after.strategy, &after.key) {
                out.anew.insert(name.clone());
            }
        }
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => {
            out.refusals.push(Refusal::new(
                format!("table {name}"),
                "no table becomes a partitioned one, nor the other way round",
                "make the other table under another name, copy the rows, and rename both",
            ));
            return;
        }
    }
    let place = |table: &Table| {
        let of = table.partition_of.as_ref();
        of.map(|it| (it.parent.clone(), it.bound.clone()))
    };
    let pending = finish_detach(live, out);
    if pending || place(live) != place(desired) {
        if let Some(partition) = live.partition_of.clone().filter(|_| !pending) {
            out.changes.push(Change::DetachPartition {
                table: name.clone(),
                partition,
            });
        }
        if let Some(partition) = desired.partition_of.clone() {
            out.changes.push(Change::AttachPartition {
                table: name.clone(),
                partition,
            });
        }
    }
    if live.options != desired.options {
        out.changes.push(Change::AlterTable {
            table: name.clone(),
            from: live.options.clone(),
            to: desired.options.clone(),
        });
    }
    column::columns(sides, live, desired, out);
    incomplete_keys(Some(live), desired, out);
    constraints(sides, live, desired, out);
    values(sides, live, desired, out);
    indexes(sides, live, desired, out);
    out.comment(
        Object::Table(name.clone()),
        live.comment.as_ref(),
        desired.comment.as_ref(),
    );
}

/// Brings a DETACH CONCURRENTLY that was cut off to its end: the table above can hardly be altered
/// before that.
fn finish_detach(table: &Table, out: &mut Diff) -> bool {
    let Some(partition) = table.partition_of.clone().filter(|it| it.detach_pending) else {
        return false;
    };
    out.changes.push(Change::DetachPartition {
        table: table.name.clone(),
        partition,
    });
    true
}

/// Values of an enum that is text and of which some have another name by now: while its check is
/// made anew, rows have old ones.
fn values(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let hints = &sides.desired.hints;
    for ((_, column), renamed) in (hints.renamed_values.iter()).filter(|it| it.0.0 == desired.name)
    {
        let made = |change: &Change| {
            matches!(change, Change::AddConstraint { table, constraint }
                if *table == desired.name
                    && own::check_column(desired, constraint).as_ref() == Some(column))
        };
        let (Some(_), Some(new)) = (live.column(column), desired.column(column)) else {
            continue;
        };
        let there = live_values(live, column);
        let mut renamed = renamed.clone();
        renamed.retain(|(old, _)| there.as_ref().is_none_or(|there| there.contains(old)));
        if !renamed.is_empty() && out.changes.iter().any(made) {
            out.changes.push(Change::AlterColumn {
                table: desired.name.clone(),
                column: new.clone(),
                change: ColumnChange::Values { renamed },
            });
        }
    }
}

/// The values that the checks of a table let a column have, where one lists them: rows have no others.
fn live_values(live: &Table, column: &Ident) -> Option<BTreeSet<String>> {
    let lists = live.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::Check { expr, .. } => listed(expr),
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => None,
    });
    let mut lists = lists
        .filter(|(of, _)| of == column)
        .map(|(_, values)| values);
    let first = lists.next()?;
    Some(lists.fold(first, |all, more| &all | &more))
}

/// A partition that leaves its parent keeps what it had from there: it is its own then.
fn leaving(live: &Table, desired: &Table) -> Option<Table> {
    let parent = |table: &Table| table.partition_of.as_ref().map(|part| part.parent.clone());
    if live.partition_of.is_none() || parent(live) == parent(desired) {
        return None;
    }
    let mut own = live.clone();
    keep_parts(&mut own);
    Some(own)
}

/// Makes what a table has from above its own.
pub(super) fn keep_parts(table: &mut Table) {
    for part in &mut table.constraints {
        (part.inherited, part.part_of) = (false, None);
    }
    for part in &mut table.indexes {
        (part.inherited, part.part_of) = (false, None);
    }
}

/// Returns the parts of a partition that the tables above will take for theirs, although others
/// like them are to stay its own: the server does not make a part that is there. What `goes` with
/// one above is there no more by then.
pub(super) fn lent<'a, T: Part>(
    live: &[T],
    desired: &'a [T],
    same: impl Fn(&T, &T) -> bool,
    goes: impl Fn(&T) -> bool,
) -> Vec<(usize, &'a T)> {
    let goes: Vec<bool> = live.iter().map(goes).collect();
    let mut lent: Vec<(usize, &T)> = Vec::new();
    for part in desired.iter().filter(|part| part.inherited()) {
        let twins: Vec<usize> = (0..live.len())
            .filter(|at| same(&live[*at], part) && !goes[*at])
            .filter(|at| lent.iter().all(|(other, _)| other != at))
            .collect();
        let own = desired
            .iter()
            .filter(|it| !it.inherited() && same(it, part));
        let given = twins.iter().any(|at| live[*at].inherited());
        // A run that was cut off has renamed it.
        let named = (0..live.len()).find(|at| live[*at].name() == part.name() && !goes[*at]);
        let lender = match named {
            None => twins.first(),
            Some(named) => twins.iter().find(|at| **at == named),
        };
        if let Some(at) = lender
            && twins.len() <= own.count()
            && !given
        {
            lent.push((*at, part));
        }
    }
    lent
}

/// Tells whether the part above goes of which a partition has one: `stays` is true of a table that
/// is to have it, or one like it.
pub(super) fn goes_above(
    sides: &Sides<'_>,
    table: &Name,
    part_of: Option<&Ident>,
    stays: impl Fn(&Table) -> bool,
) -> bool {
    let is_it = |name: &Option<Ident>| name.is_some() && name.as_ref() == part_of;
    let has = |table: &&Shared<Table>| {
        let mut constraints = table.constraints.iter().filter(|it| !it.inherited);
        let mut indexes = table.indexes.iter().filter(|it| !it.inherited);
        constraints.any(|it| is_it(&it.name)) || indexes.any(|it| is_it(&it.name))
    };
    let mut above = lineage(sides.live, table).skip(1);
    let top = above.find_map(|name| sides.live.tables.get(name).filter(has));
    top.is_some_and(|top| {
        let after = sides.desired.tables.get(&top.name);
        !after.is_some_and(|after| stays(after))
    })
}

/// A constraint or an index.
pub(super) trait Part {
    fn name(&self) -> Option<&Ident>;
    fn inherited(&self) -> bool;
}

impl Part for Constraint {
    fn name(&self) -> Option<&Ident> {
        self.name.as_ref()
    }

    fn inherited(&self) -> bool {
        self.inherited
    }
}

impl Part for Index {
    fn name(&self) -> Option<&Ident> {
        self.name.as_ref()
    }

    fn inherited(&self) -> bool {
        self.inherited
    }
}

/// Returns the tables that a partition is below of, the nearest first.
pub(super) fn above<'a>(sides: &Sides<'a>, table: &'a Name) -> Vec<&'a Table> {
    let above = lineage(sides.desired, table).skip(1);
    let tables = &sides.desired.tables;
    above
        .filter_map(|name| tables.get(name).map(|table| &**table))
        .collect()
}
