//! Computed columns: they go before their type does, or what they are computed from changes its own, and come again.

use std::collections::BTreeSet;

use super::super::added_columns;
use super::parts::{again, again_index, constraint_after, index_after};
use super::touched;
use crate::change::{
    Change, ColumnChange, constraint_uses, descendants, index_uses, lineage, mentions, says_type,
};
use crate::diff::{Diff, replaced_by};
use crate::schema::{Column, Generated, Ident, Name, Table, own_multirange};

/// Computed columns whose type is replaced, or whose sources change type, go and come again.
pub(super) fn computed(diff: &mut Diff) {
    let touched = touched(diff);
    let mut added = Vec::new();
    for at in touched.retyped.union(&touched.relabelled) {
        let replaced = touched.relabelled.contains(at);
        let below = descendants(&diff.live, &at.0);
        for name in std::iter::once(&at.0).chain(&below) {
            let concerned = |old: &Column, from: &Generated| {
                mentions(&from.expr, &at.1) || replaced && old.name == at.1
            };
            computed_from(diff, name, &concerned, &mut added);
        }
    }
    let types = replaced_by(&diff.changes);
    if !types.is_empty() {
        let mut names: Vec<&Name> = diff.live.tables.keys().collect();
        names.sort_by_key(|name| lineage(&diff.live, name).count());
        let says = |_: &Column, from: &Generated| says_type(&from.expr, &types);
        for name in names {
            computed_from(diff, name, &says, &mut added);
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

/// Drops and adds what a table computes, where that is concerned; not twice.
fn computed_from(
    diff: &Diff,
    name: &Name,
    concerned: &dyn Fn(&Column, &Generated) -> bool,
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
        let goes = |change: &Change| change.drops_column(name, &old.name);
        // What is to be plain is so before.
        if !concerned(old, from)
            || new.generated.is_none()
            || diff.changes.iter().chain(&*added).any(goes)
        {
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
    let mut kept = table.parents().filter_map(|parent| {
        let goes = |change: &Change| {
            change.drops_column(parent, &column.name)
                || matches!(change, Change::DropParent { table: of, parent: gone }
                    if *of == table.name && gone == parent)
        };
        let above = diff.live.tables.get(parent)?.column(&column.name)?;
        let stays = !diff.changes.iter().chain(added).any(goes);
        stays.then(|| above.generated.clone())
    });
    kept.next()
}

/// Indexes from above over what a partition alone is to compute otherwise: the server would make its
/// part of them anew, and cannot drop that alone.
pub(super) fn indexed_above(diff: &mut Diff) {
    let mut added = Vec::new();
    for change in &diff.changes {
        let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Generated { to: Some(_), .. },
        } = change
        else {
            continue;
        };
        let part = diff.live.tables.get(table);
        if part.is_none_or(|part| part.partition_of.is_none()) {
            continue;
        }
        for above in lineage(&diff.live, table).skip(1) {
            let both = (diff.live.tables.get(above)).zip(diff.desired.tables.get(above));
            let Some((live, desired)) = both else {
                continue;
            };
            let indexes = live.indexes.iter();
            for index in indexes.filter(|index| index_uses(index, &column.name)) {
                let after = index_after(diff, desired, index);
                again_index(diff, &mut added, above, index, after);
            }
            let keys = live.constraints.iter().filter(|it| it.has_index());
            for key in keys.filter(|it| constraint_uses(it, &column.name)) {
                let after = constraint_after(diff, desired, key);
                again(diff, &mut added, above, key, after);
            }
        }
    }
    diff.changes.extend(added);
}

/// A column that goes before its type is replaced, to come again or not, has the old one until then.
pub(super) fn replaced_without(diff: &mut Diff) {
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
