//! Functions that only the desired database has, and that something wanted calls: made with it.

use super::around::{calls_in, makes_for};
use super::recreate::{comes_before, domain_comes_before};
use crate::change::{Change, calls, named_in};
use crate::diff::Diff;
use crate::schema::{DataType, Expr, Name, Other, Schema, Table, UserType};

/// Returns the functions that the desired schema has, the live one has not, and a default, check,
/// computed column, index or the like calls, by way of others too. Models have none.
///
/// One that runs with its owner's rights is left to a person: here it would get another owner.
pub(crate) fn called(desired: &Schema, live: &Schema) -> Vec<Other> {
    let can_come = |it: &&Other| it.kind == "function" && !it.create.is_empty() && !is_raised(it);
    let there = |it: &Other| live.others.iter().any(|twin| twin.is(it));
    let offered: Vec<&Other> = (desired.others.iter())
        .filter(|it| !there(it))
        .filter(can_come)
        .collect();
    if offered.is_empty() {
        return Vec::new();
    }
    let exprs = exprs(desired);
    let mut found: Vec<&Other> = (offered.iter().copied())
        .filter(|function| exprs.iter().any(|expr| calls(expr, &function.name)))
        .collect();
    let mut at = 0;
    while at < found.len() {
        let caller = found[at];
        let next = offered.iter().filter(|function| {
            let told = caller.depends_on_others.contains(&function.name);
            !found.contains(function) && (told || named_in(&caller.create[0], &function.name))
        });
        let next: Vec<&Other> = next.copied().collect();
        found.extend(next);
        at += 1;
    }
    found.into_iter().map(bare).collect()
}

/// Tells whether it runs with the rights of its owner.
fn is_raised(function: &Other) -> bool {
    function.create[0].contains("SECURITY DEFINER")
}

/// A function without owner and rights of the database that it comes from, but for what is taken
/// from everyone.
fn bare(function: &Other) -> Other {
    let mut bare = function.clone();
    let everyone = |sql: &String| sql.starts_with("REVOKE") && sql.ends_with(" FROM PUBLIC");
    let definition = bare.create.drain(..1).collect::<Vec<_>>();
    (bare.create).retain(|sql| sql.starts_with("COMMENT ON") || everyone(sql));
    bare.create.splice(..0, definition);
    bare
}

/// All expressions that a schema has.
fn exprs(schema: &Schema) -> Vec<Expr> {
    let mut exprs = Vec::new();
    for ty in schema.types.values() {
        match ty {
            UserType::Domain(domain) => exprs.extend(domain.exprs().cloned()),
            UserType::Range(range) => {
                // `subtype_diff = app.distance`: a function by its name alone.
                let said = range.options.iter();
                exprs.extend(said.map(|(_, value)| Expr::printed(format!("{value}()"))));
            }
            UserType::Enum(_) | UserType::Composite(_) => {}
        }
    }
    exprs.extend((schema.tables.values()).flat_map(|table| exprs_of(table)));
    for statistics in schema.statistics.values() {
        exprs.extend(statistics.on.iter().cloned());
    }
    exprs
}

fn exprs_of(table: &Table) -> Vec<Expr> {
    let columns = table.columns.iter().flat_map(|it| it.exprs());
    let constraints = table.constraints.iter().flat_map(|it| it.exprs());
    let indexes = table.indexes.iter().flat_map(|it| it.exprs());
    let exprs = columns.chain(constraints).chain(indexes).cloned();
    let key = table.partition_by.iter();
    exprs.chain(key.map(|by| by.key.clone())).collect()
}

/// Adds them to what is done. A table whose rows one takes comes before it, without what calls it; so
/// does a domain.
pub(super) fn made(diff: &mut Diff) {
    let mut later = Vec::new();
    for function in called(&diff.desired, &diff.live) {
        let uses = |expr: &Expr| calls(expr, &function.name);
        for change in &mut diff.changes {
            if let Change::CreateTable { table } = change
                && is_about(&function, &table.name)
            {
                later.extend(comes_before(table, &uses));
            } else if let Change::CreateType { name, ty } = change
                && let UserType::Domain(domain) = ty
                && is_about(&function, name)
            {
                later.extend(domain_comes_before(name, domain, &uses));
            }
        }
        later.push(Change::CreateFunction { function });
    }
    diff.changes.extend(later);
}

/// Tells whether a function is made of a type, or takes rows of a table.
fn is_about(function: &Other, ty: &Name) -> bool {
    function.depends_on.iter().any(|(name, _)| name == ty)
}

/// Tells whether changes make a function that only the desired database has.
pub(super) fn is_made(changes: &[Change], other: &Other) -> bool {
    let made =
        |it: &Change| matches!(it, Change::CreateFunction { function } if function.is(other));
    changes.iter().any(made)
}

/// Puts each after what it is made of, and what calls it after that.
pub(super) fn in_place(changes: Vec<Change>) -> Vec<Change> {
    let made = |change: &Change| matches!(change, Change::CreateFunction { .. });
    let (functions, mut changes): (Vec<_>, Vec<_>) = changes.into_iter().partition(made);
    for function in in_turn(functions) {
        let after = changes.iter().rposition(|it| comes_first(it, &function));
        let at = after.map_or(0, |at| at + 1);
        changes.insert(at, Change::CreateFunction { function });
    }
    let Some(end) = changes.iter().rposition(made) else {
        return changes;
    };
    // Types and functions that need each other in a circle are not waited for.
    let mut moves = (end + 1) * (end + 1);
    let mut at = 0;
    while at < end {
        let waits_for = changes[..=end]
            .iter()
            .rposition(|it| needs(&changes[at], it));
        match waits_for {
            Some(last) if last > at && moves > 0 => {
                changes[at..=last].rotate_left(1);
                moves -= 1;
            }
            Some(_) | None => at += 1,
        }
    }
    changes
}

/// Functions in an order in which each finds those that it calls.
fn in_turn(functions: Vec<Change>) -> Vec<Other> {
    let functions = functions.into_iter().filter_map(|change| {
        if let Change::CreateFunction { function } = change {
            Some(function)
        } else {
            None
        }
    });
    let mut waiting: Vec<Other> = functions.collect();
    let mut turn = Vec::new();
    while !waiting.is_empty() {
        let free = waiting.iter().position(|function| {
            let mut others = waiting.iter().filter(|it| !it.is(function));
            !others.any(|it| function.depends_on_others.contains(&it.name))
        });
        turn.push(waiting.remove(free.unwrap_or(0)));
    }
    turn
}

/// Tells whether a change makes what a function is made of: its schema, its language, its types.
fn comes_first(change: &Change, function: &Other) -> bool {
    if let Change::CreateNamespace { name, .. } = change {
        function.name.schema.as_ref() == Some(name)
    } else if let Change::CreateFunction { function: other } | Change::CreateOther { other } =
        change
    {
        function.depends_on_others.contains(&other.name)
    } else if let Change::ReplaceEnum { name, .. } = change {
        is_about(function, name)
    } else {
        makes_for(change, function) || matches!(change, Change::CreateExtension { .. })
    }
}

/// Tells whether a change needs what another one makes: a function, or a type that calls one.
fn needs(change: &Change, made: &Change) -> bool {
    if let Change::CreateFunction { function } = made {
        calls_in(change, &function.name)
    } else if let Change::CreateType { name, .. } = made {
        is_made_of(change, name)
    } else {
        false
    }
}

/// Tells whether what a change makes is of a type.
fn is_made_of(change: &Change, ty: &Name) -> bool {
    let of_it = |it: &DataType| it.user().as_ref() == Some(ty);
    if let Change::CreateType { name, ty: made } = change {
        name != ty && made.parts().into_iter().any(of_it)
    } else if let Change::AlterComposite { to, .. } = change {
        to.fields.iter().any(|field| of_it(&field.ty))
    } else if let Change::CreateTable { table } = change {
        table.columns.iter().any(|column| of_it(&column.ty))
    } else if let Change::AddColumn { column, .. } | Change::AlterColumn { column, .. } = change {
        of_it(&column.ty)
    } else if let Change::CreateFunction { function } = change {
        is_about(function, ty)
    } else {
        false
    }
}
