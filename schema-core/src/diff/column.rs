//! Differences of columns, one change an aspect.

use super::{Diff, Extra, Leftover, Sides, dotted, left_alone};
use crate::change::{Change, ColumnChange, Object, is_of_a_model, is_unfilled, mentions};
use crate::schema::{
    Column, GeneratedKind, Ident, Identity, Name, Parameters, Schema, Sequence, Table, object_name,
};

pub(super) fn columns(sides: &Sides<'_>, live: &Table, desired: &Table, out: &mut Diff) {
    let name = &desired.name;
    // A partition's columns are its parent's: they come, go and change type with those.
    let parent = |table: &Table| {
        let partition = table.partition_of.as_ref();
        partition.map(|partition| partition.parent.clone())
    };
    let partition = desired.partition_of.is_some() && parent(live) == parent(desired);
    let leaves = live.partition_of.is_some() && !partition;
    for column in &desired.columns {
        if comes_from_above(sides, live, desired, column) {
            come_down(sides, desired, column, out);
            continue;
        }
        let backfill = sides
            .desired
            .hints
            .backfills
            .get(&(name.clone(), column.name.clone()));
        match live.column(&column.name) {
            None => out.changes.push(Change::AddColumn {
                table: name.clone(),
                column: column.clone(),
                backfill: backfill.cloned(),
            }),
            Some(old) if stored_from_now_on(old, column) => {
                let generated = old.generated.as_ref().map(|it| it.expr.clone());
                let retyped = old.ty != column.ty || old.collation != column.collation;
                let mut plain = Column {
                    identity: None,
                    ..column.clone()
                };
                if retyped && backfill.is_none() {
                    // Its values get the new type as those of any other column.
                    plain.ty = old.ty.clone();
                    plain.collation = old.collation.clone();
                    plain.default = None;
                }
                out.changes.push(Change::DropColumn {
                    table: name.clone(),
                    column: old.clone(),
                    kept_below: false,
                });
                out.changes.push(Change::AddColumn {
                    table: name.clone(),
                    column: plain.clone(),
                    backfill: backfill.cloned().or(generated),
                });
                if plain != *column {
                    alter(sides, name, false, &plain, column, out);
                }
            }
            Some(old)
                if computed_anew(live, desired, old, column)
                    && !stays_computed(
                        sides,
                        name,
                        partition || old.inherited && !leaves,
                        old,
                        column,
                    ) =>
            {
                let (table, column) = (name.clone(), column.clone());
                out.changes.push(Change::DropColumn {
                    table: table.clone(),
                    column: old.clone(),
                    kept_below: false,
                });
                out.changes.push(Change::AddColumn {
                    table,
                    column,
                    backfill: None,
                });
            }
            Some(old) => {
                let inherited = partition || old.inherited && !leaves;
                alter(sides, name, inherited, old, column, out);
            }
        }
    }
    for column in &live.columns {
        if desired.column(&column.name).is_some() || (column.inherited && !leaves) || partition {
            continue;
        }
        give_name_up(sides, desired, column, out);
        match sides.extra {
            Extra::Prune => {
                let (table, column) = (name.clone(), column.clone());
                out.changes.push(Change::DropColumn {
                    kept_below: out
                        .kept_below
                        .contains(&(table.clone(), column.name.clone())),
                    table,
                    column,
                });
            }
            Extra::Keep => {
                let fails = !column.nullable
                    && column.default.is_none()
                    && column.identity.is_none()
                    && column.generated.is_none();
                let hint = if fails {
                    " (NOT NULL without default: inserts will fail)"
                } else {
                    ""
                };
                out.leftovers.push(Leftover {
                    object: dotted(name, &column.name),
                    kind: "column".into(),
                    message: format!("{}{hint}", left_alone(sides)),
                    warn: fails,
                });
            }
        }
    }
}

/// The NOT NULL of a column that no model says gives up a name that one of the model's gets: somebody
/// renamed the column by hand.
fn give_name_up(sides: &Sides<'_>, desired: &Table, column: &Column, out: &mut Diff) {
    let table = &desired.name;
    let from = column.name_of_not_null(table);
    // A computed one goes before.
    if column.nullable || column.generated.is_some() || !wants_name(desired, column, &from) {
        return;
    }
    // Below a table that gives the same one up, it is renamed with that.
    let mut above = above(sides.live, table, column);
    let with_above = above.any(|(parent, above)| {
        let after = sides.desired.tables.get(parent);
        let goes = after.is_some_and(|after| {
            after.column(&above.name).is_none() && wants_name(after, above, &from)
        });
        goes && !above.nullable && above.name_of_not_null(parent) == from
    });
    if with_above {
        return;
    }
    let mut renamed = Column {
        not_null_name: None,
        ..column.clone()
    };
    if wants_name(desired, column, &renamed.name_of_not_null(table)) {
        let numbered = object_name(table.name.as_str(), column.name.as_str(), "not_null1");
        renamed.not_null_name = Some(Ident::new(numbered));
    }
    let to = renamed.not_null_name.clone();
    out.changes.push(Change::AlterColumn {
        table: table.clone(),
        column: renamed,
        change: ColumnChange::RenameNotNull {
            from: Some(from),
            to,
        },
    });
}

/// Tells whether the NOT NULL of a desired column gets a name that this one has.
fn wants_name(desired: &Table, column: &Column, name: &Ident) -> bool {
    desired.columns.iter().any(|it| {
        // Two long names may be alike where the server chooses.
        let chosen = column.not_null_name.is_none() && it.not_null_name.is_none();
        !it.nullable && !chosen && it.name_of_not_null(&desired.name) == *name
    })
}

/// Tells whether a column must be dropped and added: its values are computed otherwise, or from a
/// column whose type changes.
pub(super) fn computed_anew(live: &Table, desired: &Table, old: &Column, new: &Column) -> bool {
    let Some(generated) = &new.generated else {
        return false;
    };
    if old.generated.as_ref() != Some(generated) || old.ty != new.ty {
        return true;
    }
    live.columns.iter().any(|source| {
        let retyped = desired
            .column(&source.name)
            .is_some_and(|after| after.ty != source.ty);
        retyped && mentions(&generated.expr, &source.name)
    })
}

/// Tells whether a column that no row has is to be one of every row: there is nothing to alter.
fn stored_from_now_on(old: &Column, new: &Column) -> bool {
    let kind = old.generated.as_ref().map(|generated| generated.kind);
    kind == Some(GeneratedKind::Virtual) && new.generated.is_none()
}

/// Tells whether a column of a table above goes and comes again, and what is below with it.
fn above_comes_anew(sides: &Sides<'_>, table: &Name, column: &Column) -> bool {
    above(sides.desired, table, column).any(|(parent, after)| {
        let live = sides.live.tables.get(parent);
        let old = live.and_then(|live| Some((live, live.column(&column.name)?)));
        let desired = sides.desired.tables.get(parent);
        old.zip(desired).is_some_and(|((live, old), desired)| {
            computed_anew(live, desired, old, after) || stored_from_now_on(old, after)
        })
    })
}

/// Tells whether a column goes with a table above alone, which keeps it: only what it is computed
/// from is its own.
fn stays_computed(
    sides: &Sides<'_>,
    table: &Name,
    inherited: bool,
    old: &Column,
    new: &Column,
) -> bool {
    let above_stays = || {
        let mut after = above(sides.desired, table, new);
        let stays =
            above(sides.live, table, old).any(|(it, _)| after.any(|(other, _)| it == other));
        stays && !above_comes_anew(sides, table, new)
    };
    old.generated.is_some() && new.generated.is_some() && (inherited || above_stays())
}

/// Tells whether a table gets a column, or gets it anew, with one above it.
fn comes_from_above(sides: &Sides<'_>, live: &Table, desired: &Table, column: &Column) -> bool {
    let parent = |table: &Table| table.partition_of.as_ref().map(|it| it.parent.clone());
    let partition = desired.partition_of.is_some() && parent(live) == parent(desired);
    let leaves = live.partition_of.is_some() && !partition;
    match live.column(&column.name) {
        None => partition || column.inherited && live.partition_of == desired.partition_of,
        Some(old) => {
            (partition || old.inherited && column.inherited && !leaves)
                && above_comes_anew(sides, &desired.name, column)
        }
    }
}

/// Returns the column of the table above that a column comes with: that of the highest which gets it
/// with nothing of what those between them have of their own.
fn origin<'a>(sides: &Sides<'a>, table: &Name, column: &'a Column) -> Option<&'a Column> {
    let (parent, found) = above(sides.desired, table, column).next()?;
    let (live, desired) = (
        sides.live.tables.get(parent),
        sides.desired.tables.get(parent)?,
    );
    match live.filter(|live| comes_from_above(sides, live, desired, found)) {
        Some(_) => origin(sides, parent, found),
        None => Some(found),
    }
}

/// What a column that comes with the table above has of its own.
fn come_down(sides: &Sides<'_>, desired: &Table, column: &Column, out: &mut Diff) {
    let Some((_, above)) = above(sides.desired, &desired.name, column).next() else {
        return;
    };
    let origin = origin(sides, &desired.name, column).unwrap_or(above);
    let comes = Column {
        default: origin.default.clone(),
        generated: origin.generated.clone(),
        storage: None,
        compression: None,
        statistics: None,
        options: Parameters::new(),
        comment: None,
        not_null_comment: None,
        // Rows of partitions are numbered above, those of what inherits are not.
        identity: None,
        nullable: above.nullable || above.not_null_no_inherit,
        not_null_no_inherit: false,
        not_null_local: column.not_null_local.map(|_| false),
        // It has its name from above.
        not_null_name: column.not_null_name.clone(),
        inherited: true,
        ..above.clone()
    };
    alter(sides, &desired.name, true, &comes, column, out);
}

/// Tells whether the type of a column is made anew, and the column with it.
fn remade(out: &Diff, column: &Column) -> bool {
    let Some(user) = column.ty.user() else {
        return false;
    };
    let name = out.live.ranged(&user).clone();
    out.changes.iter().any(|change| {
        if let Change::RenameType { from, to, .. } = change {
            *from == name && *to == name.aside()
        } else if let Change::ReplaceEnum { name: replaced, .. } = change {
            *replaced == name
        } else {
            false
        }
    })
}

/// Returns the tables right above one, with their column of that name.
fn above<'a>(
    schema: &'a Schema,
    table: &Name,
    column: &'a Column,
) -> impl Iterator<Item = (&'a Name, &'a Column)> {
    let table = schema.tables.get(table);
    let parents = table.into_iter().flat_map(|table| table.parents());
    parents.filter_map(|parent| {
        let column = schema.tables.get(parent)?.column(&column.name)?;
        Some((parent, column))
    })
}

/// Tells whether a column changes its type with a column of a table above.
fn typed_above(sides: &Sides<'_>, table: &Name, old: &Column, new: &Column) -> bool {
    let like = |above: &Column, column: &Column| {
        above.ty == column.ty && above.collation == column.collation
    };
    above(sides.live, table, old).any(|(parent, before)| {
        let mut after = above(sides.desired, table, new);
        like(before, old) && after.any(|(it, after)| it == parent && like(after, new))
    })
}

/// Tells whether a table above demands a value of a column, of what is below it too.
fn above_is_required(schema: &Schema, table: &Name, column: &Column) -> bool {
    let comes_down = |column: &Column| !column.nullable && !column.not_null_no_inherit;
    above(schema, table, column).any(|(_, above)| comes_down(above))
}

/// Tells whether a NOT NULL comes from a table above, which the table stays below.
fn held_above(sides: &Sides<'_>, table: &Name, partition: bool, old: &Column) -> bool {
    let live = sides.live.tables.get(table);
    let attached = live.is_some_and(|live| live.partition_of.is_some());
    (!attached || partition && old.inherited) && above_is_required(sides.live, table, old)
}

/// Tells whether a NOT NULL has another name than desired for good: it comes from above too, where
/// its name stays.
fn keeps_name(
    sides: &Sides<'_>,
    table: &Name,
    partition: bool,
    old: &Column,
    new: &Column,
) -> bool {
    let names = |schema: &Schema, column: &Column| -> Vec<Option<Ident>> {
        let above = above(schema, table, column);
        above.map(|it| it.1.not_null_name.clone()).collect()
    };
    old.not_null_name != new.not_null_name
        && !is_of_a_model(sides.desired, table)
        && held_above(sides, table, partition, old)
        && names(sides.live, old) == names(sides.desired, new)
}

/// Tells whether a table above lets go of a NOT NULL, or demands a value of its own rows alone from
/// then on, and what is below keeps its own.
fn above_lets_go(sides: &Sides<'_>, table: &Name, column: &Column) -> bool {
    let mut above = above(sides.desired, table, column);
    above.any(|(parent, above)| match above.nullable {
        true => sides.kept.has_not_null(parent, &column.name),
        false => above.not_null_no_inherit,
    })
}

/// Tells whether a table above gets a NOT NULL that is NOT VALID, and what is below it with it.
fn comes_open(sides: &Sides<'_>, table: &Name, column: &Column) -> bool {
    let open = |column: &Column| !column.nullable && column.not_null_unvalidated;
    above(sides.desired, table, column).any(|(parent, after)| {
        let before = sides.live.tables.get(parent);
        let before = before.and_then(|parent| parent.column(&column.name));
        open(after) && before.is_some_and(|before| !open(before))
    })
}

/// The name of the NOT NULL that comes to a column from above.
fn named_above(schema: &Schema, table: &Name, column: &Column) -> Option<Ident> {
    let mut above = above(schema, table, column).filter(|(_, above)| !above.nullable);
    above
        .next()
        .map(|(parent, above)| above.name_of_not_null(parent))
}

fn alter(
    sides: &Sides<'_>,
    table: &Name,
    partition: bool,
    old: &Column,
    new: &Column,
    out: &mut Diff,
) {
    let key = (table.clone(), new.name.clone());
    let hints = &sides.desired.hints;
    let retyped = old.ty != new.ty || old.collation != new.collation;
    let anew = retyped || remade(out, new);
    // What a table that inherits says again of a column still gets its type from above.
    let typed_above = partition || retyped && typed_above(sides, table, old, new);
    let mut push = |change: ColumnChange| {
        let (table, column) = (table.clone(), new.clone());
        out.changes.push(Change::AlterColumn {
            table,
            column,
            change,
        });
    };
    if retyped && !typed_above {
        let using = hints.usings.get(&key).cloned();
        push(ColumnChange::Type {
            from: Box::new(old.clone()),
            using,
        });
    }
    if old.generated.is_some() && new.generated.is_none() && !partition {
        push(ColumnChange::Generated {
            from: old.generated.clone(),
            to: None,
        });
    }
    // What is computed above is computed below too, which may be from something else.
    if let (Some(from), Some(to)) = (&old.generated, &new.generated)
        && from != to
    {
        push(ColumnChange::Generated {
            from: Some(from.clone()),
            to: Some(to.clone()),
        });
    }
    // No model says what type a sequence has.
    let by_model = is_of_a_model(sides.desired, table);
    let uncommented = |column: &Column| {
        let identity = column.identity.as_deref();
        identity.map(|it| Identity {
            comment: None,
            numbers: it.numbers.clone().filter(|_| !by_model),
            ..it.clone()
        })
    };
    if uncommented(old) != uncommented(new) {
        let (mut from, to) = (old.identity.clone(), new.identity.clone());
        if let Some(from) = from.as_mut().filter(|_| by_model) {
            from.numbers = None;
        }
        push(ColumnChange::Identity { from, to });
    }
    if old.default != new.default && !numbered_by_us(sides, table, old, new) {
        let (from, to) = (old.default.clone(), new.default.clone());
        push(ColumnChange::Default { from, to });
    }
    // What inherits gets NOT NULL with its parent, and the constraint has the parent's name.
    // One that has a name of its own is there first.
    let with_parent = partition
        && old.inherited
        && new.inherited
        && above_is_required(sides.desired, table, new)
        && (new.not_null_local != Some(true)
            || named_above(sides.desired, table, new) == Some(new.name_of_not_null(table)));
    // An earlier run that was stopped left rows without the value that they were to get.
    let live = sides.live.tables.get(table);
    let unfilled = live.is_some_and(|table| {
        let mut constraints = table.constraints.iter();
        constraints.any(|constraint| is_unfilled(constraint, &new.name))
    });
    let value = hints
        .backfills
        .get(&key)
        .or(new.default.as_ref().filter(|_| unfilled))
        .or(old
            .default
            .as_ref()
            .filter(|_| numbered_by_us(sides, table, old, new)))
        .cloned();
    let mut stays_valid = false;
    match (old.nullable, new.nullable) {
        // Rows that are there were proven in the child alone.
        (true, false) if with_parent => {
            if comes_open(sides, table, new) && !new.not_null_unvalidated {
                let named = named_above(sides.desired, table, new);
                push(ColumnChange::ValidateNotNull { named });
            }
        }
        (true, false) => {
            push(ColumnChange::SetNotNull {
                backfill: value.clone(),
            });
        }
        // Its parent's change comes down to it.
        (false, true)
            if partition
                && old.inherited
                && old.not_null_local != Some(true)
                && above_is_required(sides.live, table, new)
                && !above_lets_go(sides, table, new) => {}
        (false, true) => {
            let alone = sides.kept.has_not_null(table, &new.name);
            push(ColumnChange::DropNotNull { alone });
        }
        (true, true) | (false, false) => {
            if let Some(value) = value.filter(|_| unfilled) {
                push(ColumnChange::Fill { value });
            }
            // A model that names none leaves the name alone; a database that has the server's own
            // has no other.
            let by_model = is_of_a_model(sides.desired, table);
            let left = held_above(sides, table, partition, old)
                && !above_is_required(sides.desired, table, new);
            let declared = new.not_null_name.is_some() || !by_model && (left || !new.inherited);
            // What inherits it has the name from above, and cannot change it.
            let from_above = !left && held_above(sides, table, partition, old);
            // One that comes from models has the name that the other side has.
            let open = is_of_a_model(sides.live, table) && old.not_null_name.is_none();
            let named = old.not_null_name == new.not_null_name || open;
            if !new.nullable && declared && !from_above && !named {
                let (from, to) = (old.not_null_name.clone(), new.not_null_name.clone());
                push(ColumnChange::RenameNotNull { from, to });
            }
            if !new.nullable {
                let opened = from_above && comes_open(sides, table, new);
                // What is proven above is proven below.
                let proven = from_above
                    && above(sides.desired, table, new)
                        .any(|(_, above)| !above.nullable && !above.not_null_unvalidated);
                // A model says nothing of what comes from above.
                let unvalidated = new.not_null_unvalidated || by_model && from_above && !proven;
                match (old.not_null_unvalidated || opened, unvalidated) {
                    (true, false) if proven => {}
                    (true, false) => {
                        let named = match (from_above, opened) {
                            (true, true) => named_above(sides.desired, table, new),
                            (true, false) => Some(old.name_of_not_null(table)),
                            (false, true | false) => None,
                        };
                        push(ColumnChange::ValidateNotNull { named });
                    }
                    (false, true) if !from_above => push(ColumnChange::ReopenNotNull),
                    (false, true) => stays_valid = !by_model,
                    (true, true) | (false, false) => {}
                }
                let reopened = unvalidated && !old.not_null_unvalidated && !from_above;
                if old.not_null_no_inherit != new.not_null_no_inherit && !reopened {
                    let no_inherit = new.not_null_no_inherit;
                    push(ColumnChange::InheritNotNull { no_inherit });
                }
            }
        }
    }
    // What comes from above now is the table's own besides where it was so before.
    let own = match old.nullable {
        true => !with_parent,
        false => old.not_null_local.unwrap_or(true),
    };
    if !own && new.not_null_local == Some(true) {
        push(ColumnChange::OwnNotNull);
    }
    let storage = old.storage.clone().filter(|_| !anew);
    if storage != new.storage {
        push(ColumnChange::Storage {
            from: storage,
            to: new.storage.clone(),
        });
    }
    let compression = old.compression.clone().filter(|_| !anew);
    if compression != new.compression {
        let (from, to) = (compression, new.compression.clone());
        push(ColumnChange::Compression { from, to });
    }
    if old.statistics != new.statistics {
        push(ColumnChange::Statistics {
            from: old.statistics,
            to: new.statistics,
        });
    }
    if old.options != new.options {
        push(ColumnChange::Options {
            from: old.options.clone(),
            to: new.options.clone(),
        });
    }
    if !old.nullable && !new.nullable && keeps_name(sides, table, partition, old, new) {
        let name = old.name_of_not_null(table);
        let message = format!("its NOT NULL comes from above too, and goes on as `{name}`");
        out.stays(table, &new.name, &message);
    }
    if stays_valid {
        let message = "its NOT NULL comes from above too, and is valid here: left as it is";
        out.stays(table, &new.name, message);
    }
    if own && new.not_null_local == Some(false) {
        let message = "its NOT NULL is its own beside that from above: left as it is";
        out.stays(table, &new.name, message);
    }
    if !new.nullable {
        let kept = !old.nullable && (old.not_null_unvalidated || !new.not_null_unvalidated);
        out.comment(
            Object::Constraint(table.clone(), new.name_of_not_null(table)),
            old.not_null_comment.as_ref().filter(|_| kept),
            new.not_null_comment.as_ref(),
        );
    }
    if let Some(identity) = &new.identity {
        let before = old.identity.as_ref();
        out.comment(
            Object::Sequence(identity.name_of_sequence(table, &new.name)),
            before.and_then(|it| it.comment.as_ref()),
            identity.comment.as_ref(),
        );
    }
    out.comment(
        Object::Column(table.clone(), new.name.clone()),
        old.comment.as_ref(),
        new.comment.as_ref(),
    );
}

/// Tells whether an earlier run was stopped while it numbered the rows for a new identity: the
/// identity takes the place of the sequence that does so.
fn numbered_by_us(sides: &Sides<'_>, table: &Name, old: &Column, new: &Column) -> bool {
    let ours = |(name, sequence): (&Name, &Sequence)| {
        let owner = sequence.owned_by.as_ref();
        name.name.is_temporary() && owner.is_some_and(|it| it.0 == *table && it.1 == old.name)
    };
    new.identity.is_some()
        && old.identity.is_none()
        && old.default.is_some()
        && sides.live.sequences.iter().any(ours)
}
