//! What no model says and what stands in the way: dropped, and made again from its own definition.

use std::collections::BTreeSet;

use super::columns::rows_within;
use super::parts::{again, again_index, constraint_after, index_after};
use super::{Touched, below};
use crate::change::{Change, ColumnChange, Object, calls, descendants};
use crate::diff::{Diff, Refusal, contained, same_constraint};
use crate::schema::{
    Column, Constraint, ConstraintKind, Domain, Expr, Family, GeneratedKind, Ident, Index,
    IndexKey, Name, Other, Schema, Table, UserType,
};

/// Views, functions, casts, rules, triggers and policies that hold on to a column, table or type.
pub(super) fn others(family: Family, diff: &mut Diff, touched: &Touched) {
    let mut gone = match family {
        Family::Postgres => in_the_way(diff, touched),
        Family::Sqlite => replaced(diff, touched),
    };
    with_dependents(diff, touched, &mut gone);
    for other in &gone {
        let users = rows_within(diff, &other.name);
        if matches!(other.kind.as_str(), "view" | "materialized view") && !users.is_empty() {
            diff.refusals.push(Refusal::new(
                format!("{} {}", other.kind, other.name),
                format!("has to be made again, and its rows are within the values of {users}"),
                "give those columns another type first",
            ));
        }
    }
    for other in gone.iter().filter(|other| other.create.is_empty()) {
        diff.refusals.push(Refusal::new(
            format!("{} {}", other.kind, other.name),
            "stands in the way, and cannot be made again from here",
            "drop it by hand first, and make it again afterwards",
        ));
    }
    let leaving = match family {
        Family::Postgres => leaving(diff, touched, &gone),
        Family::Sqlite => Vec::new(),
    };
    let leaving = leaving.into_iter().map(|other| (other, false));
    let drops = leaving.chain(gone.iter().rev().map(|other| (other.clone(), true)));
    (diff.changes).extend(drops.map(|(other, again)| Change::DropOther { other, again }));
    for other in &gone {
        if other.kind == "function" {
            let_go(diff, other);
        }
    }
    for other in gone {
        // Where both sides are databases, it comes again as the desired one has it.
        let other = twin(&diff.desired, &other).cloned().unwrap_or(other);
        diff.changes.push(Change::CreateOther { other });
    }
}

/// Tells whether one holds on to one of some columns.
fn holds(other: &Other, columns: &BTreeSet<(Name, Ident)>) -> bool {
    other.depends_on.iter().any(|(name, column)| match column {
        Some(column) => columns.contains(&(name.clone(), column.clone())),
        None => false,
    })
}

/// Tells whether one is of the whole of one of some tables or types.
fn of_any(other: &Other, names: &BTreeSet<Name>) -> bool {
    let mut whole = other.depends_on.iter();
    whole.any(|(name, column)| column.is_none() && names.contains(name))
}

/// Policies, rules and triggers that go with their tables for good, and would be in the way of
/// something else until then.
fn leaving(diff: &Diff, touched: &Touched, gone: &[Other]) -> Vec<Other> {
    let keys = keys_dropped(diff);
    let mut columns = below(&diff.live, &touched.retyped);
    columns.extend(touched.retyped.union(&touched.relabelled).cloned());
    columns.extend(touched.dropped.iter().cloned());
    let in_the_way = |other: &&Other| {
        let mut names = other.depends_on.iter().map(|(name, _)| name);
        let of_others = names.any(|name| {
            let goes = touched.tables.contains(name) || touched.anew.contains(name);
            goes && Some(name) != other.table.as_ref()
        });
        let mut needed = other.depends_on_others.iter();
        of_others
            || of_any(other, &touched.types)
            || of_any(other, &touched.types_gone)
            || holds(other, &columns)
            || keys.iter().any(|key| other.depends_on_keys.contains(key))
            || needed.any(|name| gone.iter().any(|it| it.name == *name))
    };
    let with_tables = diff.live.others.iter();
    let with_tables = with_tables.filter(|other| goes_with_its_table(other, touched));
    with_tables.filter(in_the_way).cloned().collect()
}

fn in_the_way(diff: &mut Diff, touched: &Touched) -> Vec<Other> {
    let of_a_table = |other: &Other| {
        let mut names = other.depends_on.iter().map(|(name, _)| name);
        names.any(|name| touched.tables.contains(name))
    };
    let mut retyped: BTreeSet<(Name, Ident)> = below(&diff.live, &touched.retyped);
    retyped.extend(touched.retyped.union(&touched.relabelled).cloned());
    let last = touched.dropped.iter().filter(|(table, column)| {
        diff.desired
            .tables
            .get(table)
            .is_none_or(|table| table.column(column).is_none())
    });
    let last: BTreeSet<(Name, Ident)> = last.cloned().collect();
    let ends = |other: &Other| {
        holds(other, &last) || of_a_table(other) || of_any(other, &touched.types_gone)
    };
    let keys = keys_dropped(diff);
    let mut gone: Vec<Other> = Vec::new();
    for other in &diff.live.others {
        if goes_with_its_table(other, touched) {
            continue;
        }
        let let_go = twin(&diff.desired, other).is_some_and(|twin| !ends(twin));
        let of_one_anew = (other.table.iter())
            .chain(other.depends_on.iter().map(|(name, _)| name))
            .any(|name| touched.anew.contains(name));
        let mut held = keys
            .iter()
            .filter(|key| other.depends_on_keys.contains(key));
        // A desired database has what it needs itself.
        let loses_key = twin(&diff.desired, other).is_none()
            && held.clone().any(|key| !serves_again(diff, other, key));
        if ends(other) && !let_go || loses_key {
            diff.refusals.push(depends(other));
        } else if ends(other)
            || held.next().is_some()
            || of_one_anew
            || of_any(other, &touched.types)
            || holds(other, &retyped)
            || holds(other, &touched.dropped)
        {
            gone.push(other.clone());
        }
    }
    diff.refusals.extend(left_within(diff));
    gone
}

/// The keys that are dropped, also to be made again, with what partitions have of them.
fn keys_dropped(diff: &Diff) -> BTreeSet<(Name, Ident)> {
    let mut dropped = BTreeSet::new();
    for change in &diff.changes {
        let Change::DropConstraint { table, constraint } = change else {
            continue;
        };
        dropped.extend(constraint.name.clone().map(|name| (table.clone(), name)));
        for below in descendants(&diff.live, table) {
            let of_it = diff.live.tables[&below].constraints.iter();
            let of_it = of_it.filter(|it| it.inherited && same_constraint(it, constraint));
            dropped.extend(of_it.filter_map(|it| Some((below.clone(), it.name.clone()?))));
        }
    }
    dropped
}

/// Tells whether a key that goes leaves one that what depends on it can do with: rows that are
/// grouped by the old key are grouped by one that has no other columns.
fn serves_again(diff: &Diff, other: &Other, (table, name): &(Name, Ident)) -> bool {
    let (Some(live), Some(desired)) = (diff.live.tables.get(table), diff.desired.tables.get(table))
    else {
        return false;
    };
    let by_name = other.create.iter().any(|sql| sql.contains("ON CONSTRAINT"));
    let mut old = live.constraints.iter();
    match old
        .find(|it| it.name.as_ref() == Some(name))
        .map(|it| &it.kind)
    {
        Some(ConstraintKind::PrimaryKey(old)) if !by_name => {
            let new = desired.primary_key();
            new.is_some_and(|new| {
                new.columns
                    .iter()
                    .all(|column| old.columns.contains(column))
            })
        }
        Some(_) | None => {
            let mut new = desired.constraints.iter();
            new.any(|it| it.name.as_ref() == Some(name))
        }
    }
}

/// What no model says keeps the schema that it is in.
fn left_within(diff: &Diff) -> Vec<Refusal> {
    let goes = |other: &&Other| {
        let within = |change: &Change| matches!(change, Change::DropNamespace { name } if other.name.schema.as_ref() == Some(name));
        other.table.is_none() && diff.changes.iter().any(within)
    };
    let named = |other: &Other| format!("{} {}", other.kind, other.name);
    let left = diff.live.others.iter().filter(goes).map(|other| {
        Refusal::new(
            named(other),
            "is in a schema that would be dropped",
            "drop it by hand first, or keep the schema",
        )
    });
    let refused = |refusal: &Refusal| diff.refusals.iter().any(|it| it.object == refusal.object);
    left.filter(|refusal| !refused(refusal)).collect()
}

/// SQLite says not which columns a view or trigger needs. Where the desired database has another one
/// of that name, it takes the place; what else needs what is dropped, a rehearsal finds.
fn replaced(diff: &mut Diff, touched: &Touched) -> Vec<Other> {
    let of_a_table = |other: &Other| {
        let mut names = other.depends_on.iter().map(|(name, _)| name);
        names.any(|name| touched.tables.contains(name))
    };
    let loses = |other: &Other| {
        let mut names = other.depends_on.iter().map(|(name, _)| name);
        names.any(|name| touched.dropped.iter().any(|(table, _)| table == name))
    };
    let mut gone: Vec<Other> = Vec::new();
    for other in &diff.live.others {
        if goes_with_its_table(other, touched) {
            continue;
        }
        let twin = twin(&diff.desired, other);
        if of_a_table(other) && twin.is_none_or(of_a_table) {
            diff.refusals.push(depends(other));
        } else if twin.is_some_and(|twin| twin.create != other.create)
            && (loses(other) || of_a_table(other))
        {
            gone.push(other.clone());
        }
    }
    gone
}

fn depends(other: &Other) -> Refusal {
    Refusal::new(
        format!("{} {}", other.kind, other.name),
        "depends on what would be dropped",
        "drop it by hand first, or keep the column, key, table or type",
    )
}

fn goes_with_its_table(other: &Other, touched: &Touched) -> bool {
    let table = other.table.as_ref();
    table.is_some_and(|table| touched.tables.contains(table))
}

/// What depends on them goes before them, and comes after them.
fn with_dependents(diff: &Diff, touched: &Touched, gone: &mut Vec<Other>) {
    let mut at = 0;
    while at < gone.len() {
        let name = gone[at].name.clone();
        for other in &diff.live.others {
            if !other.depends_on_others.contains(&name) || goes_with_its_table(other, touched) {
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
}

/// The same object in the desired schema, where that is a database and not models.
fn twin<'a>(desired: &'a Schema, other: &Other) -> Option<&'a Other> {
    desired.others.iter().find(|twin| {
        (&twin.kind, &twin.name, &twin.signature, &twin.table)
            == (&other.kind, &other.name, &other.signature, &other.table)
    })
}

/// Defaults, checks, indexes and computed columns let go of a function, and take it again.
fn let_go(diff: &mut Diff, function: &Other) {
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
        if domain.default.iter().any(uses) || domain.checks.iter().any(|it| uses(&it.expr)) {
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
        if key.is_some_and(|by| uses(&Expr::printed(&by.key))) {
            refuse(format!("table {name}"), "is partitioned by");
        }
        let Some(desired) = diff.desired.tables.get(name).cloned() else {
            continue;
        };
        for column in &table.columns {
            column_lets_go(diff, &mut added, &desired, column, &uses);
        }
        for constraint in table
            .constraints
            .iter()
            .filter(|it| of_constraint(it, &uses))
        {
            let after = constraint_after(diff, &desired, constraint);
            again(diff, &mut added, name, constraint, after);
        }
        for index in table.indexes.iter().filter(|it| of_index(it, &uses)) {
            let after = index_after(diff, &desired, index);
            again_index(diff, &mut added, name, index, after);
        }
    }
    for change in &diff.changes {
        if let Change::DropTable { table } = change {
            let table = live.tables.get(&table.name).map_or(table, |it| it);
            gone_lets_go(diff, &mut added, table, &uses);
        }
    }
    for (name, statistics) in &diff.live.statistics {
        let dropped = |change: &Change| matches!(change, Change::DropStatistics { name: gone, .. } if gone == name);
        let on = Expr::printed(statistics.on.join(", "));
        if !uses(&on) || diff.changes.iter().any(dropped) {
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
    for change in &mut diff.changes {
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

/// A table that goes, or is made anew, lets go of a function before that.
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
    for constraint in (table.constraints.iter()).filter(|it| of_constraint(it, uses)) {
        let own = Constraint {
            inherited: constraint.inherited && !left,
            ..constraint.clone()
        };
        again(diff, added, name, &own, None);
    }
    for index in table.indexes.iter().filter(|it| of_index(it, uses)) {
        let own = Index {
            inherited: index.inherited && !left,
            ..index.clone()
        };
        again_index(diff, added, name, &own, None);
    }
    for column in &table.columns {
        let computed = column.generated.as_ref().filter(|it| uses(&it.expr));
        let change = if let Some(generated) = computed {
            if column.inherited && !left {
                continue;
            }
            // What is not stored cannot become a plain column.
            if generated.kind == GeneratedKind::Virtual {
                added.push(Change::DropColumn {
                    table: name.clone(),
                    column: column.clone(),
                    kept_below: false,
                });
                continue;
            }
            ColumnChange::Generated {
                from: column.generated.clone(),
                to: None,
            }
        } else if column.default.iter().any(uses) {
            ColumnChange::Default {
                from: column.default.clone(),
                to: None,
            }
        } else {
            continue;
        };
        added.push(Change::AlterColumn {
            table: name.clone(),
            column: column.clone(),
            change,
        });
    }
}

fn domain_lets_go(
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
    for check in after.checks.iter().filter(|check| uses(&check.expr)) {
        let object = Object::DomainConstraint(name.clone(), check.name.clone().unwrap_or_default());
        let own = |change: &Change| matches!(change, Change::SetComment { object: of, .. } if *of == object);
        if check.comment.is_some() && !diff.changes.iter().any(own) {
            added.push(Change::SetComment {
                object,
                from: None,
                to: check.comment.clone(),
            });
        }
    }
    added.push(Change::AlterDomain {
        name: name.clone(),
        from: bare,
        to: after,
    });
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
        let goes = |change: &Change| {
            matches!(change, Change::DropColumn { table: other, column: gone, .. }
                if other == table && gone.name == column.name)
        };
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
    if !column.default.iter().any(uses) {
        return;
    }
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

fn of_constraint(constraint: &Constraint, uses: &impl Fn(&Expr) -> bool) -> bool {
    match &constraint.kind {
        ConstraintKind::Check { expr, .. } => uses(expr),
        ConstraintKind::Exclude(exclude) => {
            let mut parts = exclude.elements.iter().map(|element| &element.part.key);
            parts.any(|key| of_key(key, uses)) || exclude.predicate.iter().any(uses)
        }
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::ForeignKey(_) => false,
    }
}

fn of_index(index: &Index, uses: &impl Fn(&Expr) -> bool) -> bool {
    index.parts.iter().any(|part| of_key(&part.key, uses)) || index.predicate.iter().any(uses)
}

fn of_key(key: &IndexKey, uses: &impl Fn(&Expr) -> bool) -> bool {
    match key {
        IndexKey::Expr(expr) => uses(expr),
        IndexKey::Column(_) => false,
    }
}
