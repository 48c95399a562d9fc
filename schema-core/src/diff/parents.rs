//! Parents of tables that inherit: which go, which come, and what is from above in between.

use super::{Diff, Extra, Refusal};
use crate::change::{Change, held_by_another};
use crate::schema::{Column, Constraint, ConstraintKind, Ident, Name, Schema, Table};

/// Compares the parents of tables that both sides have. From then on these have those alone that
/// stay: others go before anything else, and come after all.
pub(super) fn parents(live: &mut Schema, desired: &mut Schema, extra: Extra, out: &mut Diff) {
    let inherit = |schema: &Schema| schema.tables.values().any(|it| !it.inherits.is_empty());
    if !inherit(live) && !inherit(desired) {
        return;
    }
    let whole = desired.clone();
    if extra == Extra::Prune {
        keep_below(live, &whole, out);
    }
    for (name, after) in &whole.tables {
        let Some(before) = live.tables.get(name) else {
            continue;
        };
        let said = !whole.hints.sources.contains_key(name);
        let mut kept = kept(&before.inherits, &after.inherits);
        if said {
            own_again(&mut kept, live, before, after);
        }
        let same = before.inherits == after.inherits && kept == after.inherits;
        if !same && !whole.hints.unmanaged.contains(name) {
            let goes = |parent: &&Name| !after.inherits.contains(parent);
            if extra == Extra::Keep && before.inherits.iter().any(|it| goes(&it)) {
                let gone: Vec<String> = (before.inherits.iter().filter(goes))
                    .map(|parent| format!("`{parent}`"))
                    .collect();
                out.refusals.push(Refusal::new(
                    format!("table {name}"),
                    format!("inherits from {} in the database alone", gone.join(", ")),
                    "say so in a carried file (`sync introspect` writes it), or end it with --prune",
                ));
                continue;
            }
            for parent in before.inherits.iter().filter(|it| !kept.contains(it)) {
                out.changes.push(Change::DropParent {
                    table: name.clone(),
                    parent: parent.clone(),
                });
            }
            for parent in after.inherits.iter().filter(|it| !kept.contains(it)) {
                unlike(&whole, after, parent, out);
                out.changes.push(Change::AddParent {
                    table: name.clone(),
                    parent: parent.clone(),
                });
            }
            let from = live.clone();
            if let Some(table) = live.tables.get_mut(name) {
                reduce(table, &kept, &from);
            }
            if let Some(table) = desired.tables.get_mut(name) {
                reduce(table, &kept, &whole);
            }
        }
        if said && !after.inherits.is_empty() {
            said_again(&live.tables[name], &desired.tables[name], after, out);
        }
    }
}

/// What a table lets go of is the own column of those below that keep it, which lose their values
/// with it otherwise; those between drop theirs.
fn keep_below(live: &mut Schema, desired: &Schema, out: &mut Diff) {
    let mut before = None;
    while before != Some(out.kept_below.len()) {
        before = Some(out.kept_below.len());
        for (parent, column) in let_go(live, desired) {
            for heir in heirs(live, desired, &parent) {
                let held = held_by_another(desired, &heir, &parent, &column);
                let table = live.tables.get_mut(&heir);
                let own = table.and_then(|table| {
                    let mut columns = table.columns.iter_mut();
                    columns.find(|it| it.name == column)
                });
                if let Some(own) = own.filter(|_| !held) {
                    own.inherited = false;
                }
            }
            out.kept_below.insert((parent, column));
        }
    }
}

/// Returns the columns that go from a table itself and stay below it.
fn let_go(live: &Schema, desired: &Schema) -> Vec<(Name, Ident)> {
    let mut found = Vec::new();
    for (name, table) in &live.tables {
        let Some(after) = desired.tables.get(name) else {
            continue;
        };
        let goes = |it: &&Column| !it.inherited && after.column(&it.name).is_none();
        for column in table.columns.iter().filter(goes) {
            if kept_by_heirs(live, desired, name, &column.name) {
                found.push((name.clone(), column.name.clone()));
            }
        }
    }
    found
}

/// Tells whether a table below keeps a column that it has from above, and from nowhere else.
fn kept_by_heirs(live: &Schema, desired: &Schema, parent: &Name, column: &Ident) -> bool {
    let held = |schema: &Schema, heir: &Name| held_by_another(schema, heir, parent, column);
    heirs(live, desired, parent).iter().any(|heir| {
        if held(live, heir) && held(desired, heir) {
            return false;
        }
        let inherited = (live.tables[heir].column(column)).is_some_and(|it| it.inherited);
        let kept = desired.tables[heir].column(column).is_some();
        inherited && (kept || kept_by_heirs(live, desired, heir, column))
    })
}

/// The tables that inherit from one, and go on to.
fn heirs(live: &Schema, desired: &Schema, parent: &Name) -> Vec<Name> {
    let inherits = |schema: &Schema, heir: &Name| {
        let table = schema.tables.get(heir);
        table.is_some_and(|table| table.inherits.contains(parent))
    };
    let heirs = live.tables.keys();
    heirs
        .filter(|heir| inherits(live, heir) && inherits(desired, heir))
        .cloned()
        .collect()
}

/// The parents that stay where they are: each new one becomes the last.
fn kept(live: &[Name], desired: &[Name]) -> Vec<Name> {
    let mut rest = live.iter();
    let stays = |parent: &&Name| rest.any(|it| it == *parent);
    desired.iter().take_while(stays).cloned().collect()
}

/// Lets parents go and come again where the table is to say for itself what it has from them alone:
/// what a parent leaves behind is the table's own. Not where that would be more than is to be so.
fn own_again(kept: &mut Vec<Name>, live: &Schema, before: &Table, after: &Table) {
    let has = |parent: &Name, column: &Column| {
        let parent = live.tables.get(parent);
        parent.is_some_and(|parent| parent.column(&column.name).is_some())
    };
    let becomes_own = |column: &&Column| {
        let old = before.column(&column.name);
        !column.inherited && old.is_some_and(|old| old.inherited)
    };
    let own: Vec<&Column> = after.columns.iter().filter(becomes_own).collect();
    let Some(first) = (kept.iter()).position(|parent| own.iter().any(|it| has(parent, it))) else {
        return;
    };
    let (stay, go) = kept.split_at(first);
    let from = |parents: &[Name], column| parents.iter().any(|parent| has(parent, column));
    let checks = |parents: &[Name], check: &Constraint| {
        let mut parents = parents.iter().filter_map(|parent| live.tables.get(parent));
        parents.any(|parent| has_check(parent, check.name.as_ref()))
    };
    let mut columns = after.columns.iter().filter(|it| it.inherited);
    let mut constraints = after.constraints.iter().filter(|it| it.inherited);
    let too_much = columns.any(|it| from(go, it) && !from(stay, it))
        || constraints.any(|it| checks(go, it) && !checks(stay, it));
    if !too_much {
        kept.truncate(first);
    }
}

/// Leaves a table the parents that stay, and makes its own what comes from none of them.
fn reduce(table: &mut Table, kept: &[Name], schema: &Schema) {
    table.inherits = kept.to_vec();
    if table.partition_of.is_some() {
        return;
    }
    let above: Vec<&Table> = (kept.iter())
        .filter_map(|parent| schema.tables.get(parent).map(|table| &**table))
        .collect();
    for column in &mut table.columns {
        let mut above = above.iter();
        column.inherited &= above.any(|parent| parent.column(&column.name).is_some());
    }
    for constraint in &mut table.constraints {
        let mut above = above.iter();
        constraint.inherited &= above.any(|parent| has_check(parent, constraint.name.as_ref()));
    }
}

fn has_check(table: &Table, name: Option<&Ident>) -> bool {
    let check = |it: &Constraint| matches!(it.kind, ConstraintKind::Check { .. });
    let mut constraints = table.constraints.iter();
    constraints.any(|it| check(it) && it.name.as_ref() == name)
}

/// The server takes a parent whose columns and checks the table has too.
fn unlike(schema: &Schema, table: &Table, parent: &Name, out: &mut Diff) {
    let Some(above) = schema.tables.get(parent) else {
        return;
    };
    for column in &above.columns {
        let like = table.column(&column.name).is_some_and(|own| {
            own.ty == column.ty
                && own.collation == column.collation
                && own.generated.is_some() == column.generated.is_some()
                && (!own.nullable || column.nullable || column.not_null_no_inherit)
        });
        if !like {
            out.refusals.push(Refusal::new(
                format!("table {}", table.name),
                format!(
                    "inherits from `{parent}`, and has no column `{}` like it",
                    column.name
                ),
                "give it that column, with its type and NOT NULL",
            ));
        }
    }
    for check in &above.constraints {
        let comes = matches!(check.kind, ConstraintKind::Check { no_inherit, .. } if !no_inherit);
        if comes && !has_check(table, check.name.as_ref()) {
            let name = check.name.clone().unwrap_or_default();
            out.refusals.push(Refusal::new(
                format!("table {}", table.name),
                format!("inherits from `{parent}`, and has no check `{name}` like it"),
                "give it that check, with its name",
            ));
        }
    }
}

/// Whether a table says a column again that it has from above cannot be altered where it stands,
/// but for what [`own_again`] does.
fn said_again(live: &Table, desired: &Table, whole: &Table, out: &mut Diff) {
    for column in &whole.columns {
        let reached = live.column(&column.name).or(desired.column(&column.name));
        let Some(reached) = reached.filter(|reached| reached.inherited != column.inherited) else {
            continue;
        };
        let message = if reached.inherited {
            "comes from above alone, and is not said again: left as it is"
        } else {
            "says again what comes from above: left as it is"
        };
        out.stays(&whole.name, &column.name, message);
    }
}
