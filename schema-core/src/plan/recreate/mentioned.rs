//! Types that are replaced, and are only said in an expression of something else: a cast, all values
//! of an enum, a range that is made. That lets go of the type first, and takes it again.

use std::collections::BTreeSet;

use super::super::added_columns;
use super::functions::{default_lets_go, domain_lets_go, statistics_let_go};
use super::parts::let_go_of_parts;
use crate::change::{Change, says_type};
use crate::diff::{Diff, replaced_by};
use crate::schema::{Column, Expr, Name, Schema, Table, UserType};

/// Defaults, checks, indexes, statistics and domains let go of types that are replaced; columns that
/// are computed have done so.
pub(super) fn mentioned(diff: &mut Diff) {
    let types = replaced_by(&diff.changes);
    if types.is_empty() {
        return;
    }
    let says = |expr: &Expr| says_type(expr, &types);
    let live = diff.live.clone();
    let mut added = Vec::new();
    domains(diff, &mut added, &live, &types);
    for table in live.tables.values() {
        if !table.exprs().any(says) {
            continue;
        }
        if let Some(desired) = after(diff, table) {
            defaults(diff, &mut added, &desired, table, &types);
            let_go_of_parts(diff, &mut added, table, &desired, &says);
        }
    }
    statistics_let_go(diff, &mut added, &says);
    diff.changes.extend(added);
}

/// Returns what a table is to be: one that no model has, and that stays, what it is.
fn after(diff: &Diff, table: &Table) -> Option<Table> {
    let goes =
        |it: &Change| matches!(it, Change::DropTable { table: gone } if gone.name == table.name);
    let desired = diff.desired.tables.get(&table.name).map(|it| &**it);
    let stays = (!diff.changes.iter().any(goes)).then_some(table);
    desired.or(stays).cloned()
}

/// Domains that are no replaced types themselves let go; the others end before what they say.
fn domains(diff: &mut Diff, added: &mut Vec<Change>, live: &Schema, types: &BTreeSet<Name>) {
    let says = |expr: &Expr| says_type(expr, types);
    for (name, ty) in &live.types {
        match ty {
            UserType::Domain(domain) if !types.contains(name) && domain.exprs().any(says) => {
                domain_lets_go(diff, added, name, domain, &says);
            }
            UserType::Domain(_)
            | UserType::Enum(_)
            | UserType::Composite(_)
            | UserType::Range(_) => {}
        }
    }
}

/// Defaults of columns that are of other types; those of the replaced ones have theirs set anew with
/// their type.
fn defaults(
    diff: &mut Diff,
    added: &mut Vec<Change>,
    desired: &Table,
    table: &Table,
    types: &BTreeSet<Name>,
) {
    let says = |expr: &Expr| says_type(expr, types);
    let made = added_columns(&diff.changes);
    let of_another = |column: &&Column| {
        let of_them = column.ty.user().is_some_and(|ty| types.contains(&ty));
        !of_them && !made.contains(&(table.name.clone(), column.name.clone()))
    };
    for column in table.columns.iter().filter(of_another) {
        let kept = desired.column(&column.name).is_none() && !goes(diff, table, column);
        if kept {
            let mut as_it_is = desired.clone();
            as_it_is.columns.push(column.clone());
            default_lets_go(diff, added, &as_it_is, column, &says);
        } else {
            default_lets_go(diff, added, desired, column, &says);
        }
    }
}

fn goes(diff: &Diff, table: &Table, column: &Column) -> bool {
    let mut changes = diff.changes.iter();
    changes.any(|change| change.drops_column(&table.name, &column.name))
}
