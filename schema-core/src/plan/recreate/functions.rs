//! Functions that are made again: what calls one lets go of it first, and takes it again.

use super::parts::{again, again_index, let_go_of_parts};
use crate::change::{Change, ColumnChange, Object, calls};
use crate::diff::{Diff, Refusal, contained};
use crate::schema::{Column, Constraint, Domain, Expr, Index, Name, Other, Table, UserType};

/// Defaults, checks, indexes and computed columns let go of a function, and take it again.
pub(super) fn let_go(diff: &mut Diff, function: &Other) {
    let mut added = Vec::new();
    let mut refusals = Vec::new();
    let uses = |expr: &Expr| calls(expr, &function.name);
    let mut refuse = |object: String, message: &str| {
        refusals.push(Refusal::new(
            object,
            format!(
                "{message} function `{}`, which must be made again",
                function.name
            ),
            "let go of the function by hand first",
        ));
    };
    let live = diff.live.clone();
    for (name, ty) in &live.types {
        let domain = match ty {
            UserType::Domain(domain) => domain,
            UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_) => continue,
        };
        if domain.exprs().any(uses) {
            let replaced =
                |change: &Change| matches!(change, Change::RenameType { from, .. } if from == name);
            if diff.changes.iter().any(replaced) {
                // A domain within other values takes no condition afterwards.
                if contained(&live, name, 0) {
                    refuse(
                        format!("domain {name}"),
                        "is replaced within other values, and uses",
                    );
                } else {
                    replaced_lets_go(diff, &mut added, name, domain, &uses);
                }
            } else {
                domain_lets_go(diff, &mut added, name, domain, &uses);
            }
        }
    }
    for (name, table) in &live.tables {
        let key = table.partition_by.as_ref();
        if key.is_some_and(|by| uses(&by.key)) {
            refuse(format!("table {name}"), "is partitioned by");
        }
        let Some(desired) = diff.desired.tables.get(name).cloned() else {
            continue;
        };
        for column in &table.columns {
            column_lets_go(diff, &mut added, &desired, column, &uses);
        }
        let_go_of_parts(diff, &mut added, table, &desired, &uses);
    }
    statistics_let_go(diff, &mut added, &uses);
    for change in &mut diff.changes {
        if let Change::CreateTable { table } = change
            && function
                .depends_on
                .iter()
                .any(|(name, _)| *name == table.name)
        {
            added.extend(comes_before(table, &uses));
        }
        // Its values come first, and its default after the function.
        if let Change::ReplaceEnum { columns, .. } = change {
            for (_, column) in columns {
                if column.default.iter().any(uses) {
                    column.default = None;
                }
            }
        }
    }
    diff.changes.extend(added);
    diff.refusals.extend(refusals);
}

/// Extended statistics let go, and are made again.
pub(super) fn statistics_let_go(
    diff: &Diff,
    added: &mut Vec<Change>,
    uses: &impl Fn(&Expr) -> bool,
) {
    for (name, statistics) in &diff.live.statistics {
        let dropped = |change: &Change| matches!(change, Change::DropStatistics { name: gone, .. } if gone == name);
        if !statistics.on.iter().any(uses) || diff.changes.iter().any(dropped) {
            continue;
        }
        added.push(Change::DropStatistics {
            name: name.clone(),
            statistics: statistics.clone(),
        });
        if let Some(after) = diff.desired.statistics.get(name) {
            added.push(Change::CreateStatistics {
                name: name.clone(),
                statistics: after.clone(),
            });
        }
    }
}

/// A table whose rows a function takes is there before it, and has what calls it afterwards.
pub(crate) fn comes_before(table: &mut Table, uses: &impl Fn(&Expr) -> bool) -> Vec<Change> {
    let mut later = Vec::new();
    let checks = table.constraints.iter().filter(|it| it.exprs().any(uses));
    later.extend(checks.map(|constraint| Change::AddConstraint {
        table: table.name.clone(),
        constraint: constraint.clone(),
    }));
    table.constraints.retain(|it| !it.exprs().any(uses));
    for column in &mut table.columns {
        if column.default.iter().any(uses) {
            later.push(Change::AlterColumn {
                table: table.name.clone(),
                column: column.clone(),
                change: ColumnChange::Default {
                    from: None,
                    to: column.default.take(),
                },
            });
        }
    }
    later
}

/// Tables that go, or are made anew, let go of functions that are made again before that.
pub(super) fn gone_let_go(diff: &mut Diff) {
    let mut added = Vec::new();
    for change in &diff.changes {
        let Change::DropOther { other, again: true } = change else {
            continue;
        };
        if other.kind != "function" {
            continue;
        }
        let uses = |expr: &Expr| calls(expr, &other.name);
        for change in &diff.changes {
            if let Change::DropTable { table } = change {
                let live = diff.live.tables.get(&table.name);
                let table = live.map_or(table, |table| table);
                gone_lets_go(diff, &mut added, table, &uses);
            }
        }
    }
    diff.changes.extend(added);
}

fn gone_lets_go(
    diff: &Diff,
    added: &mut Vec<Change>,
    table: &Table,
    uses: &impl Fn(&Expr) -> bool,
) {
    let name = &table.name;
    // What it had from a table above is its own when it has left that.
    let detached =
        |it: &Change| matches!(it, Change::DetachPartition { table, .. } if table == name);
    let left = diff.anew.contains(name) || diff.changes.iter().any(detached);
    for constraint in (table.constraints.iter()).filter(|it| it.exprs().any(uses)) {
        let own = Constraint {
            inherited: constraint.inherited && !left,
            ..constraint.clone()
        };
        again(diff, added, name, &own, None);
    }
    for index in table.indexes.iter().filter(|it| it.exprs().any(uses)) {
        let own = Index {
            inherited: index.inherited && !left,
            ..index.clone()
        };
        again_index(diff, added, name, &own, None);
    }
    for column in &table.columns {
        if column.generated.iter().any(|it| uses(&it.expr)) {
            if !column.inherited || left {
                added.push(Change::DropColumn {
                    table: name.clone(),
                    column: column.clone(),
                    kept_below: false,
                });
            }
        } else if column.default.iter().any(uses) {
            added.push(Change::AlterColumn {
                table: name.clone(),
                column: column.clone(),
                change: ColumnChange::Default {
                    from: column.default.clone(),
                    to: None,
                },
            });
        }
    }
}

pub(super) fn domain_lets_go(
    diff: &mut Diff,
    added: &mut Vec<Change>,
    name: &Name,
    domain: &Domain,
    uses: &impl Fn(&Expr) -> bool,
) {
    let bare = without(domain, uses);
    let mut after = domain.clone();
    diff.changes.retain(|change| {
        if let Change::AlterDomain {
            name: other, to, ..
        } = change
            && other == name
        {
            after = to.clone();
            return false;
        }
        true
    });
    added.push(Change::AlterDomain {
        name: name.clone(),
        from: domain.clone(),
        to: bare.clone(),
    });
    let dropped =
        |change: &Change| matches!(change, Change::DropType { name: gone, .. } if gone == name);
    if diff.changes.iter().any(dropped) || bare == after {
        return;
    }
    // A comment that changes anyway comes by itself.
    let commented = |object: &Object| {
        let of_it =
            |it: &Change| matches!(it, Change::SetComment { object: of, .. } if of == object);
        diff.changes.iter().any(of_it)
    };
    let mut taken = takes(name, bare, after, uses);
    taken.retain(|it| !matches!(it, Change::SetComment { object, .. } if commented(object)));
    added.extend(taken);
}

/// A domain takes a default and conditions that call a function, with their comments.
fn takes(name: &Name, bare: Domain, after: Domain, uses: &impl Fn(&Expr) -> bool) -> Vec<Change> {
    let called = after.checks.iter().filter(|check| uses(&check.expr));
    let comments = called.filter(|check| check.comment.is_some()).map(|check| {
        let part = check.name.clone().unwrap_or_default();
        Change::SetComment {
            object: Object::DomainConstraint(name.clone(), part),
            from: None,
            to: check.comment.clone(),
        }
    });
    let mut changes: Vec<Change> = comments.collect();
    changes.push(Change::AlterDomain {
        name: name.clone(),
        from: bare,
        to: after,
    });
    changes
}

/// A new domain whose values a function takes is there before it, and has what calls it afterwards.
pub(crate) fn domain_comes_before(
    name: &Name,
    domain: &mut Domain,
    uses: &impl Fn(&Expr) -> bool,
) -> Vec<Change> {
    let bare = without(domain, uses);
    if bare == *domain {
        return Vec::new();
    }
    let after = std::mem::replace(domain, bare.clone());
    takes(name, bare, after, uses)
}

/// A domain without the default and the conditions that call a function.
fn without(domain: &Domain, uses: &impl Fn(&Expr) -> bool) -> Domain {
    let mut bare = domain.clone();
    bare.default = bare.default.filter(|default| !uses(default));
    bare.checks.retain(|check| !uses(&check.expr));
    bare
}

/// A domain that is replaced lets go before it steps aside, and the new one takes what calls the
/// function when that has come again.
fn replaced_lets_go(
    diff: &mut Diff,
    added: &mut Vec<Change>,
    name: &Name,
    domain: &Domain,
    uses: &impl Fn(&Expr) -> bool,
) {
    added.push(Change::AlterDomain {
        name: name.clone(),
        from: domain.clone(),
        to: without(domain, uses),
    });
    for change in &mut diff.changes {
        let Change::CreateType {
            name: made,
            ty: UserType::Domain(after),
        } = change
        else {
            continue;
        };
        let bare = without(after, uses);
        if made != name || bare == *after {
            continue;
        }
        let to = std::mem::replace(after, bare.clone());
        for check in to.checks.iter().filter(|check| uses(&check.expr)) {
            let part = check.name.clone().unwrap_or_default();
            if check.comment.is_some() {
                added.push(Change::SetComment {
                    object: Object::DomainConstraint(name.clone(), part),
                    from: None,
                    to: check.comment.clone(),
                });
            }
        }
        added.push(Change::AlterDomain {
            name: name.clone(),
            from: bare,
            to,
        });
    }
}

fn column_lets_go(
    diff: &mut Diff,
    added: &mut Vec<Change>,
    desired: &Table,
    column: &Column,
    uses: &impl Fn(&Expr) -> bool,
) {
    let table = &desired.name;
    let after = desired.column(&column.name);
    if column.generated.iter().any(|it| uses(&it.expr)) && !column.inherited {
        let goes = |change: &Change| change.drops_column(table, &column.name);
        if diff.changes.iter().any(goes) {
            return;
        }
        added.push(Change::DropColumn {
            table: table.clone(),
            column: column.clone(),
            kept_below: false,
        });
        if let Some(after) = after {
            added.push(Change::AddColumn {
                table: table.clone(),
                column: after.clone(),
                backfill: None,
            });
        }
    }
    default_lets_go(diff, added, desired, column, uses);
}

/// A default lets go, and is set again.
pub(super) fn default_lets_go(
    diff: &mut Diff,
    added: &mut Vec<Change>,
    desired: &Table,
    column: &Column,
    uses: &impl Fn(&Expr) -> bool,
) {
    if !column.default.iter().any(uses) {
        return;
    }
    let table = &desired.name;
    let after = desired.column(&column.name);
    let own = |change: &Change| {
        matches!(change, Change::AlterColumn { table: other, column: altered, change: ColumnChange::Default { .. } }
            if other == table && altered.name == column.name)
    };
    diff.changes.retain(|change| !own(change));
    let target = after.unwrap_or(column).clone();
    added.push(Change::AlterColumn {
        table: table.clone(),
        column: target.clone(),
        change: ColumnChange::Default {
            from: column.default.clone(),
            to: None,
        },
    });
    if let Some(to) = after.and_then(|after| after.default.clone()) {
        added.push(Change::AlterColumn {
            table: table.clone(),
            column: target,
            change: ColumnChange::Default {
                from: None,
                to: Some(to),
            },
        });
    }
}
