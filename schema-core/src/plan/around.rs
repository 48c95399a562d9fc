//! Views and the like that make way: dropped right before what they stop, made again right after.

use std::collections::BTreeSet;

use super::anew::is_around;
use super::order::{Aside, only_lets_go};
use crate::change::{Change, ColumnChange, calls, constraint_uses, descendants, lineage, mentions};
use crate::diff::Diff;
use crate::schema::{Column, Constraint, ConstraintKind, Expr, Ident, Name, Other, UserType};

/// Puts the drop of views and the like right before what needs it, and makes them again right
/// after: all of that shares a transaction, so that nothing that stops the run loses them. What other
/// tables change waits, which that transaction locks for nothing otherwise.
pub(super) fn around_others(
    changes: Vec<Change>,
    added: &BTreeSet<(Name, Ident)>,
    aside: &Aside,
    diff: &Diff,
) -> Vec<Change> {
    let anew = &diff.anew;
    let (others, changes): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| {
        matches!(
            change,
            Change::DropOther { .. } | Change::CreateOther { .. }
        )
    });
    let (dropped, created): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|change| matches!(change, Change::DropOther { .. }));
    if dropped.is_empty() {
        return [changes, created].concat();
    }
    let concerned = Locked::new(&changes, [&dropped, &created], diff, aside);
    let keyed = keyed([&dropped, &created], diff);
    let read: BTreeSet<&Name> = ([&dropped, &created].into_iter().flatten())
        .filter_map(other)
        .flat_map(|other| other.depends_on.iter().map(|(name, _)| name))
        .collect();
    let stops = |change: &Change| {
        let stops = aside.has(change)
            || is_around(change, anew)
            || stops_at_others(change, added)
            || is_key_of(change, &keyed);
        stops && !concerned.can_wait(change) || is_sequence_of(change, &read)
    };
    let made: Vec<&Other> = created.iter().filter_map(other).collect();
    let wanted = |change: &Change| made.iter().any(|other| makes_for(change, other));
    // A table may go early, for its name; a column goes when nothing is over it.
    let gone: Vec<&Other> = dropped.iter().filter_map(other).collect();
    let under = |change: &Change| {
        if let Change::DropColumn { table, column, .. } = change {
            let is_it =
                |(of, by): &(Name, Option<Ident>)| of == table && by.as_ref() == Some(&column.name);
            return gone.iter().any(|other| other.depends_on.iter().any(is_it));
        }
        let Change::DropTable { table } = change else {
            return false;
        };
        gone.iter().any(|other| {
            let mut names = other.depends_on.iter();
            other.table.as_ref() == Some(&table.name) || names.any(|(name, _)| *name == table.name)
        })
    };
    let first = changes.iter().position(|it| stops(it) || under(it));
    let last = (changes.iter()).rposition(|change| stops(change) || wanted(change));
    let (Some(first), Some(last)) = (first, last) else {
        return [dropped, changes, created].concat();
    };
    let last = last.max(first);
    // Functions come again before what calls them, and views after all.
    let (functions, views): (Vec<_>, Vec<_>) = created
        .iter()
        .cloned()
        .partition(|change| other(change).is_some_and(|other| is_first(other, &made)));
    let waits_for = |others: &[Change], change: &Change| {
        let mut functions = others.iter().filter_map(other).filter(|it| is_function(it));
        functions.any(|function| calls_in(change, &function.name))
    };
    let calls = |change: &Change| waits_for(&functions, change) || waits_for(&views, change);
    let made_late = made_late(&changes, calls);
    let waits = |change: &Change| calls(change) || is_of(change, &made_late);
    let (early, before): (Vec<_>, Vec<_>) =
        changes[..first].iter().cloned().partition(|it| !waits(it));
    let (calling, within): (Vec<_>, Vec<_>) =
        changes[first..=last].iter().cloned().partition(waits);
    // A new label is one when its transaction has ended.
    let is_label = |change: &Change| matches!(change, Change::AddLabel { .. });
    let (labels, within): (Vec<_>, Vec<_>) = within.into_iter().partition(is_label);
    // What calls a function that takes the rows of a view waits for that too; so does what is asked
    // of the values of a domain, which may be a transaction of its own.
    let late = |it: &Change| waits_for(&views, it) || matches!(it, Change::AlterDomain { .. });
    let (calling_late, calling): (Vec<_>, Vec<_>) =
        [before, calling].concat().into_iter().partition(late);
    // What may need transactions of its own waits, unless it is what a column is computed from.
    let sources = sources(&within);
    let attached = attached(&within, diff);
    let stays = |change: &Change| {
        let needed = stops(change) || wanted(change) || sources(change);
        // What a table above demands of its partitions is there before they come to it.
        let joins = change.table().is_some_and(|name| attached.contains(name));
        needed || joins || !splits(change)
    };
    let locked = concerned.with(within.iter().filter(|change| stays(change)), diff);
    let stays = |change: &Change| stays(change) && !locked.can_wait(change);
    let added_later = added_later(within.iter().filter(|change| !stays(change)), diff);
    let (within, later): (Vec<_>, Vec<_>) = within
        .into_iter()
        .partition(|change| stays(change) && !alters_one_of(change, &added_later));
    // Functions go when what calls them has let go, which a view may stop; then the views that they
    // need.
    let needed = needed_by_functions(&gone);
    let (functions_gone, views_gone): (Vec<_>, Vec<_>) =
        (dropped.iter().cloned()).partition(|change| {
            other(change).is_some_and(|it| is_function(it) || needed.contains(&it.name))
        });
    // A key may be what a function is about.
    let ends = |it: &&Change| lets_go(it) || matches!(it, Change::DropConstraint { .. });
    let ending = within.iter().take_while(ends).count();
    let called: Vec<&Name> = (gone.iter().filter(|it| is_function(it)))
        .map(|it| &it.name)
        .collect();
    let releases = |it: &Change| lets_go(it) && called.iter().any(|name| lets_go_of(it, name));
    let (released, ending): (Vec<_>, Vec<_>) = within[..ending].iter().cloned().partition(releases);
    let rest = within[released.len() + ending.len()..].to_vec();
    [
        &early[..],
        &labels,
        &views_gone,
        &released,
        &functions_gone,
        &ending,
        &rest,
        &functions,
        &calling,
        &views,
        &calling_late,
        &later,
        &changes[last + 1..],
    ]
    .concat()
}

/// The columns that come later, and come to the tables below with that.
fn added_later<'a>(
    changes: impl Iterator<Item = &'a Change>,
    diff: &Diff,
) -> BTreeSet<(Name, Ident)> {
    let mut added = BTreeSet::new();
    for change in changes {
        if let Change::AddColumn { table, column, .. } = change {
            let below = descendants(&diff.desired, table).into_iter();
            let tables = below.chain([table.clone()]);
            added.extend(tables.map(|table| (table, column.name.clone())));
        }
    }
    added
}

fn alters_one_of(change: &Change, columns: &BTreeSet<(Name, Ident)>) -> bool {
    if let Change::AlterColumn { table, column, .. } = change {
        columns.contains(&(table.clone(), column.name.clone()))
    } else {
        false
    }
}

/// The tables with keys that views and the like hold on to, and those above them.
fn keyed(others: [&Vec<Change>; 2], diff: &Diff) -> BTreeSet<Name> {
    let others = others.into_iter().flatten().filter_map(other);
    let tables = others.flat_map(|other| other.depends_on_keys.iter().map(|(table, _)| table));
    let above = tables.flat_map(|table| {
        [&diff.live, &diff.desired]
            .into_iter()
            .flat_map(move |schema| lineage(schema, table))
    });
    above.cloned().collect()
}

/// Tells whether a change drops or makes a key of one of some tables.
fn is_key_of(change: &Change, tables: &BTreeSet<Name>) -> bool {
    if let Change::DropConstraint { table, constraint }
    | Change::AddConstraint { table, constraint } = change
    {
        let key = match constraint.kind {
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Exclude(_) => true,
            ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_) => false,
        };
        key && tables.contains(table)
    } else {
        false
    }
}

/// Tells whether a change drops, makes or alters one of some sequences, be it that of an identity, or
/// has a column take from one.
fn is_sequence_of(change: &Change, names: &BTreeSet<&Name>) -> bool {
    if let Change::DropSequence { name }
    | Change::CreateSequence { name, .. }
    | Change::AlterSequence { name, .. } = change
    {
        names.contains(name)
    } else if let Change::AlterColumn {
        column,
        change: ColumnChange::Default { to: Some(_), .. },
        ..
    } = change
    {
        names.iter().any(|name| column.takes_from(name))
    } else if let Change::AlterColumn {
        table,
        column,
        change: ColumnChange::Identity { from, to },
    } = change
    {
        let mut sides = from.iter().chain(to);
        from.is_some() != to.is_some()
            && sides.any(|it| names.contains(&it.name_of_sequence(table, &column.name)))
    } else {
        false
    }
}

/// The tables that are locked while views and the like are away.
struct Locked {
    tables: BTreeSet<Name>,
    /// Types or tables are replaced, and all that has to do with them belongs together.
    all: bool,
}

impl Locked {
    /// Begins with what the others are of.
    fn new(changes: &[Change], others: [&Vec<Change>; 2], diff: &Diff, aside: &Aside) -> Self {
        let replaced = |change: &Change| {
            aside.has(change)
                || is_around(change, &diff.anew)
                || matches!(change, Change::ReplaceEnum { .. })
        };
        let others = others.into_iter().flatten().filter_map(other);
        let parts = others.flat_map(|other| {
            let names = other.depends_on.iter().map(|(name, _)| name);
            names.chain(&other.table)
        });
        let mut locked = Self {
            tables: parts.cloned().collect(),
            all: changes.iter().any(replaced),
        };
        locked.with_kin(diff);
        locked
    }

    /// Returns them with the tables of changes that have to stay.
    fn with<'a>(&'a self, changes: impl Iterator<Item = &'a Change>, diff: &Diff) -> Self {
        let staying = changes.filter(|change| !waits_gladly(change));
        let more = staying.filter_map(Change::table);
        let mut locked = Self {
            tables: self.tables.iter().chain(more).cloned().collect(),
            all: self.all,
        };
        locked.with_kin(diff);
        locked
    }

    /// What inherits from a table, or is a part of it, changes with it.
    fn with_kin(&mut self, diff: &Diff) {
        let mut before = None;
        while before != Some(self.tables.len()) {
            before = Some(self.tables.len());
            let tables = diff
                .live
                .tables
                .values()
                .chain(diff.desired.tables.values());
            for table in tables {
                let kin: Vec<&Name> = table.parents().chain([&table.name]).collect();
                if kin.iter().any(|name| self.tables.contains(*name)) {
                    self.tables.extend(kin.into_iter().cloned());
                }
            }
        }
    }

    /// Tells whether a change is about a table that nobody has to lock so long.
    fn can_wait(&self, change: &Change) -> bool {
        let table = change.table();
        !self.all && waits_gladly(change) && table.is_some_and(|name| !self.tables.contains(name))
    }
}

/// Tells whether a change lets nothing go that something else waits for.
fn waits_gladly(change: &Change) -> bool {
    if let Change::AlterColumn { change, .. } = change {
        !matches!(
            change,
            ColumnChange::Default { to: None, .. }
                | ColumnChange::Generated { .. }
                | ColumnChange::Identity { .. }
        )
    } else {
        false
    }
}

/// The tables that become partitions, those that they become partitions of, and all below them.
fn attached(changes: &[Change], diff: &Diff) -> BTreeSet<Name> {
    let mut tables = BTreeSet::new();
    for change in changes {
        if let Change::AttachPartition { table, partition } = change {
            tables.insert(partition.parent.clone());
            tables.insert(table.clone());
            tables.extend(descendants(&diff.desired, table));
        }
    }
    tables
}

/// Tells of a change whether it adds what a column that is added is computed from, what gets its
/// type after that, or what a constraint is about.
fn sources(changes: &[Change]) -> impl Fn(&Change) -> bool + use<> {
    let mut computed: Vec<(Name, Expr)> = Vec::new();
    let mut retyped: Vec<(Name, Ident)> = Vec::new();
    let mut keys: Vec<(Name, Constraint)> = Vec::new();
    for change in changes {
        if let Change::AddColumn { table, column, .. } = change
            && let Some(generated) = &column.generated
        {
            computed.push((table.clone(), generated.expr.clone()));
        } else if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::Type { .. },
        } = change
        {
            retyped.push((table.clone(), column.name.clone()));
        } else if let Change::AddConstraint { table, constraint } = change {
            keys.push((table.clone(), constraint.clone()));
        }
    }
    move |change| {
        let Change::AddColumn { table, column, .. } = change else {
            return false;
        };
        let mut computed = computed.iter();
        let mut retyped = retyped.iter();
        let mut keys = keys.iter();
        computed.any(|(of, expr)| of == table && mentions(expr, &column.name))
            || retyped.any(|(of, name)| of == table && *name == column.name)
            || keys.any(|(of, key)| of == table && constraint_uses(key, &column.name))
    }
}

fn other(change: &Change) -> Option<&Other> {
    if let Change::DropOther { other, .. } | Change::CreateOther { other } = change {
        Some(other)
    } else {
        None
    }
}

/// The tables that are made when what they call has come again, and those that are made below them.
fn made_late(changes: &[Change], calls: impl Fn(&Change) -> bool) -> BTreeSet<Name> {
    let mut late = BTreeSet::new();
    for change in changes {
        if let Change::CreateTable { table } = change
            && (calls(change) || table.parents().any(|parent| late.contains(parent)))
        {
            late.insert(table.name.clone());
        }
    }
    late
}

/// Tells whether a change is about some tables, which is not before they are there.
fn is_of(change: &Change, tables: &BTreeSet<Name>) -> bool {
    if let Change::AttachPartition { partition, .. } = change
        && tables.contains(&partition.parent)
    {
        return true;
    }
    let goes = matches!(
        change,
        Change::DropTable { .. }
            | Change::DropColumn { .. }
            | Change::DropIndex { .. }
            | Change::DropConstraint { .. }
            | Change::DetachPartition { .. }
            | Change::AlterColumn {
                change: ColumnChange::Default { to: None, .. },
                ..
            }
    );
    !goes && change.table().is_some_and(|name| tables.contains(name))
}

fn is_function(other: &Other) -> bool {
    matches!(other.kind.as_str(), "function" | "procedure")
}

/// Tells whether what is made again is a function that needs no view or the like.
fn is_first(other: &Other, made: &[&Other]) -> bool {
    let needs = |needed: &&&Other| other.depends_on_others.contains(&needed.name);
    // A view does not say which casts it needs.
    (is_function(other) || other.kind == "cast")
        && made.iter().filter(needs).all(|needed| is_function(needed))
}

/// The names of what functions need, which goes after them.
fn needed_by_functions(gone: &[&Other]) -> BTreeSet<Name> {
    let functions = gone.iter().filter(|other| is_function(other));
    let mut needed: BTreeSet<Name> =
        (functions.flat_map(|it| it.depends_on_others.iter().cloned())).collect();
    let mut before = None;
    while before != Some(needed.len()) {
        before = Some(needed.len());
        let below = gone.iter().filter(|other| needed.contains(&other.name));
        let more: Vec<Name> = (below.flat_map(|it| it.depends_on_others.iter().cloned())).collect();
        needed.extend(more);
    }
    needed
}

/// Tells whether a change makes what another object is made of.
pub(super) fn makes_for(change: &Change, other: &Other) -> bool {
    let on = |table: &Name, column: Option<&Ident>| {
        let mut parts = other.depends_on.iter();
        parts.any(|(name, part)| name == table && (column.is_none() || part.as_ref() == column))
    };
    if let Change::AddColumn { table, column, .. } = change {
        on(table, Some(&column.name))
    } else if let Change::CreateTable { table } = change {
        on(&table.name, None)
    } else if let Change::CreateType { name, .. } = change {
        on(name, None)
    } else {
        false
    }
}

/// Tells whether what a change makes calls a function.
pub(super) fn calls_in(change: &Change, function: &Name) -> bool {
    let of_column = |column: &Column| column.exprs().any(|expr| calls(expr, function));
    let of_check = |part: &Constraint| match &part.kind {
        ConstraintKind::Check { expr, .. } => calls(expr, function),
        ConstraintKind::PrimaryKey(_)
        | ConstraintKind::Unique(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => false,
    };
    if let Change::AddColumn { column, .. } = change {
        of_column(column)
    } else if let Change::CreateTable { table } = change {
        table.constraints.iter().any(of_check) || table.columns.iter().any(of_column)
    } else if let Change::AlterColumn {
        change: ColumnChange::Default { to: Some(to), .. },
        ..
    } = change
    {
        calls(to, function)
    } else if let Change::AddConstraint { constraint, .. } = change {
        of_check(constraint)
    } else if let Change::CreateType {
        ty: UserType::Domain(domain),
        ..
    } = change
    {
        domain.exprs().any(|expr| calls(expr, function))
    } else if let Change::AlterDomain { from, to, .. } = change {
        let default = to.default.iter().filter(|_| to.default != from.default);
        let checks = (to.checks.iter()).filter(|check| !from.checks.contains(check));
        let mut texts = default.chain(checks.map(|check| &check.expr));
        texts.any(|expr| calls(expr, function))
    } else {
        false
    }
}

/// Tells whether a change ends what calls functions, and needs none to be gone.
fn lets_go(change: &Change) -> bool {
    if let Change::AlterColumn { change, .. } = change {
        matches!(
            change,
            ColumnChange::Default { to: None, .. } | ColumnChange::Generated { to: None, .. }
        )
    } else if let Change::AlterDomain { from, to, .. } = change {
        only_lets_go(from, to)
    } else if let Change::DropConstraint { constraint, .. } = change {
        match constraint.kind {
            ConstraintKind::Check { .. } | ConstraintKind::Exclude(_) => true,
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey(_) => false,
        }
    } else {
        matches!(
            change,
            Change::DropColumn { .. }
                | Change::DropIndex { .. }
                | Change::DropStatistics { .. }
                | Change::DetachPartition { .. }
        )
    }
}

/// Tells whether what a change ends may call a function.
fn lets_go_of(change: &Change, function: &Name) -> bool {
    let of_it = |expr: &Expr| calls(expr, function);
    if let Change::DropColumn { column, .. } = change {
        column.exprs().any(of_it)
    } else if let Change::AlterColumn {
        change: ColumnChange::Default { from, .. },
        ..
    } = change
    {
        from.iter().any(of_it)
    } else if let Change::AlterDomain { from, .. } = change {
        from.exprs().any(of_it)
    } else if let Change::DropIndex { index, .. } = change {
        index.exprs().any(of_it)
    } else {
        true
    }
}

/// Tells whether a view over the column would stop the change.
fn stops_at_others(change: &Change, added: &BTreeSet<(Name, Ident)>) -> bool {
    if let Change::DropColumn { table, column, .. } = change {
        added.contains(&(table.clone(), column.name.clone()))
    } else if let Change::AddColumn { column, .. } = change {
        column.generated.is_some()
    } else if let Change::AlterColumn { change, .. } = change {
        matches!(change, ColumnChange::Type { .. })
    } else {
        matches!(change, Change::ReplaceEnum { .. })
    }
}

/// Tells whether a change may be carried out in more than one transaction.
fn splits(change: &Change) -> bool {
    if let Change::AlterColumn { change, .. } = change {
        matches!(
            change,
            ColumnChange::SetNotNull { .. }
                | ColumnChange::Fill { .. }
                | ColumnChange::Values { .. }
                | ColumnChange::ValidateNotNull { .. }
        )
    } else if let Change::AlterDomain { from, to, .. } = change {
        !only_lets_go(from, to)
    } else {
        matches!(change, Change::AddColumn { .. })
    }
}
