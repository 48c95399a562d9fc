//! Adds to a diff what must be dropped and made again around its changes: dependents.

pub(super) mod lent;
mod others;

use std::collections::BTreeSet;

use super::added_columns;
use crate::change::{
    Change, ColumnChange, Object, constraint_uses, descendants, index_uses, lineage, mentions,
};
use crate::diff::{Diff, Refusal};
use crate::schema::{
    Column, Constraint, ConstraintKind, Exclude, Expr, Family, Generated, Ident, Index, IndexKey,
    IndexPart, Name, ReplicaIdentity, Schema, Statistics, Table, UserType, own_multirange,
};

/// Completes `diff.changes` with the dependents of what it alters.
pub(super) fn recreate(family: Family, diff: &mut Diff) {
    computed(diff);
    replaced_without(diff);
    let touched = touched(diff);
    defaults_below(diff, &touched);
    parts(diff, &touched);
    if family == Family::Postgres {
        lent::lent(diff, &touched);
    }
    foreign_keys(family, diff, &touched);
    statistics(diff, &touched);
    marks(diff);
    several_parents(diff, &touched);
    not_nulls(diff, &touched);
    row_types(diff, &touched);
    others::others(family, diff, &touched);
    named_anew(diff);
    make_room(diff);
}

/// A partition that goes leaves its place at once where its parent gets others, where a foreign key
/// refers to its parent, or where what changes above would change it too; its rows go last. So does
/// a table that inherits.
fn make_room(diff: &mut Diff) {
    let gone: BTreeSet<Name> = (diff.changes.iter())
        .filter_map(|change| {
            if let Change::DropTable { table } = change {
                Some(table.name.clone())
            } else {
                None
            }
        })
        .collect();
    if gone.is_empty() {
        return;
    }
    let below = changing_below(diff);
    let leaves = |table: &Name, parent: &Name| below.contains(table) && !gone.contains(parent);
    // The server drops no partition that a foreign key looks into.
    let mut looked_into: BTreeSet<Name> = BTreeSet::new();
    for (name, table) in &diff.live.tables {
        for constraint in &table.constraints {
            let gone = |change: &Change| {
                matches!(change, Change::DropConstraint { table, constraint: gone }
                    if table == name && gone.name == constraint.name)
            };
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && !diff.changes.iter().any(gone)
            {
                looked_into.insert(key.table.clone());
            }
        }
    }
    let gets = |parent: &Name| {
        let made = |change: &Change| {
            matches!(change, Change::CreateTable { table }
                if table.partition_of.as_ref().is_some_and(|other| other.parent == *parent))
        };
        let attached = |change: &Change| {
            matches!(change, Change::AttachPartition { partition, .. }
                if partition.parent == *parent)
        };
        let above = |table: &Name| lineage(&diff.live, parent).any(|name| name == table);
        // A key of a partitioned table asks all that is below it for its columns.
        let keyed = |change: &Change| {
            if let Change::AddConstraint { table, .. } = change {
                above(table)
            } else if let Change::CreateIndex { table, index } = change {
                index.unique && above(table)
            } else {
                false
            }
        };
        looked_into.iter().any(above)
            || (diff.changes.iter()).any(|change| made(change) || attached(change) || keyed(change))
    };
    let mut left = Vec::new();
    for change in &diff.changes {
        let Change::DropTable { table } = change else {
            continue;
        };
        let name = &table.name;
        if let Some(partition) = &table.partition_of
            && (gets(&partition.parent) || leaves(name, &partition.parent))
        {
            left.push(Change::DetachPartition {
                table: name.clone(),
                partition: partition.clone(),
            });
        }
        let parents = table.inherits.iter();
        let left_ones = parents.filter(|parent| leaves(name, parent));
        left.extend(left_ones.map(|parent| Change::DropParent {
            table: name.clone(),
            parent: parent.clone(),
        }));
    }
    for change in &mut diff.changes {
        let Change::DropTable { table } = change else {
            continue;
        };
        for other in &left {
            if let Change::DetachPartition { table: gone, .. } = other
                && *gone == table.name
            {
                table.partition_of = None;
            } else if let Change::DropParent {
                table: gone,
                parent,
            } = other
                && *gone == table.name
            {
                table.inherits.retain(|name| name != parent);
            }
        }
    }
    diff.changes.extend(left);
}

/// Returns the tables below others that stay and change in a way that concerns all below.
fn changing_below(diff: &Diff) -> BTreeSet<Name> {
    let recurses = |change: &Change| {
        if let Change::AlterColumn { change, .. } = change {
            matches!(
                change,
                ColumnChange::Type { .. } | ColumnChange::SetNotNull { .. }
            )
        } else if let Change::AddConstraint { constraint, .. } = change {
            matches!(constraint.kind, ConstraintKind::Check { .. })
        } else {
            matches!(change, Change::AddColumn { .. })
        }
    };
    let changing = diff.changes.iter().filter(|change| recurses(change));
    let mut tables: BTreeSet<&Name> = changing.filter_map(Change::table).collect();
    for change in &diff.changes {
        if let Change::ReplaceEnum { columns, .. } = change {
            tables.extend(columns.iter().map(|(table, _)| table));
        }
    }
    let below = tables
        .into_iter()
        .flat_map(|table| descendants(&diff.live, table));
    below.collect()
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
        if let Change::RenameType { from, to, ty } = change
            && aside(to)
        {
            touched.types.insert(from.clone());
            old.insert(to.clone());
            if let UserType::Range(range) = ty {
                touched.types.insert(range.multirange(from));
                old.insert(own_multirange(to));
            }
        } else if let Change::ReplaceEnum { name, .. } = change {
            touched.types.insert(name.clone());
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

/// Computed columns whose type is replaced, or whose sources change type, go and come again.
fn computed(diff: &mut Diff) {
    let touched = touched(diff);
    let mut added = Vec::new();
    for at in touched.retyped.union(&touched.relabelled) {
        let replaced = touched.relabelled.contains(at);
        let below = descendants(&diff.live, &at.0);
        for name in std::iter::once(&at.0).chain(&below) {
            computed_from(diff, name, &at.1, replaced, &mut added);
        }
    }
    // What it was to become, it is made as.
    let made = added_columns(&added);
    diff.changes.retain(|change| {
        !matches!(change, Change::AlterColumn { table, column, .. }
            if made.contains(&(table.clone(), column.name.clone())))
    });
    diff.changes.extend(added);
}

/// Drops and adds what a table computes from a column, and the column itself where it is computed
/// and its type is replaced; not twice.
fn computed_from(
    diff: &Diff,
    name: &Name,
    column: &Ident,
    replaced: bool,
    added: &mut Vec<Change>,
) {
    let (Some(live), Some(desired)) = (diff.live.tables.get(name), diff.desired.tables.get(name))
    else {
        return;
    };
    for old in &live.columns {
        let Some(from) = &old.generated else {
            continue;
        };
        // What no model has and stays comes again as it was.
        let new = desired.column(&old.name).unwrap_or(old);
        let goes = |change: &Change| {
            matches!(change, Change::DropColumn { table, column, .. }
                if table == name && column.name == old.name)
        };
        let concerned = mentions(&from.expr, column) || replaced && old.name == *column;
        // What is to be plain is so before.
        if !concerned || new.generated.is_none() || diff.changes.iter().chain(&*added).any(goes) {
            continue;
        }
        if let Some(above) = kept_above(diff, live, old, added) {
            let mut set = |from: &Option<Box<Generated>>, to: &Option<Box<Generated>>| {
                if from != to {
                    added.push(Change::AlterColumn {
                        table: name.clone(),
                        column: new.clone(),
                        change: ColumnChange::Generated {
                            from: from.clone(),
                            to: to.clone(),
                        },
                    });
                }
            };
            // Meanwhile it is computed as above.
            set(&old.generated, &above);
            set(&above, &new.generated);
            continue;
        }
        if old.inherited {
            continue;
        }
        added.push(Change::DropColumn {
            table: name.clone(),
            column: old.clone(),
            kept_below: false,
        });
        added.push(Change::AddColumn {
            table: name.clone(),
            column: new.clone(),
            backfill: None,
        });
    }
}

/// Returns what a table above computes a column from that stays there, and cannot go below.
fn kept_above(
    diff: &Diff,
    table: &Table,
    column: &Column,
    added: &[Change],
) -> Option<Option<Box<Generated>>> {
    let parents = table.partition_of.iter().map(|part| &part.parent);
    let mut kept = parents.chain(&table.inherits).filter_map(|parent| {
        let goes = |change: &Change| {
            matches!(change, Change::DropColumn { table, column: gone, .. }
                if table == parent && gone.name == column.name)
                || matches!(change, Change::DropParent { table: of, parent: gone }
                    if *of == table.name && gone == parent)
        };
        let above = diff.live.tables.get(parent)?.column(&column.name)?;
        let stays = !diff.changes.iter().chain(added).any(goes);
        stays.then(|| above.generated.clone())
    });
    kept.next()
}

/// A column that goes before its type is replaced, to come again or not, has the old one until then.
fn replaced_without(diff: &mut Diff) {
    let added = added_columns(&diff.changes);
    let early = |change: &Change| {
        if let Change::DropColumn { table, column, .. } = change {
            let at = (table.clone(), column.name.clone());
            (column.generated.is_some() || added.contains(&at)).then_some(at)
        } else {
            None
        }
    };
    let gone: BTreeSet<(Name, Ident)> = diff.changes.iter().filter_map(early).collect();
    let old: BTreeSet<Name> = (diff.changes.iter())
        .flat_map(|change| {
            if let Change::RenameType { to, .. } = change {
                vec![to.clone(), own_multirange(to)]
            } else {
                Vec::new()
            }
        })
        .collect();
    let goes = |table: &Name, column: &Column| gone.contains(&(table.clone(), column.name.clone()));
    diff.changes.retain(|change| {
        !matches!(change, Change::AlterColumn { table, column, change: ColumnChange::Type { from, .. } }
            if goes(table, column) && from.ty.user().is_some_and(|ty| old.contains(&ty)))
    });
    for change in &mut diff.changes {
        if let Change::ReplaceEnum { columns, .. } = change {
            columns.retain(|(table, column)| !goes(table, column));
        }
    }
}

/// Defaults of the tables below are out of the way while a type changes above, and come again there;
/// an enum that is replaced by itself sees to them.
fn defaults_below(diff: &mut Diff, touched: &Touched) {
    let mut added = Vec::new();
    for (name, column) in &touched.retyped {
        let ty = |schema: &Schema| Some(schema.tables.get(name)?.column(column)?.ty.clone());
        let another = match (ty(&diff.live), ty(&diff.desired)) {
            (Some(old), Some(new)) => !old.is_like(&new),
            (Some(_) | None, Some(_) | None) => false,
        };
        if !another && !touched.relabelled.contains(&(name.clone(), column.clone())) {
            continue;
        }
        for below in descendants(&diff.live, name) {
            let (live, after) = (&diff.live.tables[&below], diff.desired.tables.get(&below));
            let Some(old) = live.column(column).filter(|it| it.default.is_some()) else {
                continue;
            };
            let default = |to: Option<bool>| {
                let known = |change: &Change| {
                    matches!(change, Change::AlterColumn { table, column: of, change: ColumnChange::Default { to: after, .. } }
                        if *table == below && of.name == *column && to.is_none_or(|to| to == after.is_some()))
                };
                diff.changes.iter().chain(&added).any(known)
            };
            let (off, altered) = (default(Some(false)), default(None));
            // What no model has and stays has its own again.
            let new = after.and_then(|after| after.column(column)).unwrap_or(old);
            let mut set = |from: &Option<Expr>, to: &Option<Expr>| {
                added.push(Change::AlterColumn {
                    table: below.clone(),
                    column: new.clone(),
                    change: ColumnChange::Default {
                        from: from.clone(),
                        to: to.clone(),
                    },
                });
            };
            if !off {
                set(&old.default, &None);
            }
            if !altered && !touched.tables.contains(&below) && new.default.is_some() {
                set(&None, &new.default);
            }
        }
    }
    diff.changes.extend(added);
}

/// Checks, indexes and generated columns that a change of a column would break.
fn parts(diff: &mut Diff, touched: &Touched) {
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
fn constraint_after<'a>(
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
fn index_after<'a>(diff: &Diff, desired: &'a Table, index: &Index) -> Option<&'a Index> {
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
fn named_anew(diff: &mut Diff) {
    let mut gone: BTreeSet<(Name, Ident)> = BTreeSet::new();
    for change in &diff.changes {
        let (table, part) = if let Change::DropIndex { table, index } = change {
            (table, &index.name)
        } else if let Change::DropConstraint { table, constraint } = change {
            (table, &constraint.name)
        } else {
            continue;
        };
        gone.extend(part.clone().map(|part| (table.clone(), part)));
    }
    diff.changes.retain(|change| {
        !matches!(change, Change::RenameIndex { table, from, .. }
            | Change::RenameConstraint { table, from, .. }
            if gone.contains(&(table.clone(), from.clone())))
    });
}

/// Drops a constraint and, where it is desired, adds it again; not twice.
fn again(
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
fn again_index(
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

/// Extended statistics go with a column, and come again with it.
fn statistics(diff: &mut Diff, touched: &Touched) {
    let mut added = Vec::new();
    for (name, statistics) in &diff.live.statistics {
        let on = statistics.on.join(", ");
        let at = |(table, column): &(Name, Ident)| {
            *table == statistics.table
                && (statistics.columns.contains(column) || mentions(&Expr::new(&on), column))
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
        let mut from = live.options.clone();
        if let ReplicaIdentity::Index(index) = &from.replica_identity
            && made.contains(&(name.clone(), index.clone()))
        {
            from.replica_identity = ReplicaIdentity::Nothing;
        }
        if let Some(index) = &from.clustered_on
            && made.contains(&(name.clone(), index.clone()))
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

/// A column that comes from several tables changes its type with none of them.
fn several_parents(diff: &mut Diff, touched: &Touched) {
    for (name, column) in &touched.retyped {
        let has = |parent: &Name| {
            let parent = diff.live.tables.get(parent);
            parent.is_some_and(|parent| parent.column(column).is_some())
        };
        let heirs = diff.live.tables.values().filter(|table| {
            table.inherits.contains(name) && table.inherits.iter().filter(|it| has(it)).count() > 1
        });
        let heirs: Vec<String> = heirs.map(|table| format!("`{}`", table.name)).collect();
        if !heirs.is_empty() {
            diff.refusals.push(Refusal::new(
                format!("column {name}.{column}"),
                format!("comes to {} from other tables too", heirs.join(", ")),
                "alter it by hand: ALTER TABLE .. NO INHERIT .., then the types, then INHERIT",
            ));
        }
    }
}

/// PostgreSQL 18 makes the NOT NULL of a column whose type changes again, and looks for one of its
/// name below when it is renamed: where a table that inherits has it under another name, it is
/// let go of meanwhile.
fn not_nulls(diff: &mut Diff, touched: &Touched) {
    // Before PostgreSQL 18 none has a name.
    if !has_names(&diff.live) {
        return;
    }
    let renamed = diff.changes.iter().filter_map(|change| {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::RenameNotNull { .. },
        } = change
        {
            Some((table.clone(), column.name.clone()))
        } else {
            None
        }
    });
    let columns: BTreeSet<(Name, Ident)> = renamed.chain(touched.retyped.iter().cloned()).collect();
    for (name, column) in &columns {
        let find = |schema: &Schema| schema.tables.get(name)?.column(column).cloned();
        let (Some(old), Some(new)) = (find(&diff.live), find(&diff.desired)) else {
            continue;
        };
        if old.nullable || old.not_null_no_inherit || new.nullable {
            continue;
        }
        let named = old.name_of_not_null(name);
        let below = descendants(&diff.live, name).into_iter().find(|heir| {
            let table = &diff.live.tables[heir];
            let own = table.column(column).filter(|own| !own.nullable);
            own.is_some_and(|own| own.name_of_not_null(heir) != named)
        });
        let Some(heir) = below else { continue };
        let key = diff.live.tables[name].primary_key();
        if key.is_some_and(|key| key.columns.contains(column)) {
            diff.refusals.push(Refusal::new(
                format!("column {name}.{column}"),
                format!("is in the primary key, and `{heir}` has its NOT NULL under another name: PostgreSQL 18 alters neither there"),
                "alter it by hand: ALTER TABLE .. NO INHERIT .., then the column, then INHERIT",
            ));
            continue;
        }
        let change = |change: ColumnChange| Change::AlterColumn {
            table: name.clone(),
            column: new.clone(),
            change,
        };
        diff.changes.retain(|other| {
            !matches!(other, Change::AlterColumn { table, column: of, change }
                if table == name && of.name == *column
                    && matches!(change, ColumnChange::RenameNotNull { .. }
                        | ColumnChange::ValidateNotNull
                        | ColumnChange::ReopenNotNull
                        | ColumnChange::InheritNotNull { .. }))
        });
        diff.changes
            .push(change(ColumnChange::DropNotNull { alone: false }));
        diff.changes
            .push(change(ColumnChange::SetNotNull { backfill: None }));
        let object = Object::Constraint(name.clone(), new.name_of_not_null(name));
        let own = |change: &Change| matches!(change, Change::SetComment { object: of, .. } if *of == object);
        if new.not_null_comment.is_some() && !diff.changes.iter().any(own) {
            let to = new.not_null_comment.clone();
            diff.changes.push(Change::SetComment {
                object,
                from: None,
                to,
            });
        }
    }
}

/// Tells whether NOT NULL constraints have names: others than the server's own, or those of tables
/// that inherit and demand a value themselves.
fn has_names(schema: &Schema) -> bool {
    let mut columns = schema.tables.values().flat_map(|table| &table.columns);
    columns.any(|column| column.not_null_name.is_some() || column.not_null_local.is_some())
}

/// A table whose rows are another's values keeps the types of its columns.
fn row_types(diff: &mut Diff, touched: &Touched) {
    for (name, column) in touched.retyped.union(&touched.relabelled) {
        let users = diff.live.tables.values().flat_map(|table| {
            let of_rows = table
                .columns
                .iter()
                .filter(|other| other.ty.user().as_ref() == Some(name));
            of_rows.map(move |other| format!("`{}.{}`", table.name, other.name))
        });
        let users: Vec<String> = users.collect();
        if !users.is_empty() {
            diff.refusals.push(Refusal::new(
                format!("column {name}.{column}"),
                format!("is within the values of {}", users.join(", ")),
                "give those columns another type first",
            ));
        }
    }
}

/// Foreign keys whose columns change type, or whose referenced key goes.
fn foreign_keys(family: Family, diff: &mut Diff, touched: &Touched) {
    // To SQLite a reference is names: it compares values of whatever type when rows are written.
    let by_type = family == Family::Postgres;
    let mut keys: Vec<(Name, BTreeSet<Ident>)> = Vec::new();
    for change in &diff.changes {
        if let Change::DropConstraint { table, constraint } = change {
            if let ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) = &constraint.kind
            {
                keys.push((table.clone(), key.columns.iter().cloned().collect()));
            }
        } else if let Change::DropIndex { table, index } = change
            && index.unique
        {
            keys.push((table.clone(), index_columns(index).collect()));
        }
    }
    let relogged = relogged(&diff.changes);
    let mut added = Vec::new();
    for (name, table) in &diff.live.tables {
        let Some(desired) = diff.desired.tables.get(name) else {
            continue;
        };
        for constraint in &table.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else {
                continue;
            };
            let references: BTreeSet<Ident> = key.references.iter().cloned().collect();
            let carried = carried(diff, &key.table, &references);
            let carries_retyped = carried.into_iter().any(|column| {
                lineage(&diff.live, &key.table).any(|table| {
                    let at = (table.clone(), column.clone());
                    touched.retyped.contains(&at) || touched.relabelled.contains(&at)
                })
            });
            let goes = |table: &Name| {
                let mut keys = keys.iter();
                keys.any(|(owner, columns)| owner == table && *columns == references)
            };
            let key_goes = lineage(&diff.live, &key.table).any(goes);
            let at = |table: &Name, columns: &[Ident]| {
                lineage(&diff.live, table).any(|table| {
                    columns.iter().any(|column| {
                        let at = (table.clone(), column.clone());
                        touched.relabelled.contains(&at)
                            || touched.retyped.contains(&at) && base_changes(diff, table, column)
                    })
                })
            };
            let retyped =
                carries_retyped || at(name, &key.columns) || at(&key.table, &key.references);
            let in_circle = relogged.contains(name)
                && relogged.contains(&key.table)
                && *name != key.table
                && leads_to(&diff.live, &key.table, name, &relogged);
            if key_goes || in_circle || (by_type && retyped) {
                let after = constraint_after(diff, desired, constraint);
                again(diff, &mut added, name, constraint, after);
            }
        }
    }
    diff.changes.extend(added);
}

/// Tables that become unlogged, or logged.
fn relogged(changes: &[Change]) -> BTreeSet<Name> {
    let tables = changes.iter().filter_map(|change| {
        if let Change::AlterTable { table, from, to } = change {
            (from.unlogged != to.unlogged).then(|| table.clone())
        } else {
            None
        }
    });
    tables.collect()
}

/// Tells whether foreign keys lead from one of some tables to another: where they go in a circle,
/// none of the tables can be the first that a logged one does not reference.
fn leads_to(live: &Schema, from: &Name, to: &Name, among: &BTreeSet<Name>) -> bool {
    let mut seen = BTreeSet::from([from.clone()]);
    let mut open = vec![from.clone()];
    while let Some(table) = open.pop().and_then(|name| live.tables.get(&name)) {
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && among.contains(&key.table)
                && seen.insert(key.table.clone())
            {
                open.push(key.table.clone());
            }
        }
    }
    seen.contains(to)
}

/// The columns that keys and unique indexes over some columns carry besides (INCLUDE): the server
/// makes such an index anew with the type of each, and does not look at who refers to it.
fn carried(diff: &Diff, table: &Name, columns: &BTreeSet<Ident>) -> Vec<Ident> {
    let Some(table) = diff.live.tables.get(table) else {
        return Vec::new();
    };
    let of_keys = table.constraints.iter().filter_map(|constraint| {
        let (ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) = &constraint.kind
        else {
            return None;
        };
        let same = key.columns.iter().collect::<BTreeSet<_>>() == columns.iter().collect();
        same.then_some(&key.include)
    });
    let of_indexes = table.indexes.iter().filter(|index| index.unique);
    let of_indexes = of_indexes.filter_map(|index| {
        let over: BTreeSet<Ident> = index_columns(index).collect();
        (over == *columns).then_some(&index.include)
    });
    of_keys.chain(of_indexes).flatten().cloned().collect()
}

fn index_columns(index: &Index) -> impl Iterator<Item = Ident> {
    index.parts.iter().filter_map(|part| match &part.key {
        IndexKey::Column(column) => Some(column.clone()),
        IndexKey::Expr(_) => None,
    })
}

fn base_changes(diff: &Diff, table: &Name, column: &Ident) -> bool {
    let ty = |schema: &crate::schema::Schema| {
        let column = schema.tables.get(table)?.column(column)?;
        Some((column.ty.schema.clone(), column.ty.name.clone()))
    };
    ty(&diff.live) != ty(&diff.desired)
}
