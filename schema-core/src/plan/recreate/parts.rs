//! Constraints and indexes that a change of a column would break: each is dropped and made again.

use std::collections::BTreeSet;

use super::{Touched, base_changes};
use crate::change::{Change, constraint_uses, descendants, index_uses};
use crate::diff::Diff;
use crate::schema::{
    Constraint, ConstraintKind, Exclude, Expr, Ident, Index, IndexKey, IndexPart, Name, Schema,
    Table,
};

/// Checks, indexes and generated columns that a change of a column would break.
pub(super) fn parts(diff: &mut Diff, touched: &Touched) {
    let mut added = Vec::new();
    let retyped =
        (touched.retyped.iter()).filter(|(table, column)| base_changes(diff, table, column));
    let columns = (touched.dropped.iter())
        .chain(&touched.relabelled)
        .chain(retyped);
    for (name, column) in columns.collect::<BTreeSet<_>>() {
        let place = (name.clone(), column.clone());
        let relabelled = touched.relabelled.contains(&place);
        let only_retyped = !relabelled && !touched.dropped.contains(&place);
        let (Some(live), Some(desired)) =
            (diff.live.tables.get(name), diff.desired.tables.get(name))
        else {
            continue;
        };
        for constraint in &live.constraints {
            let plain_key = matches!(
                constraint.kind,
                ConstraintKind::PrimaryKey(_)
                    | ConstraintKind::Unique(_)
                    | ConstraintKind::ForeignKey(_)
            );
            let after = constraint_after(diff, desired, constraint);
            if !constraint_uses(constraint, column)
                || (plain_key && (relabelled || only_retyped))
                || (only_retyped && after.is_none_or(|after| stays(constraint, after)))
            {
                continue;
            }
            again(diff, &mut added, name, constraint, after);
        }
        for index in &live.indexes {
            let expressions = index.predicate.is_some()
                || index
                    .parts
                    .iter()
                    .any(|part| matches!(part.key, IndexKey::Expr(_)));
            let after = index_after(diff, desired, index);
            if !index_uses(index, column)
                || (!expressions && (relabelled || only_retyped))
                || (only_retyped && after.is_none_or(|after| stays_index(index, after)))
            {
                continue;
            }
            again_index(diff, &mut added, name, index, after);
        }
    }
    diff.changes.extend(added);
}

/// The constraints and indexes of a table that use something let go of it, and are made again.
pub(super) fn let_go_of_parts(
    diff: &Diff,
    added: &mut Vec<Change>,
    live: &Table,
    desired: &Table,
    uses: &impl Fn(&Expr) -> bool,
) {
    let (constraints, indexes) = (live.constraints.iter(), live.indexes.iter());
    for constraint in constraints.filter(|it| it.exprs().any(uses)) {
        let after = constraint_after(diff, desired, constraint);
        again(diff, added, &live.name, constraint, after);
    }
    for index in indexes.filter(|it| it.exprs().any(uses)) {
        let after = index_after(diff, desired, index);
        again_index(diff, added, &live.name, index, after);
    }
}

/// Checks that are made above without a look at the rows come below so too: those that tables below
/// are to have valid are validated afterwards.
pub(super) fn valid_below(diff: &mut Diff, touched: &Touched) {
    let mut added = Vec::new();
    for change in &mut diff.changes {
        if let Change::CreateTable { table } = change {
            added.extend(not_valid_below(&diff.desired, table));
        }
    }
    diff.changes.append(&mut added);
    let unlooked = |it: &Constraint| {
        let is_check = matches!(it.kind, ConstraintKind::Check { .. });
        is_check && it.not_valid && !it.not_enforced
    };
    let made = diff.changes.iter().filter_map(|change| {
        if let Change::AddConstraint { table, constraint } = change {
            Some((table, constraint))
        } else {
            None
        }
    });
    // The server makes them again with the type of a column.
    let retyped = touched.retyped.iter().flat_map(|(table, column)| {
        let parts = diff.desired.tables.get(table).into_iter();
        let parts = parts.flat_map(|it| &it.constraints);
        let parts = parts.filter(|part| constraint_uses(part, column));
        parts.map(move |part| (table, part))
    });
    let mut validated = BTreeSet::new();
    for (table, constraint) in made.chain(retyped).filter(|(_, it)| unlooked(it)) {
        for below in descendants(&diff.desired, table) {
            let mut parts = diff.desired.tables[&below].constraints.iter();
            let valid = |it: &&Constraint| {
                it.inherited && it.name == constraint.name && !it.not_valid && !it.not_enforced
            };
            let known = |change: &Change| {
                matches!(change, Change::ValidateConstraint { table, constraint: known }
                    if *table == below && known.name == constraint.name)
            };
            if let Some(valid) = parts.find(valid)
                && !diff.changes.iter().any(known)
                && validated.insert((below.clone(), valid.name.clone()))
            {
                added.push(Change::ValidateConstraint {
                    table: below,
                    constraint: valid.clone(),
                });
            }
        }
    }
    diff.changes.extend(added);
}

/// Takes the checks from a new table that those below it are to have without a look at the rows:
/// where a check is there first, it is valid in what is made below it.
fn not_valid_below(desired: &Schema, table: &mut Table) -> Vec<Change> {
    let unlooked = |it: &&Constraint| {
        matches!(it.kind, ConstraintKind::Check { .. }) && it.not_valid && !it.inherited
    };
    let below = descendants(desired, &table.name);
    let mut later = table.constraints.clone();
    later.retain(|it| {
        let same = |part: &Constraint| part.name == it.name && part.not_valid;
        let mut below = below.iter();
        unlooked(&it) && below.any(|below| desired.tables[below].constraints.iter().any(same))
    });
    table.constraints.retain(|it| !later.contains(it));
    let name = &table.name;
    let add = |constraint| Change::AddConstraint {
        table: name.clone(),
        constraint,
    };
    later.into_iter().map(add).collect()
}

/// Tells whether the server, reading an expression again when a column's type changes, comes to
/// what is desired: it does where the words are the same, and adds casts where they are not.
fn reads_the_same(live: &Expr, desired: &Expr) -> bool {
    live.is_printed() && desired.is_printed() && live.sql() == desired.sql()
}

fn stays(live: &Constraint, desired: &Constraint) -> bool {
    match (&live.kind, &desired.kind) {
        (ConstraintKind::Check { expr: old, .. }, ConstraintKind::Check { expr: new, .. }) => {
            reads_the_same(old, new)
        }
        (ConstraintKind::Exclude(old), ConstraintKind::Exclude(new)) => {
            let parts = |exclude: &Exclude| -> Vec<IndexPart> {
                let parts = exclude.elements.iter().map(|element| element.part.clone());
                parts.collect()
            };
            stays_parts(&parts(old), &parts(new))
                && stays_predicate(old.predicate.as_ref(), new.predicate.as_ref())
        }
        (
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_),
            _,
        ) => false,
    }
}

fn stays_index(live: &Index, desired: &Index) -> bool {
    stays_parts(&live.parts, &desired.parts)
        && stays_predicate(live.predicate.as_ref(), desired.predicate.as_ref())
}

fn stays_parts(live: &[IndexPart], desired: &[IndexPart]) -> bool {
    live.len() == desired.len()
        && live
            .iter()
            .zip(desired)
            .all(|pair| match (&pair.0.key, &pair.1.key) {
                (IndexKey::Expr(old), IndexKey::Expr(new)) => reads_the_same(old, new),
                (IndexKey::Column(_), IndexKey::Column(_)) => true,
                (IndexKey::Column(_), IndexKey::Expr(_))
                | (IndexKey::Expr(_), IndexKey::Column(_)) => false,
            })
}

fn stays_predicate(live: Option<&Expr>, desired: Option<&Expr>) -> bool {
    match (live, desired) {
        (Some(old), Some(new)) => reads_the_same(old, new),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Tells whether two constraints of a table are one: by name, and where SQLite keeps none by what
/// they demand.
fn is_one(a: &Constraint, b: &Constraint) -> bool {
    a.name == b.name && (a.name.is_some() || a.kind == b.kind)
}

/// Returns what a constraint is to be, which may have another name.
pub(super) fn constraint_after<'a>(
    diff: &Diff,
    desired: &'a Table,
    constraint: &Constraint,
) -> Option<&'a Constraint> {
    let Some(name) = &constraint.name else {
        return (desired.constraints.iter()).find(|other| is_one(other, constraint));
    };
    let renames = diff.changes.iter().filter_map(|change| {
        if let Change::RenameConstraint { table, from, to } = change {
            (*table == desired.name).then_some((from, to))
        } else {
            None
        }
    });
    let name = name_after(renames, name)?;
    (desired.constraints.iter()).find(|other| other.name.as_ref() == Some(name))
}

/// The same of an index.
pub(super) fn index_after<'a>(diff: &Diff, desired: &'a Table, index: &Index) -> Option<&'a Index> {
    let renames = diff.changes.iter().filter_map(|change| {
        if let Change::RenameIndex { table, from, to } = change {
            (*table == desired.name).then_some((from, to))
        } else {
            None
        }
    });
    let name = name_after(renames, index.name.as_ref()?)?;
    (desired.indexes.iter()).find(|other| other.name.as_ref() == Some(name))
}

/// Returns the name that a part gets or keeps, unless another one gets it.
fn name_after<'a>(
    mut renames: impl Iterator<Item = (&'a Ident, &'a Ident)> + Clone,
    name: &'a Ident,
) -> Option<&'a Ident> {
    let taken = renames.clone().any(|(_, to)| to == name);
    let renamed = renames.find(|(from, _)| *from == name).map(|(_, to)| to);
    renamed.or(Some(name).filter(|_| !taken))
}

/// What is dropped and made again has its new name from the beginning.
pub(super) fn named_anew(diff: &mut Diff) {
    // An index may be called as a constraint that is none of its own.
    let (mut indexes, mut constraints) = (BTreeSet::new(), BTreeSet::new());
    for change in &diff.changes {
        if let Change::DropIndex { table, index } = change {
            indexes.extend(index.name.clone().map(|name| (table.clone(), name)));
        } else if let Change::DropConstraint { table, constraint } = change {
            constraints.extend(constraint.name.clone().map(|name| (table.clone(), name)));
        }
    }
    diff.changes.retain(|change| {
        if let Change::RenameIndex { table, from, .. } = change {
            !indexes.contains(&(table.clone(), from.clone()))
        } else if let Change::RenameConstraint { table, from, .. } = change {
            !constraints.contains(&(table.clone(), from.clone()))
        } else {
            true
        }
    });
}

/// Drops a constraint and, where it is desired, adds it again; not twice.
pub(super) fn again(
    diff: &Diff,
    added: &mut Vec<Change>,
    table: &Name,
    constraint: &Constraint,
    after: Option<&Constraint>,
) {
    let dropped = |change: &Change| {
        matches!(change, Change::DropConstraint { table: other, constraint: gone }
            if other == table && is_one(gone, constraint))
    };
    if constraint.inherited || diff.changes.iter().any(dropped) || added.iter().any(dropped) {
        return;
    }
    let (table, constraint) = (table.clone(), constraint.clone());
    added.push(Change::DropConstraint {
        table: table.clone(),
        constraint,
    });
    if let Some(after) = after {
        added.push(Change::AddConstraint {
            table,
            constraint: after.clone(),
        });
    }
}

/// Drops an index and, where it is desired, makes it again; not twice.
pub(super) fn again_index(
    diff: &Diff,
    added: &mut Vec<Change>,
    table: &Name,
    index: &Index,
    after: Option<&Index>,
) {
    let dropped = |change: &Change| {
        matches!(change, Change::DropIndex { table: other, index: gone }
            if other == table && gone.name == index.name)
    };
    if index.inherited || diff.changes.iter().any(dropped) || added.iter().any(dropped) {
        return;
    }
    let (table, index) = (table.clone(), index.clone());
    added.push(Change::DropIndex {
        table: table.clone(),
        index,
    });
    if let Some(after) = after {
        let index = after.clone();
        added.push(Change::CreateIndex { table, index });
    }
}
