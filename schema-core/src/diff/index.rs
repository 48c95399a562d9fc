//! Differences of indexes: those of a table itself, and those that come from above.

use super::incomplete::incomplete;
use super::names::own;
use super::settle::{same_constraint, same_index};
use super::table::{above, goes_above, lent};
use super::{Diff, Extra, Leftover, Sides, dotted, left_alone};
use crate::change::{Change, Object};
use crate::schema::{
    Constraint, ConstraintKind, Ident, Index, IndexKey, IndexPart, Name, Schema, Table,
};

/// Takes the collation off an index that its column is to have: it keeps its own while the column gets
/// that, and then says none.
pub(super) fn collate_as_columns(live: &mut Schema, desired: &Schema) {
    for (name, table) in &mut live.tables {
        let Some(after) = desired.tables.get(name) else {
            continue;
        };
        let says_it = |table: &Table, part: &IndexPart| {
            let IndexKey::Column(column) = &part.key else {
                return false;
            };
            let own = table.column(column).map(|it| &it.collation);
            let later = after.column(column).map(|it| &it.collation);
            part.collation.is_some() && later == Some(&part.collation) && own != later
        };
        let parts = table.indexes.iter().flat_map(|index| &index.parts);
        if !parts.into_iter().any(|part| says_it(table, part)) {
            continue;
        }
        table.update(|table| {
            let before = table.clone();
            let parts = table.indexes.iter_mut().flat_map(|index| &mut index.parts);
            for part in parts.filter(|part| says_it(&before, part)) {
                part.collation = None;
            }
        });
    }
}

pub(super) fn indexes(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let name = &desired.name;
    let mut matched = vec![false; live.indexes.len()];
    let mut open = Vec::new();
    let goes = |part: &Index| {
        let stays = |above: &Table| {
            let mut indexes = above.indexes.iter();
            indexes.any(|it| !it.invalid && same_index(it, part))
        };
        goes_above(sides, name, part.part_of.as_ref(), stays)
    };
    for (at, index) in lent(&live.indexes, &desired.indexes, same_index, goes) {
        matched[at] = true;
        rename_index(name, &live.indexes[at], index, out);
        let old = Index {
            name: index.name.clone(),
            ..live.indexes[at].clone()
        };
        alter_index(live, &old, index, out);
    }
    let in_the_way: Vec<&Ident> = taken_for(live, desired)
        .filter(|at| !matched[*at])
        .filter_map(|at| live.indexes[at].name.as_ref())
        .collect();
    for index in desired.indexes.iter().filter(|index| !index.inherited) {
        if index.invalid {
            if let Some(at) = incomplete(sides, Some(live), desired, index, out) {
                matched[at] = true;
            }
            continue;
        }
        let twin = live
            .indexes
            .iter()
            .position(|other| other.name == index.name && !other.inherited);
        match twin {
            Some(at) if !matched[at] && !becomes_another(desired, &live.indexes[at], index) => {
                matched[at] = true;
                let old = &live.indexes[at];
                if index
                    .name
                    .as_ref()
                    .is_some_and(|it| in_the_way.contains(&it))
                {
                    make_index_anew(name, old, index, out);
                } else {
                    alter_index(live, old, index, out);
                }
            }
            Some(_) | None => open.push(index),
        }
    }
    for index in open {
        let twin = (0..live.indexes.len()).find(|at| {
            let other = &live.indexes[*at];
            !matched[*at] && !other.inherited && !other.invalid && same_index(other, index)
        });
        let Some(at) = twin else {
            let (table, index) = (name.clone(), index.clone());
            out.changes.push(Change::CreateIndex { table, index });
            continue;
        };
        matched[at] = true;
        let old = &live.indexes[at];
        rename_index(name, old, index, out);
        alter_index(
            live,
            &Index {
                name: index.name.clone(),
                ..old.clone()
            },
            index,
            out,
        );
    }
    for index in desired.indexes.iter().filter(|part| part.inherited) {
        let mut alike = (0..live.indexes.len())
            .filter(|at| !matched[*at] && same_index(&live.indexes[*at], index));
        if let Some(at) = alike.clone().find(|at| live.indexes[*at].inherited) {
            matched[at] = true;
            continue;
        }
        // Of one that is not complete the parts are not those of another.
        let taken = alike.find(|at| !live.indexes[*at].invalid && !index.invalid);
        let Some(at) = taken else {
            continue;
        };
        matched[at] = true;
        // The name may be that of the index whose place it is to take; what goes before is no matter.
        let taken = live.indexes.iter().enumerate().any(|(other, it)| {
            let goes = sides.extra == Extra::Prune
                && !matched[other]
                && !it.inherited
                && !index_waits_above(sides, live, desired, it);
            it.name == index.name && !goes
        });
        let old = &live.indexes[at];
        if !taken {
            rename_index(name, old, index, out);
        }
        if (!taken || old.name == index.name) && !sides.desired.hints.sources.contains_key(name) {
            let old = Index {
                name: index.name.clone(),
                ..old.clone()
            };
            // A partitioned one has no parameters that could be altered.
            match live.partition_by {
                None => alter_index(live, &old, index, out),
                Some(_) => index_details(name, &old, index, out),
            }
        }
    }
    for (at, index) in live.indexes.iter().enumerate() {
        if matched[at] || index.inherited || index_waits_above(sides, live, desired, index) {
            continue;
        }
        let part = index.name.clone().unwrap_or_default();
        // What a run of ours left behind goes.
        if index.invalid || part.is_temporary() || sides.extra == Extra::Prune {
            let (table, index) = (name.clone(), index.clone());
            out.changes.push(Change::DropIndex { table, index });
        } else {
            out.leftovers.push(Leftover {
                object: dotted(name, &part),
                kind: if index.unique {
                    "unique index"
                } else {
                    "index"
                }
                .into(),
                message: left_alone(sides),
                warn: index.unique,
            });
        }
    }
}

pub(super) fn make_index_anew(table: &Name, live: &Index, desired: &Index, out: &mut Diff) {
    let (drop, create) = (live.clone(), desired.clone());
    out.changes.push(Change::DropIndex {
        table: table.clone(),
        index: drop,
    });
    out.changes.push(Change::CreateIndex {
        table: table.clone(),
        index: create,
    });
}

/// Tells whether an index is to be the part of one above, and another one gets its name.
fn becomes_another(desired: &Table, old: &Index, new: &Index) -> bool {
    let mut parts = desired.indexes.iter().filter(|part| part.inherited);
    !same_index(old, new) && parts.any(|part| same_index(old, part))
}

pub(super) fn rename_index(table: &Name, live: &Index, desired: &Index, out: &mut Diff) {
    if let (Some(from), Some(to)) = (&live.name, &desired.name)
        && from != to
    {
        out.changes.push(Change::RenameIndex {
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        });
    }
}

pub(super) fn alter_index(live_table: &Table, live: &Index, desired: &Index, out: &mut Diff) {
    let table = &live_table.name;
    // The index of a partitioned table has no parameters that could be altered.
    let whole = live_table.partition_by.is_none();
    let anew = live.invalid
        || !same_index(live, desired)
        || !whole && (live.with != desired.with || live.statistics != desired.statistics);
    if anew && live.inherited {
        return;
    }
    if anew {
        make_index_anew(table, live, desired, out);
        return;
    }
    if live.with != desired.with || live.statistics != desired.statistics {
        let (from, to) = (live.clone(), desired.clone());
        out.changes.push(Change::AlterIndex {
            table: table.clone(),
            from,
            to,
        });
    }
    index_details(table, live, desired, out);
}

/// What is said of an index that is there: the comment, and the extensions that it goes with.
pub(super) fn index_details(table: &Name, live: &Index, desired: &Index, out: &mut Diff) {
    if let Some(index) = &desired.name {
        let name = table.sibling(index.clone());
        out.tie(name.clone(), &live.extensions, &desired.extensions);
        let object = Object::Index(name);
        out.comment(object, live.comment.as_ref(), desired.comment.as_ref());
    }
}

/// Returns the indexes of a partition that an index from above would take in the place of the
/// desired one: for the server, those that sort otherwise are the same.
fn taken_for<'a>(live: &'a Table, desired: &'a Table) -> impl Iterator<Item = usize> + 'a {
    let come = desired.indexes.iter().filter(|index| {
        let mut there = live.indexes.iter();
        index.inherited && !there.any(|old| old.inherited && same_index(old, index))
    });
    let come: Vec<Index> = come.map(unsorted).collect();
    (0..live.indexes.len()).filter(move |at| {
        let old = &live.indexes[*at];
        !old.inherited && come.iter().any(|index| same_index(index, &unsorted(old)))
    })
}

/// Returns an index without its order, at which the server does not look when it takes one that is
/// there for the part of another.
fn unsorted(index: &Index) -> Index {
    let mut index = index.clone();
    for part in &mut index.parts {
        part.descending = false;
        part.nulls_first = None;
    }
    index
}

/// Tells whether nothing but the order keeps two indexes from being the same.
pub(crate) fn sorts_otherwise(a: &Index, b: &Index) -> bool {
    !same_index(a, b) && same_index(&unsorted(a), &unsorted(b))
}

/// The same of an index, which may be one for a key: that has its name already.
fn index_waits_above(sides: &Sides<'_>, live: &Table, desired: &Table, index: &Index) -> bool {
    let finished = !index.invalid || live.partition_by.is_some();
    let taken = (live.indexes.iter()).any(|other| other.inherited && same_index(other, index));
    let wanted = |table: &Table| {
        let mut indexes = table.indexes.iter();
        indexes.any(|other| !other.invalid && same_index(other, index))
            || table.constraints.iter().any(|other| match &other.kind {
                ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                    index.can_be_key(key)
                        && named_for(desired, other, index)
                        && !live.constraints.iter().any(|own| own.kind == other.kind)
                }
                ConstraintKind::Check { .. }
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Exclude(_) => false,
            })
    };
    let parts = || desired.indexes.iter().filter(|it| it.inherited);
    let another =
        !parts().any(|it| same_index(it, index)) && parts().any(|it| sorts_otherwise(it, index));
    finished && !taken && !another && above(sides, &desired.name).into_iter().any(wanted)
}

/// Tells whether an index has the name of the key that comes to a partition from above.
fn named_for(desired: &Table, key: &Constraint, index: &Index) -> bool {
    let mut come = (desired.constraints.iter())
        .filter(|it| it.inherited && same_constraint(it, key))
        .map(|it| it.name.as_ref());
    let name = index.name.as_ref();
    come.any(|it| it == name)
        || name == Some(&own::constraint(desired, key))
        || name.is_some_and(Ident::is_temporary)
}
