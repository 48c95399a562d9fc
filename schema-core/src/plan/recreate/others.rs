//! What no model says and what stands in the way: dropped, and made again from its own definition.

use std::collections::BTreeSet;

use super::columns::rows_within;
use super::functions::let_go;
use super::{Touched, below};
use crate::change::{Change, descendants};
use crate::diff::{Diff, Refusal, same_constraint};
use crate::schema::{ConstraintKind, Family, Ident, Name, Other, Schema};
use crate::wording::some_of;

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
                other.title(),
                format!("has to be made again, and its rows are within the values of {users}"),
                "give those columns another type first",
            ));
        }
    }
    for other in gone.iter().filter(|other| other.create.is_empty()) {
        diff.refusals.push(Refusal::new(
            other.title(),
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
    let mut retyped: BTreeSet<(Name, Ident)> = below(&diff.live, &touched.retyped);
    retyped.extend(touched.retyped.union(&touched.relabelled).cloned());
    let last = touched.dropped.iter().filter(|(table, column)| {
        diff.desired
            .tables
            .get(table)
            .is_none_or(|table| table.column(column).is_none())
    });
    let last: BTreeSet<(Name, Ident)> = last.cloned().collect();
    let sequences = sequences_gone(diff);
    let reads = |other: &Other| {
        let mut names = other.depends_on.iter().map(|(name, _)| name);
        names.any(|name| sequences.contains(name))
    };
    // What of it goes for good.
    let needed = |other: &Other| {
        let mut needed = BTreeSet::new();
        for (name, column) in &other.depends_on {
            match column {
                _ if touched.tables.contains(name) => needed.insert(format!("table {name}")),
                _ if sequences.contains(name) && !is_sequence(&diff.desired, name) => {
                    needed.insert(format!("sequence {name}"))
                }
                Some(it) if last.contains(&(name.clone(), it.clone())) => {
                    needed.insert(format!("column {name}.{it}"))
                }
                None if touched.types_gone.contains(name) => needed.insert(format!("type {name}")),
                Some(_) | None => false,
            };
        }
        needed
    };
    let ends = |other: &Other| !needed(other).is_empty();
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
            diff.refusals.push(depends(other, needed(other)));
        } else if ends(other)
            || held.next().is_some()
            || of_one_anew
            || reads(other)
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

/// The sequences that go, also to be made again: those of identities too.
fn sequences_gone(diff: &Diff) -> BTreeSet<Name> {
    let gone = diff.changes.iter().filter_map(Change::sequence_gone);
    gone.collect()
}

/// Tells whether a schema has a sequence of a name, be it that of an identity.
fn is_sequence(schema: &Schema, name: &Name) -> bool {
    let mut tables = schema.tables.values();
    schema.sequences.contains_key(name)
        || tables.any(|table| table.identities().any(|it| it == *name))
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
    let left = diff.live.others.iter().filter(goes).map(|other| {
        Refusal::new(
            other.title(),
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
            let names = other.depends_on.iter().map(|(name, _)| name);
            let needed = names.filter(|name| touched.tables.contains(*name));
            let needed = needed.map(|name| format!("table {name}")).collect();
            diff.refusals.push(depends(other, needed));
        } else if twin.is_some_and(|twin| twin.create != other.create)
            && (loses(other) || of_a_table(other))
        {
            gone.push(other.clone());
        }
    }
    gone
}

/// Refuses to drop what is needed; a key where nothing else is.
fn depends(other: &Other, needed: BTreeSet<String>) -> Refusal {
    let needed = match needed.is_empty() {
        true => "a key".to_owned(),
        false => some_of(needed.into_iter()),
    };
    Refusal::new(
        other.title(),
        format!("depends on {needed}, which would be dropped"),
        "drop it by hand first, or keep what it needs",
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
    desired.others.iter().find(|twin| twin.is(other))
}
