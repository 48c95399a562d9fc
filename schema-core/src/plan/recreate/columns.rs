//! What the columns of tables below others need around a change of the column above.

use std::collections::BTreeSet;

use super::parts::{again, constraint_after};
use super::{Touched, below};
use crate::change::{Change, ColumnChange, Object, descendants, mentions};
use crate::diff::{Diff, Refusal};
use crate::schema::{Composite, ConstraintKind, Expr, Ident, Name, Schema};

/// Defaults of the tables below are out of the way while a type changes above, and come again there;
/// an enum that is replaced by itself sees to them.
pub(super) fn defaults_below(diff: &mut Diff, touched: &Touched) {
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

/// A default that makes a row of a type keeps values of the types that its fields had: it is said
/// again where one of them changes.
pub(super) fn defaults_with_rows(diff: &mut Diff) {
    let retyped: Vec<&Name> = (diff.changes.iter())
        .filter_map(|change| {
            if let Change::AlterComposite { name, from, to } = change {
                retypes(from, to).then_some(name)
            } else {
                None
            }
        })
        .collect();
    if retyped.is_empty() {
        return;
    }
    let mut added = Vec::new();
    for (name, desired) in &diff.desired.tables {
        let Some(live) = diff.live.tables.get(name) else {
            continue;
        };
        for column in &desired.columns {
            let before = live.column(&column.name).and_then(|it| it.default.as_ref());
            let Some(default) = before.filter(|it| column.default.as_ref() == Some(it)) else {
                continue;
            };
            let altered = |change: &Change| {
                matches!(change, Change::AlterColumn { table, column: of, change: ColumnChange::Default { .. } }
                    if table == name && of.name == column.name)
            };
            let makes_one = retyped.iter().any(|ty| mentions(default, &ty.name));
            if makes_one && !diff.changes.iter().any(altered) {
                added.push(Change::AlterColumn {
                    table: name.clone(),
                    column: column.clone(),
                    change: ColumnChange::Default {
                        from: before.cloned(),
                        to: column.default.clone(),
                    },
                });
            }
        }
    }
    diff.changes.extend(added);
}

/// Tells whether a field of a composite type gets another type.
fn retypes(from: &Composite, to: &Composite) -> bool {
    from.fields.iter().any(|field| {
        let mut after = to.fields.iter();
        after.any(|it| it.name == field.name && it.ty != field.ty)
    })
}

/// A column that comes from several tables changes its type with none of them.
pub(super) fn several_parents(diff: &mut Diff, touched: &Touched) {
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
/// let go of meanwhile, and so is a primary key that demands it.
pub(super) fn not_nulls(diff: &mut Diff, touched: &Touched) {
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
    let retyped = touched.retyped.iter().cloned();
    let retyped = retyped.chain(below(&diff.live, &touched.retyped));
    let columns: BTreeSet<(Name, Ident)> = renamed.chain(retyped).collect();
    let mut keys = Vec::new();
    for (name, column) in &columns {
        let find = |schema: &Schema| schema.tables.get(name)?.column(column).cloned();
        let (Some(old), Some(new)) = (find(&diff.live), find(&diff.desired)) else {
            continue;
        };
        if old.nullable || old.not_null_no_inherit || new.nullable {
            continue;
        }
        let named = old.name_of_not_null(name);
        let named_otherwise = descendants(&diff.live, name).into_iter().any(|heir| {
            let table = &diff.live.tables[&heir];
            let own = table.column(column).filter(|own| !own.nullable);
            own.is_some_and(|own| own.name_of_not_null(&heir) != named)
        });
        if !named_otherwise {
            continue;
        }
        // Heirs that do not demand it themselves lose it for that while too.
        let heirs = descendants(&diff.live, name).into_iter().filter(|heir| {
            let own = diff.live.tables[heir].column(column);
            own.is_some_and(|own| own.not_null_local != Some(true))
        });
        for table in heirs.chain([name.clone()]) {
            let Some(desired) = diff.desired.tables.get(&table) else {
                continue;
            };
            for key in &diff.live.tables[&table].constraints {
                if matches!(&key.kind, ConstraintKind::PrimaryKey(of) if of.columns.contains(column))
                {
                    let after = constraint_after(diff, desired, key);
                    again(diff, &mut keys, &table, key, after);
                }
            }
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
                        | ColumnChange::ValidateNotNull { .. }
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
    diff.changes.extend(keys);
}

/// Tells whether NOT NULL constraints have names: others than the server's own, or those of tables
/// that inherit and demand a value themselves.
fn has_names(schema: &Schema) -> bool {
    let mut columns = schema.tables.values().flat_map(|table| &table.columns);
    columns.any(|column| column.not_null_name.is_some() || column.not_null_local.is_some())
}

/// The comments on the sequences of identities that come with a table or a column.
pub(super) fn comments_on_identities(diff: &mut Diff) {
    let mut comments = Vec::new();
    for change in &diff.changes {
        let (table, columns) = if let Change::CreateTable { table } = change {
            (&table.name, &*table.columns)
        } else if let Change::AddColumn { table, column, .. } = change {
            (table, std::slice::from_ref(column))
        } else {
            continue;
        };
        for column in columns {
            if let Some(identity) = &column.identity
                && identity.comment.is_some()
            {
                comments.push(Change::SetComment {
                    object: Object::Sequence(identity.name_of_sequence(table, &column.name)),
                    from: None,
                    to: identity.comment.clone(),
                });
            }
        }
    }
    diff.changes.extend(comments);
}

/// A table whose rows are another's values keeps the types of its columns.
pub(super) fn row_types(diff: &mut Diff, touched: &Touched) {
    let retyped = touched.retyped.union(&touched.relabelled);
    let retyped = retyped.map(|(table, column)| (format!("column {table}.{column}"), table));
    let anew = touched.anew.iter();
    let anew = anew.map(|table| (format!("table {table}"), table));
    let mut refusals = Vec::new();
    let said = diff.live.types_said();
    for (object, table) in retyped.chain(anew).filter(|it| said.contains(it.1)) {
        let users = rows_within(diff, table);
        if !users.is_empty() {
            refusals.push(Refusal::new(
                object,
                format!("is within the values of {users}"),
                "give those columns another type first",
            ));
        }
    }
    diff.refusals.extend(refusals);
}

/// The columns of other tables whose values are rows of a table or view, or hold such; those of tables
/// that go are none.
pub(super) fn rows_within(diff: &Diff, name: &Name) -> String {
    let types = diff.live.types_within(&BTreeSet::from([name.clone()]));
    let holds = |ty: &Name| ty == name || types.contains(diff.live.ranged(ty));
    let tables = diff.live.tables.values();
    let tables = tables.filter(|table| diff.desired.tables.contains_key(&table.name));
    let users = tables.flat_map(|table| {
        let of_rows = (table.columns.iter()).filter(|it| it.ty.user().is_some_and(|ty| holds(&ty)));
        of_rows.map(move |other| format!("`{}.{}`", table.name, other.name))
    });
    users.collect::<Vec<_>>().join(", ")
}
