//! Adds to a diff what must be dropped and made again around its changes: dependents.

mod columns;
mod computed;
mod functions;
mod kept;
mod keys;
pub(super) mod lent;
mod mentioned;
mod others;
mod parts;
mod room;

use std::collections::BTreeSet;

use crate::change::{
    Change, ColumnChange, constraint_uses, descendants, index_uses, lineage, mentions,
};
use crate::diff::{Diff, replaced_by};
use crate::schema::{
    Family, Ident, Name, ReplicaIdentity, Schema, Statistics, Table, UserType, own_multirange,
};
#[cfg(feature = "postgres")]
pub(crate) use kept::kept_cure;

use columns::{
    comments_on_identities, defaults_below, defaults_with_rows, not_nulls, row_types,
    several_parents,
};
use computed::{computed, indexed_above, replaced_without};
use functions::gone_let_go;
pub(super) use functions::{comes_before, domain_comes_before};
use keys::foreign_keys;
use parts::{named_anew, parts, valid_below};
use room::make_room;

/// Completes `diff.changes` with the dependents of what it alters.
pub(super) fn recreate(family: Family, diff: &mut Diff) {
    computed(diff);
    mentioned::mentioned(diff);
    replaced_without(diff);
    let touched = touched(diff);
    defaults_below(diff, &touched);
    defaults_with_rows(diff);
    parts(diff, &touched);
    if family == Family::Postgres {
        lent::lent(diff, &touched);
        indexed_above(diff);
    }
    not_nulls(diff, &touched);
    foreign_keys(family, diff, &touched);
    statistics(diff, &touched);
    marks(diff);
    several_parents(diff, &touched);
    row_types(diff, &touched);
    comments_on_identities(diff);
    ties(diff, &touched);
    others::others(family, diff, &touched);
    named_anew(diff);
    valid_below(diff, &touched);
    make_room(diff);
    gone_let_go(diff);
    kept::kept(diff);
}

/// Columns by what happens to them.
#[derive(Default)]
struct Touched {
    /// The type changes.
    retyped: BTreeSet<(Name, Ident)>,
    /// They go, some to come again.
    dropped: BTreeSet<(Name, Ident)>,
    /// Their enum is replaced.
    relabelled: BTreeSet<(Name, Ident)>,
    /// Tables that go.
    tables: BTreeSet<Name>,
    /// Tables that go, and come again.
    anew: BTreeSet<Name>,
    /// Types that are replaced, by the names that they have before.
    types: BTreeSet<Name>,
    /// Types that go for good.
    types_gone: BTreeSet<Name>,
}

fn touched(diff: &Diff) -> Touched {
    let changes = &diff.changes;
    let mut touched = Touched {
        anew: diff.anew.clone(),
        types: replaced_by(changes),
        ..Touched::default()
    };
    // A type that is renamed and dropped is replaced.
    let aside = |name: &Name| {
        let dropped =
            |change: &Change| matches!(change, Change::DropType { name: gone, .. } if gone == name);
        changes.iter().any(dropped)
    };
    let mut old = BTreeSet::new();
    for change in changes {
        if let Change::RenameType { to, ty, .. } = change
            && aside(to)
        {
            old.insert(to.clone());
            if let UserType::Range(_) = ty {
                old.insert(own_multirange(to));
            }
        }
    }
    for change in changes {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Type { from, .. },
        } = change
        {
            let at = (table.clone(), column.name.clone());
            if from.ty.user().is_some_and(|ty| old.contains(&ty)) {
                touched.relabelled.insert(at.clone());
            }
            touched.retyped.insert(at);
        } else if let Change::DropColumn { table, column, .. } = change {
            touched.dropped.insert((table.clone(), column.name.clone()));
        } else if let Change::ReplaceEnum { columns, .. } = change {
            let columns = columns.iter();
            touched
                .relabelled
                .extend(columns.map(|(table, column)| (table.clone(), column.name.clone())));
        } else if let Change::DropTable { table } = change
            && !touched.anew.contains(&table.name)
        {
            touched.tables.insert(table.name.clone());
        } else if let Change::DropType { name, .. } = change
            && !old.contains(name)
        {
            touched.types_gone.insert(name.clone());
        }
    }
    let kept: BTreeSet<(Name, Ident)> = (changes.iter())
        .filter_map(|change| {
            if let Change::DropColumn {
                table,
                column,
                kept_below: true,
            } = change
            {
                Some((table.clone(), column.name.clone()))
            } else {
                None
            }
        })
        .collect();
    let relabelled = below(&diff.live, &touched.relabelled);
    touched.relabelled.extend(relabelled);
    let mut dropped = below(&diff.live, touched.dropped.difference(&kept));
    dropped.retain(|(table, column)| {
        let below = diff.live.tables[table].column(column);
        below.is_some_and(|below| below.inherited)
    });
    touched.dropped.extend(dropped);
    touched
}

/// Returns the columns of tables below that are theirs from above: what happens to one, happens to
/// all of them.
fn below<'a>(
    live: &Schema,
    columns: impl IntoIterator<Item = &'a (Name, Ident)>,
) -> BTreeSet<(Name, Ident)> {
    let below = columns.into_iter().flat_map(|(table, column)| {
        let tables = descendants(live, table).into_iter();
        tables.map(|table| (table, column.clone()))
    });
    let has = |at: &(Name, Ident)| live.tables[&at.0].column(&at.1).is_some();
    below.filter(has).collect()
}

/// Extended statistics go with a column, and come again with it.
fn statistics(diff: &mut Diff, touched: &Touched) {
    let mut added = Vec::new();
    for (name, statistics) in &diff.live.statistics {
        let at = |(table, column): &(Name, Ident)| {
            *table == statistics.table
                && (statistics.columns.contains(column)
                    || statistics.on.iter().any(|on| mentions(on, column)))
        };
        let known = |change: &Change| matches!(change, Change::DropStatistics { name: gone, .. } if gone == name);
        if diff.changes.iter().any(known) {
            continue;
        }
        if !touched.dropped.iter().chain(&touched.relabelled).any(at) {
            // The server makes them anew with a column's type, and forgets the target (14 on).
            let altered = |change: &Change| matches!(change, Change::AlterStatistics { name: other, .. } if other == name);
            if let Some(after) = diff.desired.statistics.get(name)
                && after.target.is_some()
                && touched.retyped.iter().any(at)
                && !diff.changes.iter().any(altered)
            {
                let from = Statistics {
                    target: None,
                    ..statistics.clone()
                };
                let (name, to) = (name.clone(), after.clone());
                added.push(Change::AlterStatistics { name, from, to });
            }
            continue;
        }
        if let Some(after) = diff.desired.statistics.get(name) {
            let (name, statistics) = (name.clone(), statistics.clone());
            added.push(Change::DropStatistics {
                name: name.clone(),
                statistics,
            });
            let statistics = after.clone();
            added.push(Change::CreateStatistics { name, statistics });
        }
    }
    diff.changes.extend(added);
}

/// An index that the server builds anew with the type of a column is no longer tied to extensions.
fn ties(diff: &mut Diff, touched: &Touched) {
    let mut columns = below(&diff.live, &touched.retyped);
    columns.extend(touched.retyped.iter().cloned());
    let mut added = Vec::new();
    for (table, column) in columns {
        let Some(desired) = diff.desired.tables.get(&table) else {
            continue;
        };
        let indexes = desired.indexes.iter();
        let indexes = indexes.filter(|index| index_uses(index, &column));
        let indexes = indexes.map(|index| (&index.name, &index.extensions));
        let keys = desired.constraints.iter();
        let keys = keys.filter(|key| constraint_uses(key, &column));
        let keys = keys.map(|key| (&key.name, &key.index_extensions));
        for (name, extensions) in indexes.chain(keys) {
            let index = table.sibling(name.clone().unwrap_or_default());
            let own = |change: &Change| matches!(change, Change::TieIndex { index: other, .. } if *other == index);
            let said = diff.changes.iter().chain(&added).any(own);
            if !extensions.is_empty() && !said {
                added.push(Change::TieIndex {
                    index,
                    from: BTreeSet::new(),
                    to: extensions.clone(),
                });
            }
        }
    }
    diff.changes.extend(added);
}

/// A new index is nobody's replica identity, and nothing is clustered on it.
fn marks(diff: &mut Diff) {
    let mut made: BTreeSet<(Name, Ident)> = BTreeSet::new();
    for change in &diff.changes {
        let (table, part) = if let Change::CreateIndex { table, index } = change {
            (table, &index.name)
        } else if let Change::AddConstraint { table, constraint } = change {
            (table, &constraint.name)
        } else {
            continue;
        };
        if let Some(part) = part {
            made.insert((table.clone(), part.clone()));
        }
    }
    for (name, live) in &diff.live.tables {
        let Some(desired) = diff.desired.tables.get(name) else {
            continue;
        };
        let is_new = |index: &Ident| {
            made.contains(&(name.clone(), index.clone()))
                || comes_from_above_again(diff, live, desired, index)
        };
        let mut from = live.options.clone();
        if let ReplicaIdentity::Index(index) = &from.replica_identity
            && is_new(index)
        {
            from.replica_identity = ReplicaIdentity::Nothing;
        }
        if let Some(index) = &from.clustered_on
            && is_new(index)
        {
            from.clustered_on = None;
        }
        if from == live.options {
            continue;
        }
        let own =
            |change: &Change| matches!(change, Change::AlterTable { table, .. } if table == name);
        diff.changes.retain(|change| !own(change));
        if from != desired.options {
            diff.changes.push(Change::AlterTable {
                table: name.clone(),
                from,
                to: desired.options.clone(),
            });
        }
    }
}

/// Tells whether the index of a partition is its part of one above, and is made with that: the one
/// that it has goes, by itself or with the one above.
fn comes_from_above_again(diff: &Diff, live: &Table, desired: &Table, name: &Ident) -> bool {
    let drops = |table: &Name, part: &Ident| {
        let mut changes = diff.changes.iter();
        changes.any(|change| change.drops_part(table, Some(part)))
    };
    let above = part_of(live, name);
    let mut lineage = lineage(&diff.live, &live.name).skip(1);
    part_of(desired, name).is_some()
        && (drops(&live.name, name)
            || above.is_some_and(|above| lineage.any(|table| drops(table, above))))
}

/// Returns the name of the index above that an index of a partition is a part of.
fn part_of<'a>(table: &'a Table, name: &Ident) -> Option<&'a Ident> {
    let named = |part: &Option<Ident>| part.as_ref() == Some(name);
    let mut keys = table.constraints.iter();
    let mut indexes = table.indexes.iter();
    let key = keys.find(|key| key.inherited && named(&key.name));
    let index = indexes.find(|index| index.inherited && named(&index.name));
    key.and_then(|key| key.part_of.as_ref())
        .or_else(|| index.and_then(|index| index.part_of.as_ref()))
}

fn base_changes(diff: &Diff, table: &Name, column: &Ident) -> bool {
    let ty = |schema: &crate::schema::Schema| {
        let column = schema.tables.get(table)?.column(column)?;
        Some((column.ty.schema.clone(), column.ty.name.clone()))
    };
    ty(&diff.live) != ty(&diff.desired)
}
