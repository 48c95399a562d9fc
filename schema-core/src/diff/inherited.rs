//! What partitions have of their own in indexes and keys that come from above: names, comments and
//! parameters.

use std::collections::BTreeSet;

use super::constraint::{alters_in_place, details, rename_constraint};
use super::index::{alter_index, index_details, rename_index, sorts_otherwise};
use super::names::{index_name, own};
use super::settle::{same_constraint, same_index};
use super::table::above;
use super::{Diff, Sides};
use crate::change::{Change, describe_index, lineage};
use crate::schema::{Constraint, ConstraintKind, Ident, Index, Name, Table};

/// Compares them once it is known what is made anew above. No model says any of it.
pub(super) fn inherited(sides: &Sides<'_>, out: &mut Diff) {
    let none = Table::default();
    for (name, desired) in &sides.desired.tables {
        let desired = &**desired;
        let parent = |table: &Table| table.partition_of.as_ref().map(|it| it.parent.clone());
        let live = sides.live.tables.get(name);
        if parent(desired).is_none() || sides.desired.hints.sources.contains_key(name) {
            continue;
        }
        let moved = live.is_some_and(|live| parent(live) != parent(desired));
        let above = above(sides, name);
        let live = live.map_or(&none, |live| &**live);
        // Below a table that moves, the parts are those of others above, and go on.
        let stays = lineage(sides.live, name).eq(lineage(sides.desired, name));
        let (bare_live, bare_desired);
        let (live, desired) = if stays {
            (live, desired)
        } else {
            (bare_live, bare_desired) = (without_tops(live), without_tops(desired));
            (&bare_live, &bare_desired)
        };
        let side = Side {
            live,
            desired,
            joins: live.name != *name || moved,
        };
        indexes(&side, &above, out);
        keys(&side, &above, out);
    }
}

/// Returns a table that does not know of which indexes above its parts are.
fn without_tops(table: &Table) -> Table {
    let mut table = table.clone();
    (table.constraints.iter_mut()).for_each(|part| part.part_of = None);
    (table.indexes.iter_mut()).for_each(|part| part.part_of = None);
    table
}

/// A partition.
struct Side<'a> {
    /// As it is; without a name where it is not there.
    live: &'a Table,
    desired: &'a Table,
    /// It is made, or becomes one, in this plan: all that comes from above is new, but for what it has.
    joins: bool,
}

fn indexes(side: &Side<'_>, above: &[&Table], out: &mut Diff) {
    let Side {
        live,
        desired,
        joins,
    } = *side;
    let mut matched = vec![false; live.indexes.len()];
    let mut twins = vec![None; desired.indexes.len()];
    for (n, index) in desired.indexes.iter().enumerate() {
        let alike = |at: &usize| {
            let old = &live.indexes[*at];
            let goes = match &old.part_of {
                Some(part_of) => goes(part_of, above, out),
                None => {
                    let again = |table: &&Table| out.changes.iter().any(|it| makes(it, table, old));
                    above.iter().any(again)
                }
            };
            !matched[*at]
                && !goes
                && old.inherited
                && same_index(old, index)
                && same_above(old.part_of.as_ref(), index.part_of.as_ref(), above, out)
        };
        let named = |at: &usize| live.indexes[*at].name == index.name;
        let all = || (0..live.indexes.len()).filter(alike);
        if index.inherited && !joins {
            twins[n] = all().find(named).or_else(|| all().next());
        }
        if let Some(at) = twins[n] {
            matched[at] = true;
        }
    }
    let mut made = made(side, above, &twins, out);
    for (n, index) in desired.indexes.iter().enumerate() {
        if index.inherited && twins[n].is_none() && made[n].is_none() {
            sorted(side, above, index, out);
        }
    }
    for (n, index) in desired.indexes.iter().enumerate() {
        if let Some(old) = made[n].take() {
            if old.name == index.name {
                alter_index(desired, &old, index, out);
                continue;
            }
            out.changes.push(Change::AlterIndex {
                table: desired.name.clone(),
                from: old,
                to: index.clone(),
            });
            let bare = Index {
                name: index.name.clone(),
                comment: None,
                extensions: Default::default(),
                ..index.clone()
            };
            index_details(&desired.name, &bare, index, out);
        } else if let Some(at) = twins[n] {
            rename_index(&desired.name, &live.indexes[at], index, out);
            let name = index.name.clone();
            let old = Index {
                name,
                ..live.indexes[at].clone()
            };
            alter_index(desired, &old, index, out);
        }
    }
}

/// Says of a part that sorts otherwise than what is above that it comes, or stays, as it is not to
/// be: the server takes such a one where it is there first, and makes none.
fn sorted(side: &Side<'_>, above: &[&Table], index: &Index, out: &mut Diff) {
    let own = |it: &&Index| side.joins || !it.inherited;
    let mut own = side.live.indexes.iter().filter(own);
    if own.any(|it| same_index(it, index)) {
        return;
    }
    let whole = (above.iter()).flat_map(|table| table.indexes.iter());
    let whole = whole.filter(|it| it.name == index.part_of);
    let parts = side.live.indexes.iter().filter(|it| it.inherited);
    let there = whole.chain(parts).find(|it| sorts_otherwise(it, index));
    if let Some(there) = there {
        let name = index.name.clone().unwrap_or_default();
        let whole = index.part_of.clone().unwrap_or_default();
        let message = format!(
            "to be {}, and as a part of `{whole}` it is {}: drop `{whole}` by hand, make this one, \
             then `{whole}`",
            describe_index(index),
            describe_index(there)
        );
        out.stays(&side.desired.name, &name, &message);
    }
}

/// Returns the desired indexes that come from above in this plan, as the server makes them: with
/// its own names, and without comments. `twins` are those that it has by then.
fn made(
    side: &Side<'_>,
    above: &[&Table],
    twins: &[Option<usize>],
    out: &Diff,
) -> Vec<Option<Index>> {
    let Side {
        live,
        desired,
        joins,
    } = *side;
    let mut made = vec![None; desired.indexes.len()];
    let names = |table: &Table| -> BTreeSet<Ident> {
        let keys = table.constraints.iter().map(|it| &it.name);
        let own = table.indexes.iter().filter(|it| joins || !it.inherited);
        let indexes = own.map(|it| &it.name);
        keys.chain(indexes).flatten().cloned().collect()
    };
    let (before, after) = (names(live), names(desired));
    let stays = before.intersection(&after).cloned();
    let twin = |(n, twin): (usize, &Option<usize>)| {
        desired.indexes[n].name.clone().filter(|_| twin.is_some())
    };
    let mut taken: BTreeSet<Ident> = stays
        .chain(twins.iter().enumerate().filter_map(twin))
        .collect();
    let dropped = |index: &Index| {
        let name = index.name.as_ref();
        name.is_some_and(|name| drops(out, &desired.name, name))
    };
    let mut come = |new: &Index| {
        // One that it has already is taken, and has its name by then.
        let mut own = live.indexes.iter().filter(|it| joins || !it.inherited);
        if own.any(|it| same_index(it, new) && !dropped(it)) {
            return;
        }
        let open = |at: &usize| {
            let index = &desired.indexes[*at];
            made[*at].is_none() && twins[*at].is_none() && index.inherited && same_index(new, index)
        };
        let of_it = |at: &usize| desired.indexes[*at].part_of == new.name;
        let all = || (0..made.len()).filter(open);
        let Some(at) = all().find(of_it).or_else(|| all().next()) else {
            return;
        };
        let name = index_name(desired, new, &taken);
        taken.insert(name.clone());
        made[at] = Some(Index {
            name: Some(name),
            with: new.with.clone(),
            comment: None,
            extensions: Default::default(),
            statistics: Default::default(),
            ..desired.indexes[at].clone()
        });
    };
    for table in above.iter().filter(|_| joins) {
        let later = |index: &&Index| !out.changes.iter().any(|it| makes(it, table, index));
        table.indexes.iter().filter(later).for_each(&mut come);
    }
    for table in above.iter().rev() {
        for change in &out.changes {
            if let Change::CreateIndex { table: on, index } = change
                && *on == table.name
                && !index.invalid
            {
                come(index);
            }
        }
    }
    made
}

/// Tells whether the index or the key above of which a part is goes, also to come again.
fn goes(part_of: &Ident, above: &[&Table], out: &Diff) -> bool {
    let mut tables = above.iter();
    tables.any(|table| drops(out, &table.name, part_of))
}

/// Tells whether an index or a constraint of a table itself goes, also to come again.
fn drops(out: &Diff, table: &Name, part: &Ident) -> bool {
    let mut changes = out.changes.iter();
    changes.any(|change| change.drops_part(table, Some(part)))
}

/// Tells whether two parts, before and after, may belong to one index above, which may be renamed.
fn same_above(before: Option<&Ident>, after: Option<&Ident>, above: &[&Table], out: &Diff) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return true;
    };
    let is_above = |table: &Name| above.iter().any(|it| it.name == *table);
    let renamed = out.changes.iter().find_map(|change| {
        if let Change::RenameIndex { table, from, to }
        | Change::RenameConstraint { table, from, to } = change
        {
            (is_above(table) && from == before).then_some(to)
        } else {
            None
        }
    });
    renamed.unwrap_or(before) == after
}

fn makes(change: &Change, table: &Table, index: &Index) -> bool {
    matches!(change, Change::CreateIndex { table: on, index: new }
        if *on == table.name && same_index(new, index))
}

/// Returns the name that the server gives to a part that comes from above, where that is certain:
/// nothing else of the table has it or would get it.
fn made_as(
    live: &Table,
    desired: &Table,
    name: Ident,
    all: impl Iterator<Item = Ident>,
    out: &Diff,
) -> Option<Ident> {
    let names = |table: &Table, inherited: bool| -> Vec<Ident> {
        let keys = table.constraints.iter();
        let keys = keys
            .filter(|it| it.inherited || !inherited)
            .map(|it| &it.name);
        let indexes = table.indexes.iter();
        let indexes = indexes
            .filter(|it| it.inherited || !inherited)
            .map(|it| &it.name);
        keys.chain(indexes).flatten().cloned().collect()
    };
    let stays = names(live, false).contains(&name)
        && !drops(out, &desired.name, &name)
        && names(desired, false).contains(&name)
        && !names(live, true).contains(&name);
    (!stays && all.filter(|it| *it == name).count() == 1).then_some(name)
}

fn keys(side: &Side<'_>, above: &[&Table], out: &mut Diff) {
    let Side {
        live,
        desired,
        joins,
    } = *side;
    let keys = |table: &Table| -> Vec<Constraint> {
        let parts = table.constraints.iter().filter(|part| {
            let key = match part.kind {
                ConstraintKind::PrimaryKey(_)
                | ConstraintKind::Unique(_)
                | ConstraintKind::Exclude(_) => true,
                ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_) => false,
            };
            part.inherited && key
        });
        parts.cloned().collect()
    };
    let own = |key: &Constraint| own::constraint(desired, key);
    let (mut old, all) = (keys(live), keys(desired));
    if joins {
        old.clear();
    }
    for key in &all {
        let alike = |it: &Constraint| same_constraint(it, key);
        let stays = |it: &Constraint| {
            let part_of = it.part_of.as_ref();
            alike(it)
                && !part_of.is_some_and(|part_of| goes(part_of, above, out))
                && same_above(part_of, key.part_of.as_ref(), above, out)
        };
        let twin = old.iter().position(|it| stays(it) && it.name == key.name);
        let twin = twin.or_else(|| old.iter().position(stays));
        let twin = twin.map(|at| old.remove(at));
        let added = out.changes.iter().find_map(|change| {
            let Change::AddConstraint { table, constraint } = change else {
                return None;
            };
            let is_above = above.iter().any(|it| it.name == *table);
            let of_it = key.part_of.is_none() || key.part_of == constraint.name;
            (is_above && of_it && alike(constraint)).then(|| constraint.clone())
        });
        if let Some(old) = twin.filter(|_| added.is_none()) {
            rename_constraint(&desired.name, &old, key, out);
            let name = key.name.clone();
            let old = Constraint { name, ..old };
            if alters_in_place(desired, &old, key, out) {
                details(&desired.name, &old, key, out);
            }
            continue;
        }
        let stays = |it: &&Constraint| {
            let name = it.name.as_ref();
            alike(it) && !name.is_some_and(|name| drops(out, &desired.name, name))
        };
        let taken = live.constraints.iter().find(stays);
        if joins && taken.is_some() {
            continue;
        }
        let made = added.is_some() || joins;
        let name = made_as(live, desired, own(key), all.iter().map(own), out);
        let Some(name) = name.filter(|_| made) else {
            continue;
        };
        let mut bare = Constraint {
            name: Some(name),
            comment: None,
            index_comment: None,
            index_extensions: Default::default(),
            ..key.clone()
        };
        let mut above = (above.iter()).flat_map(|table| &table.constraints);
        if taken.is_none()
            && let Some(above) = added.as_ref().or_else(|| above.find(|it| alike(it)))
        {
            bare.kind = above.kind.clone();
        }
        if bare.name != key.name || bare.kind != key.kind {
            out.changes.push(Change::AlterConstraint {
                table: desired.name.clone(),
                from: bare.clone(),
                to: key.clone(),
            });
        }
        details(&desired.name, &bare, key, out);
    }
}
