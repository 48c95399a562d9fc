//! Adds to a diff what must be dropped and made again around its changes: dependents.

use std::collections::BTreeSet;

use crate::change::{Change, ColumnChange, constraint_uses, index_uses};
use crate::diff::{Diff, Refusal};
use crate::schema::{Constraint, ConstraintKind, Ident, Name, Other};

/// Completes `diff.changes` with the dependents of what it alters.
pub(super) fn recreate(diff: &mut Diff) {
    let touched = touched(&diff.changes);
    parts(diff, &touched);
    foreign_keys(diff, &touched);
    others(diff, &touched);
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
}

fn touched(changes: &[Change]) -> Touched {
    let mut touched = Touched::default();
    for change in changes {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Type { .. },
        } = change
        {
            touched.retyped.insert((table.clone(), column.name.clone()));
        } else if let Change::DropColumn { table, column } = change {
            touched.dropped.insert((table.clone(), column.name.clone()));
        } else if let Change::ReplaceEnum { columns, .. } = change {
            let columns = columns.iter();
            touched
                .relabelled
                .extend(columns.map(|(table, column)| (table.clone(), column.name.clone())));
        } else if let Change::DropTable { table } = change {
            touched.tables.insert(table.name.clone());
        }
    }
    touched
}

/// Checks, indexes and generated columns that a change of a column would break.
fn parts(diff: &mut Diff, touched: &Touched) {
    let mut added = Vec::new();
    let columns = touched.dropped.iter().chain(&touched.relabelled);
    for (name, column) in columns.collect::<BTreeSet<_>>() {
        let relabelled = touched.relabelled.contains(&(name.clone(), column.clone()));
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
            if !constraint_uses(constraint, column) || (relabelled && plain_key) {
                continue;
            }
            let after = desired
                .constraints
                .iter()
                .find(|other| other.name == constraint.name);
            again(diff, &mut added, name, constraint, after);
        }
        for index in &live.indexes {
            let expressions = index.predicate.is_some()
                || index
                    .parts
                    .iter()
                    .any(|part| matches!(part.key, crate::schema::IndexKey::Expr(_)));
            if !index_uses(index, column) || (relabelled && !expressions) {
                continue;
            }
            let drop = Change::DropIndex {
                table: name.clone(),
                index: index.clone(),
            };
            if diff.changes.contains(&drop) || added.contains(&drop) {
                continue;
            }
            added.push(drop);
            if let Some(after) = desired
                .indexes
                .iter()
                .find(|other| other.name == index.name)
            {
                let create = Change::CreateIndex {
                    table: name.clone(),
                    index: after.clone(),
                };
                added.push(create);
            }
        }
    }
    diff.changes.extend(added);
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
            if other == table && gone.name == constraint.name)
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

/// Foreign keys whose columns change type, or whose referenced key goes.
fn foreign_keys(diff: &mut Diff, touched: &Touched) {
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
            let columns = index.parts.iter().filter_map(|part| match &part.key {
                crate::schema::IndexKey::Column(column) => Some(column.clone()),
                crate::schema::IndexKey::Expr(_) => None,
            });
            keys.push((table.clone(), columns.collect()));
        }
    }
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
            let key_goes = keys
                .iter()
                .any(|(owner, columns)| *owner == key.table && *columns == references);
            let at = |table: &Name, columns: &[Ident]| {
                columns.iter().any(|column| {
                    touched.retyped.contains(&(table.clone(), column.clone()))
                        && base_changes(diff, table, column)
                })
            };
            if key_goes || at(name, &key.columns) || at(&key.table, &key.references) {
                let after = desired
                    .constraints
                    .iter()
                    .find(|other| other.name == constraint.name);
                again(diff, &mut added, name, constraint, after);
            }
        }
    }
    diff.changes.extend(added);
}

fn base_changes(diff: &Diff, table: &Name, column: &Ident) -> bool {
    let ty = |schema: &crate::schema::Schema| {
        let column = schema.tables.get(table)?.column(column)?;
        Some((column.ty.schema.clone(), column.ty.name.clone()))
    };
    ty(&diff.live) != ty(&diff.desired)
}

/// Views, rules, triggers and policies that hold on to a column.
fn others(diff: &mut Diff, touched: &Touched) {
    let holds = |other: &Other, columns: &BTreeSet<(Name, Ident)>| {
        other.depends_on.iter().any(|(name, column)| match column {
            Some(column) => columns.contains(&(name.clone(), column.clone())),
            None => false,
        })
    };
    let goes_with_its_table = |other: &Other| {
        other
            .table
            .as_ref()
            .is_some_and(|table| touched.tables.contains(table))
    };
    let retyped: BTreeSet<(Name, Ident)> = touched
        .retyped
        .union(&touched.relabelled)
        .cloned()
        .collect();
    let mut gone: Vec<Other> = Vec::new();
    for other in &diff.live.others {
        if goes_with_its_table(other) {
            continue;
        }
        let last = touched.dropped.iter().filter(|(table, column)| {
            diff.desired
                .tables
                .get(table)
                .is_none_or(|table| table.column(column).is_none())
        });
        let last: BTreeSet<(Name, Ident)> = last.cloned().collect();
        let table_goes = other
            .depends_on
            .iter()
            .find(|(name, _)| touched.tables.contains(name));
        if holds(other, &last) || table_goes.is_some() {
            diff.refusals.push(Refusal::new(
                format!("{} {}", other.kind, other.name),
                "depends on what would be dropped",
                "drop it by hand first, or keep the column or table",
            ));
        } else if holds(other, &retyped) || holds(other, &touched.dropped) {
            gone.push(other.clone());
        }
    }
    // What depends on them goes before them, and comes after them.
    let mut at = 0;
    while at < gone.len() {
        let name = gone[at].name.clone();
        for other in &diff.live.others {
            if !other.depends_on_others.contains(&name) {
                continue;
            }
            if let Some(earlier) = gone.iter().position(|known| known == other) {
                if earlier < at {
                    let moved = gone.remove(earlier);
                    gone.push(moved);
                    at -= 1;
                }
            } else {
                gone.push(other.clone());
            }
        }
        at += 1;
    }
    for other in gone.iter().rev() {
        diff.changes.push(Change::DropOther {
            other: other.clone(),
        });
    }
    for other in gone {
        diff.changes.push(Change::CreateOther { other });
    }
}
