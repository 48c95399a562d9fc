//! Gives every part of the desired schema its name: the live one's where the definition is the
//! same, else the one that the server would give.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use crate::change::{Change, lineage};
use crate::schema::{
    Column, Constraint, ConstraintKind, Hints, Ident, Index, Name, Parameters, Schema, Shared,
    Table, object_name,
};

/// Names the parts of `desired` that nobody named.
pub(super) fn settle(live: &Schema, desired: &mut Schema) {
    let unnamed = |table: &Shared<Table>| {
        table.constraints.iter().any(|part| part.name.is_none())
            || table.indexes.iter().any(|part| part.name.is_none())
    };
    let empty = Table::default().into();
    let before = |name: &Name| live.tables.get(name).unwrap_or(&empty);
    let unsaid = live.not_nulls_unnamed || desired.not_nulls_unnamed;
    let Schema { tables, hints, .. } = desired;
    if unsaid {
        for (name, table) in tables.iter_mut() {
            leave_not_nulls(before(name), table);
        }
    }
    // What is there has its name before any table gets new ones: one that was renamed keeps those
    // that a new table of its old name would get.
    for (name, table) in tables.iter_mut().filter(|(_, table)| unnamed(table)) {
        adopt(before(name), table, hints);
    }
    let mut taken = (desired.tables.values().any(unnamed)).then(|| Taken::new(live, desired));
    let Schema { tables, hints, .. } = desired;
    for (name, table) in tables {
        let live = before(name);
        if let Some(taken) = &mut taken
            && unnamed(table)
        {
            name_parts(live, table, taken);
        }
        if hints.sources.contains_key(name) {
            table.update(|table| as_they_stand(live, table));
            number_not_nulls(live, table);
        }
    }
}

/// Leaves the names and comments of NOT NULL as they are, where one of both servers has none.
fn leave_not_nulls(live: &Table, table: &mut Shared<Table>) {
    let as_it_is = |column: &Column| {
        let old = live.column(&column.name).filter(|old| !old.nullable);
        old.map_or((None, None), |old| {
            (old.not_null_name.clone(), old.not_null_comment.clone())
        })
    };
    let differs = |column: &Column| {
        let (name, comment) = (&column.not_null_name, &column.not_null_comment);
        let said = name.is_some() || comment.is_some() || column.not_null_local.is_some();
        let (old_name, old_comment) = as_it_is(column);
        !column.nullable && (said || old_name != *name || old_comment != *comment)
    };
    if !table.columns.iter().any(differs) {
        return;
    }
    table.update(|table| {
        for column in table.columns.iter_mut().filter(|it| !it.nullable) {
            (column.not_null_name, column.not_null_comment) = as_it_is(column);
            column.not_null_local = None;
        }
    });
}

/// Numbers those of NOT NULL whose names are cut alike, as the server does; what is there has its
/// own.
fn number_not_nulls(live: &Table, table: &mut Shared<Table>) {
    let plain = |column: &Column| {
        let column = Column {
            not_null_name: None,
            ..column.clone()
        };
        column.name_of_not_null(&table.name)
    };
    let required = table.columns.iter().filter(|it| !it.nullable);
    let names: BTreeSet<Ident> = required.clone().map(plain).collect();
    if names.len() == required.count() {
        return;
    }
    let of_live = |column: &Column| {
        let old = live.column(&column.name).filter(|old| !old.nullable)?;
        Some(old.not_null_name.clone())
    };
    let mut taken: BTreeSet<Ident> = (table.columns.iter().filter(|it| !it.nullable))
        .filter_map(|column| {
            let declared = column.not_null_name.clone();
            declared.or_else(|| Some(of_live(column)?.unwrap_or_else(|| plain(column))))
        })
        .collect();
    let mut chosen: BTreeMap<Ident, Ident> = BTreeMap::new();
    for column in table.columns.iter() {
        if column.nullable || column.not_null_name.is_some() {
            continue;
        }
        if let Some(old) = of_live(column) {
            chosen.extend(old.map(|name| (column.name.clone(), name)));
            continue;
        }
        let name = names::not_null_name(table, column, &taken);
        if name != plain(column) {
            chosen.insert(column.name.clone(), name.clone());
        }
        taken.insert(name);
    }
    table.update(|table| {
        for column in &mut table.columns {
            if let Some(name) = chosen.remove(&column.name) {
                column.not_null_name = Some(name);
            }
        }
    });
}

fn name_parts(live: &Table, table: &mut Table, taken: &mut Taken) {
    let shape = Table {
        constraints: Vec::new(),
        indexes: Vec::new(),
        ..table.clone()
    };
    for constraint in &mut table.constraints {
        if constraint.name.is_none() && !unnamed_in(live, constraint) {
            let among = taken.of(&shape.name, Some(&constraint.kind));
            let chosen = names::constraint_name(&shape, constraint, among);
            constraint.name = Some(chosen);
            taken.constraint(&shape.name, constraint);
        }
    }
    for index in &mut table.indexes {
        if index.name.is_none() {
            let chosen = names::index_name(&shape, index, taken.of(&shape.name, None));
            index.name = Some(chosen);
            taken.index(&shape.name, index);
        }
    }
}

/// A model does not say in which order settings stand.
fn as_they_stand(live: &Table, desired: &mut Table) {
    let adopt = |live: &Parameters, desired: &mut Parameters| {
        if live.same(desired) {
            *desired = live.clone();
        }
    };
    adopt(&live.options.with, &mut desired.options.with);
    for column in &mut desired.columns {
        if let Some(old) = live.column(&column.name) {
            adopt(&old.options, &mut column.options);
        }
    }
    for index in &mut desired.indexes {
        if let Some(old) = live.indexes.iter().find(|old| old.name == index.name) {
            adopt(&old.with, &mut index.with);
        }
    }
    for constraint in &mut desired.constraints {
        let old = (live.constraints.iter()).find(|old| old.name == constraint.name);
        let old = old.and_then(|old| old.kind.parameters());
        if let (Some(old), Some(with)) = (old, constraint.kind.parameters_mut()) {
            adopt(old, with);
        }
    }
}

/// Unnamed parts take the name of the live part with the same definition.
fn adopt(live: &Table, desired: &mut Table, hints: &Hints) {
    let declared: BTreeSet<Ident> = desired
        .constraints
        .iter()
        .filter_map(|constraint| constraint.name.clone())
        .collect();
    let mut used = declared;
    for constraint in desired
        .constraints
        .iter_mut()
        .filter(|part| part.name.is_none())
    {
        let twin = live.constraints.iter().find(|other| {
            other
                .name
                .as_ref()
                .is_some_and(|name| !used.contains(name) && !name.is_temporary())
                && same_constraint(other, constraint)
        });
        if let Some(name) = twin.and_then(|twin| twin.name.clone()) {
            used.insert(name.clone());
            constraint.name = Some(name);
        }
    }
    for at in 0..desired.constraints.len() {
        let constraint = &desired.constraints[at];
        if constraint.name.is_some() {
            continue;
        }
        let is_kept = |other: &Constraint| {
            let mut kept = desired.constraints.iter();
            kept.any(|it| same_constraint(it, other))
        };
        let old = live.constraints.iter().find(|other| {
            let free = |name: &Ident| !used.contains(name) && !name.is_temporary();
            other.name.as_ref().is_some_and(free)
                && is_former(other, desired, constraint, hints)
                && !is_kept(other)
        });
        if let Some(name) = old.and_then(|old| old.name.clone()) {
            used.insert(name.clone());
            desired.constraints[at].name = Some(name);
        }
    }
    let declared: BTreeSet<Ident> = desired
        .indexes
        .iter()
        .filter_map(|index| index.name.clone())
        .collect();
    let mut used = declared;
    for index in desired
        .indexes
        .iter_mut()
        .filter(|part| part.name.is_none())
    {
        let twin = live.indexes.iter().find(|other| {
            other
                .name
                .as_ref()
                .is_some_and(|name| !used.contains(name) && !name.is_temporary())
                && same_index(other, index)
        });
        if let Some(name) = twin.and_then(|twin| twin.name.clone()) {
            used.insert(name.clone());
            index.name = Some(name);
        }
    }
}

/// Tells whether a live constraint is what an unnamed one was, and is called after another name of
/// its column or its table: a foreign key from the same columns to the same ones, or the check of a
/// column.
fn is_former(old: &Constraint, desired: &Table, new: &Constraint, hints: &Hints) -> bool {
    if let (ConstraintKind::ForeignKey(old), ConstraintKind::ForeignKey(new)) =
        (&old.kind, &new.kind)
    {
        return old.columns == new.columns
            && old.table == new.table
            && old.references == new.references;
    }
    let (ConstraintKind::Check { .. }, Some(column)) =
        (&old.kind, names::own::check_column(desired, new))
    else {
        return false;
    };
    let name = &desired.name;
    let tables = [Some(&name.name), hints.renamed_tables.get(name)];
    let key = (name.clone(), column.clone());
    let columns = [Some(&column), hints.renamed_columns.get(&key)];
    // It has the names of when it was made, which may be between the two renames.
    let former = |name: &Ident| {
        tables.iter().flatten().any(|table| {
            let mut columns = columns.iter().flatten();
            columns.any(|it| name.as_str() == object_name(table.as_str(), it.as_str(), "check"))
        })
    };
    old.name.as_ref().is_some_and(former)
}

/// SQLite keeps constraints without a name: they stay so where the live one is such.
fn unnamed_in(live: &Table, constraint: &Constraint) -> bool {
    live.constraints
        .iter()
        .any(|other| other.name.is_none() && same_constraint(other, constraint))
}

/// Tells whether two constraints demand the same, whatever they are called, and whatever parameters
/// their indexes have.
pub(crate) fn same_constraint(a: &Constraint, b: &Constraint) -> bool {
    let bare = |kind: &ConstraintKind| {
        let mut kind = kind.clone();
        if let Some(with) = kind.parameters_mut() {
            *with = Parameters::new();
        }
        kind
    };
    let plain = |constraint: &Constraint| Constraint {
        name: None,
        comment: None,
        index_comment: None,
        index_extensions: Default::default(),
        not_valid: false,
        inherited: false,
        part_of: None,
        kind: bare(&constraint.kind),
        ..constraint.clone()
    };
    // Most differ, and are told apart without a copy.
    let alike = a.kind == b.kind
        || a.kind.parameters() != b.kind.parameters() && bare(&a.kind) == bare(&b.kind);
    alike && plain(a) == plain(b)
}

/// Tells whether a table above another gets the like of a constraint in these changes.
pub(crate) fn comes_above<'a>(
    desired: &Schema,
    changes: impl IntoIterator<Item = &'a Change>,
    table: &Name,
    constraint: &Constraint,
) -> bool {
    let is_above = |on: &Name| lineage(desired, table).skip(1).any(|above| above == on);
    changes.into_iter().any(|change| {
        matches!(change, Change::AddConstraint { table: on, constraint: new }
            if is_above(on) && same_constraint(new, constraint))
    })
}

/// Tells whether two indexes are alike, whatever they are called.
pub(crate) fn same_index(a: &Index, b: &Index) -> bool {
    let plain = |index: &Index| Index {
        name: None,
        comment: None,
        extensions: Default::default(),
        invalid: false,
        inherited: false,
        part_of: None,
        statistics: Default::default(),
        with: Default::default(),
        ..index.clone()
    };
    plain(a) == plain(b)
}

/// The names in use, by schema. A relation and a constraint may have the same one, but a key is
/// both.
#[derive(Default)]
struct Taken {
    relations: BTreeMap<Option<Ident>, BTreeSet<Ident>>,
    constraints: BTreeMap<Option<Ident>, BTreeSet<Ident>>,
    all: BTreeMap<Option<Ident>, BTreeSet<Ident>>,
}

impl Taken {
    fn new(live: &Schema, desired: &Schema) -> Self {
        let mut taken = Self::default();
        for (name, table) in &live.tables {
            taken.relation(name, &name.name);
            // Names of a table's own parts are free again when the part is replaced.
            if desired.tables.contains_key(name) {
                continue;
            }
            for index in &table.indexes {
                taken.index(name, index);
            }
            for constraint in &table.constraints {
                taken.constraint(name, constraint);
            }
        }
        for name in live.sequences.keys().chain(desired.sequences.keys()) {
            taken.relation(name, &name.name);
        }
        for (name, table) in &desired.tables {
            taken.relation(name, &name.name);
            for index in &table.indexes {
                taken.index(name, index);
            }
            // What comes from above without an index has the name from there.
            let own = |part: &&Constraint| !(part.inherited && is_plain(&part.kind));
            for constraint in table.constraints.iter().filter(own) {
                taken.constraint(name, constraint);
            }
        }
        taken
    }

    /// Returns the names that a constraint of this kind, or an index, may not have.
    fn of(&self, table: &Name, kind: Option<&ConstraintKind>) -> &BTreeSet<Ident> {
        static NONE: BTreeSet<Ident> = BTreeSet::new();
        let names = match kind {
            None => &self.relations,
            Some(kind) if is_plain(kind) => &self.constraints,
            Some(_) => &self.all,
        };
        names.get(&table.schema).unwrap_or(&NONE)
    }

    fn relation(&mut self, table: &Name, name: &Ident) {
        for names in [&mut self.relations, &mut self.all] {
            add(names, table, name);
        }
    }

    fn index(&mut self, table: &Name, index: &Index) {
        if let Some(name) = &index.name {
            self.relation(table, name);
        }
    }

    fn constraint(&mut self, table: &Name, constraint: &Constraint) {
        let Some(name) = &constraint.name else { return };
        for names in [&mut self.constraints, &mut self.all] {
            add(names, table, name);
        }
        if !is_plain(&constraint.kind) {
            self.relation(table, name);
        }
    }
}

fn add(names: &mut BTreeMap<Option<Ident>, BTreeSet<Ident>>, table: &Name, name: &Ident) {
    let schema = names.entry(table.schema.clone()).or_default();
    schema.insert(name.clone());
}

/// Tells whether a constraint has no index.
fn is_plain(kind: &ConstraintKind) -> bool {
    match kind {
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } => true,
        ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) | ConstraintKind::Exclude(_) => {
            false
        }
    }
}
