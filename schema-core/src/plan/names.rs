//! Names that are taken: relations of a schema share them, whatever their kind.
//!
//! Tables, indexes (those of keys too), sequences and views. What gives a name free for another goes
//! early; renames wait for each other; a circle of renames is opened by one more.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, ColumnChange, constraint_uses, descendants, index_uses};
use crate::schema::{Column, ConstraintKind, Ident, Name, Schema, Table, temporary};

/// The names that the changes make: of relations, and of types, which a table has too.
pub(super) fn claimed(changes: &[Change], desired: &Schema) -> BTreeSet<Name> {
    let others = changes.iter().filter_map(|change| {
        if let Change::CreateType { name, .. } = change {
            Some(name.clone())
        } else if let Change::RenameConstraint { table, to, .. } = change {
            // It may be that of a key, whose index has it too.
            Some(table.sibling(to.clone()))
        } else {
            None
        }
    });
    // What a new table gets besides: parts from above where it is a partition, and identities.
    let with_tables = changes.iter().flat_map(|change| {
        let Change::CreateTable { table } = change else {
            return Vec::new();
        };
        let mut names: Vec<Name> = table.identities().collect();
        if table.partition_of.is_some()
            && let Some(after) = desired.tables.get(&table.name)
        {
            names.extend(after.relations(true));
        }
        names
    });
    let made = changes.iter().flat_map(made);
    made.chain(others).chain(with_tables).collect()
}

/// The tables that go before others come, which get a name of theirs, and those below them; what is
/// below a table that becomes a partition, which has none, goes too.
pub(super) fn early(changes: &[Change], live: &Schema, claimed: &BTreeSet<Name>) -> BTreeSet<Name> {
    let mut early = BTreeSet::new();
    for change in changes {
        if let Change::DropTable { table } = change
            && gone_with(live, table)
                .iter()
                .any(|name| claimed.contains(name))
        {
            early.insert(table.name.clone());
            early.extend(descendants(live, &table.name));
        } else if let Change::AttachPartition { table, .. } = change {
            early.extend(descendants(live, table));
        }
    }
    early
}

/// Tells whether a drop gives a name free that another change needs.
pub(super) fn frees(change: &Change, early: &BTreeSet<Name>, claimed: &BTreeSet<Name>) -> bool {
    // What has given way goes when it can.
    if let Change::DropTable { table } = change {
        early.contains(&table.name) && !table.name.is_aside()
    } else if let Change::DropSequence { name } = change {
        claimed.contains(name) && !name.is_aside()
    } else {
        false
    }
}

/// Puts the renames of parts in an order in which each name is free when it is taken; they come where
/// the first of them is. Changes have their ranks with them: a name of a NOT NULL that waits for
/// others to go is left where it is, and those of tables that are made anew are among themselves.
pub(super) fn renames(changes: Vec<((u32, i64), Change)>) -> Vec<Change> {
    let mut groups: BTreeMap<u32, Vec<Rename>> = BTreeMap::new();
    // Where a group is to be, and what stays as it is.
    let mut out: Vec<Result<Change, u32>> = Vec::new();
    for ((phase, _), change) in changes {
        let Some(rename) = Rename::of(&change).filter(|_| phase != NOT_NULL) else {
            out.push(Ok(change));
            continue;
        };
        let group = match rename.part {
            Part::NotNull(_) => phase,
            Part::Index | Part::Constraint => NAMED,
        };
        let renames = groups.entry(group).or_default();
        if renames.is_empty() {
            out.push(Err(group));
        }
        renames.push(rename);
    }
    let mut ordered = Vec::new();
    for place in out {
        match place {
            Ok(change) => ordered.push(change),
            Err(group) => ordered.extend(one_by_one(groups.remove(&group).unwrap_or_default())),
        }
    }
    ordered
}

/// Each rename after the one that gives its name free; a circle is opened by one more.
fn one_by_one(mut waiting: Vec<Rename>) -> Vec<Change> {
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let free = (0..waiting.len()).find(|at| {
            let rename = &waiting[*at];
            !waiting.iter().any(|other| rename.takes_from(other))
        });
        match free {
            Some(at) => ordered.push(waiting.remove(at).change()),
            None => {
                let first = &mut waiting[0];
                let aside = temporary("old", first.from.as_str());
                let mut step = first.clone();
                step.to = aside.clone();
                first.from = aside;
                ordered.push(step.change());
            }
        }
    }
    ordered
}

/// The phase of names.
pub(super) const NAMED: u32 = 36;

/// The phase of NOT NULL constraints. On each depth those go first that a table above may have had
/// until then, next come the names that another one had ([`named_late`]), and last all else.
pub(super) const NOT_NULL: u32 = 61;

/// Gives a NOT NULL that goes later another name, where one that is renamed gets its own. What comes
/// from above has its name there.
pub(super) fn out_of_the_way(mut changes: Vec<Change>, live: &Schema) -> Vec<Change> {
    let renamed = changes.iter().filter_map(Rename::of);
    let wanted: BTreeSet<(Name, Ident)> = renamed.map(|it| (it.table, it.to)).collect();
    let mut aside = Vec::new();
    for change in &changes {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::DropNotNull { .. } | ColumnChange::ReopenNotNull,
        } = change
            && let Some(old) = live
                .tables
                .get(table)
                .and_then(|it| it.column(&column.name))
            && !old.inherited
            && !old.nullable
        {
            let name = old.name_of_not_null(table);
            if wanted.contains(&(table.clone(), name.clone()))
                && !renames_not_null(&changes, table, &column.name)
            {
                aside.push(Change::AlterColumn {
                    table: table.clone(),
                    column: column.clone(),
                    change: ColumnChange::RenameNotNull {
                        from: old.not_null_name.clone(),
                        to: Some(temporary("old", name.as_str())),
                    },
                });
            }
        }
    }
    changes.extend(aside);
    changes
}

fn renames_not_null(changes: &[Change], of: &Name, at: &Ident) -> bool {
    changes.iter().any(|change| {
        matches!(change, Change::AlterColumn {
            table,
            column,
            change: ColumnChange::RenameNotNull { .. },
        } if table == of && column.name == *at)
    })
}

/// Tells whether a NOT NULL gets the name of one that goes later, or is that of a table above until
/// that lets go of it.
pub(super) fn named_late(change: &Change, changes: &[Change], live: &Schema) -> bool {
    let Some(rename) = Rename::of(change) else {
        return false;
    };
    if let Part::NotNull(column) = &rename.part
        && is_left_above(&rename.table, &column.name, changes, live)
    {
        return true;
    }
    let mut altered = changes.iter().filter_map(|change| {
        if let Change::AlterColumn {
            table,
            column,
            change,
        } = change
        {
            (*table == rename.table).then_some((&column.name, change))
        } else {
            None
        }
    });
    let holder = altered.find(|(column, change)| {
        let goes = matches!(
            change,
            ColumnChange::DropNotNull { .. } | ColumnChange::ReopenNotNull
        );
        let old = live.tables.get(&rename.table);
        let old = old.and_then(|it| it.column(column)).filter(|_| goes);
        old.is_some_and(|old| !old.nullable && old.name_of_not_null(&rename.table) == rename.to)
    });
    // One that is made again under another name gives its own up before.
    holder.is_some_and(|(holder, _)| !renames_not_null(changes, &rename.table, holder))
}

/// Tells whether a table right above one lets go of the NOT NULL of a column, which it has too.
fn is_left_above(table: &Name, column: &Ident, changes: &[Change], live: &Schema) -> bool {
    let Some(table) = live.tables.get(table) else {
        return false;
    };
    let parents: Vec<&Name> = table.parents().collect();
    !parents.is_empty()
        && changes.iter().any(|change| {
            matches!(change, Change::AlterColumn { table, column: of, change: ColumnChange::DropNotNull { .. } }
                if of.name == *column && parents.contains(&table))
        })
}

/// A part that only changes its name.
#[derive(Clone)]
struct Rename {
    part: Part,
    table: Name,
    from: Ident,
    to: Ident,
}

#[derive(Clone)]
enum Part {
    Index,
    Constraint,
    /// The NOT NULL of a column.
    NotNull(Box<Column>),
}

impl Rename {
    fn of(change: &Change) -> Option<Self> {
        if let Change::AlterColumn {
            table,
            column,
            change: ColumnChange::RenameNotNull { from, to },
        } = change
        {
            let named = |name: &Option<Ident>| {
                let mut column = column.clone();
                column.not_null_name.clone_from(name);
                column.name_of_not_null(table)
            };
            return Some(Self {
                part: Part::NotNull(Box::new(column.clone())),
                table: table.clone(),
                from: named(from),
                to: named(to),
            });
        }
        let (part, table, from, to) = if let Change::RenameIndex { table, from, to } = change {
            (Part::Index, table, from, to)
        } else if let Change::RenameConstraint { table, from, to } = change {
            (Part::Constraint, table, from, to)
        } else {
            return None;
        };
        Some(Self {
            part,
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        })
    }

    /// Tells whether it gets the name that the other one has until then: relations of a schema share
    /// them, NOT NULL and other constraints those of their table.
    fn takes_from(&self, other: &Self) -> bool {
        let relations = !matches!(
            (&self.part, &other.part),
            (Part::NotNull(_), _) | (_, Part::NotNull(_))
        );
        let near = if relations {
            self.table.schema == other.table.schema
        } else {
            self.table == other.table
        };
        near && self.to == other.from
    }

    fn change(self) -> Change {
        let Self {
            part,
            table,
            from,
            to,
        } = self;
        match part {
            Part::Index => Change::RenameIndex { table, from, to },
            Part::Constraint => Change::RenameConstraint { table, from, to },
            Part::NotNull(mut column) => {
                column.not_null_name = None;
                // The server's own name is said by none.
                let own = column.name_of_not_null(&table);
                let name = |name: Ident| Some(name).filter(|name| *name != own);
                let (from, to) = (name(from), name(to));
                column.not_null_name.clone_from(&to);
                Change::AlterColumn {
                    table,
                    column: *column,
                    change: ColumnChange::RenameNotNull { from, to },
                }
            }
        }
    }
}

/// What cannot be made because its name is taken, in the order of the changes: `(name, by what)`.
pub(super) fn clashes(live: &Schema, changes: &[Change]) -> Vec<(Name, &'static str)> {
    let mut taken: BTreeMap<Name, &'static str> = BTreeMap::new();
    for table in live.tables.values() {
        for name in table.relations(false) {
            taken.insert(name, "a part of a table");
        }
        taken.insert(table.name.clone(), "a table");
    }
    for name in live.sequences.keys() {
        taken.insert(name.clone(), "a sequence");
    }
    for other in &live.others {
        if other.kind == "view" {
            taken.insert(other.name.clone(), "a view");
        } else if other.kind == "materialized view" {
            taken.insert(other.name.clone(), "a materialized view");
        } else if other.kind == "foreign table" {
            taken.insert(other.name.clone(), "a foreign table");
        }
    }
    let mut found = Vec::new();
    // A part of an index above may be there, and is attached.
    let is_part =
        |change: &Change| matches!(change, Change::CreateIndex { index, .. } if index.inherited);
    for change in changes.iter().filter(|change| !is_part(change)) {
        for name in gone(live, change) {
            taken.remove(&name);
        }
        for name in made(change) {
            if takes_index(live, change) {
                continue;
            }
            if let Some(by) = taken.insert(name.clone(), "what is made here") {
                found.push((name, by));
            }
        }
    }
    found
}

/// Types and tables that cannot be made because the other has the name, in the order of the changes:
/// the rows of a table are a type that is called as it is.
pub(super) fn clashes_of_types(live: &Schema, changes: &[Change]) -> Vec<(Name, &'static str)> {
    let tables = live.tables.keys().map(|name| (name.clone(), "a table"));
    let types = live.types.keys().map(|name| (name.clone(), "a type"));
    let views = live.others.iter().filter_map(|other| {
        let has_rows = ["view", "materialized view", "foreign table"];
        let kind = has_rows.iter().find(|kind| other.kind == **kind)?;
        let said = match *kind {
            "view" => "a view",
            "materialized view" => "a materialized view",
            _ => "a foreign table",
        };
        Some((other.name.clone(), said))
    });
    let mut taken: BTreeMap<Name, &'static str> = tables.chain(types).chain(views).collect();
    let mut found = Vec::new();
    for change in changes {
        if let Change::ReplaceEnum { name, .. } = change
            && let aside = name.aside()
            && let Some(by) = taken.get(&aside)
        {
            found.push((aside, *by));
        }
        if let Change::DropTable {
            table: Table { name, .. },
        }
        | Change::DropType { name, .. }
        | Change::RenameTable { from: name, .. }
        | Change::RenameType { from: name, .. } = change
        {
            taken.remove(name);
        } else if let Change::DropOther { other, .. } = change {
            taken.remove(&other.name);
        }
        let (name, kind) = if let Change::CreateTable {
            table: Table { name, .. },
        }
        | Change::RenameTable { to: name, .. } = change
        {
            (name, "a table")
        } else if let Change::CreateType { name, .. } | Change::RenameType { to: name, .. } = change
        {
            (name, "a type")
        } else {
            continue;
        };
        let by = taken.insert(name.clone(), kind);
        // Of one kind they are told apart elsewhere.
        found.extend(
            by.filter(|by| (kind == "a type") != (*by == "a type"))
                .map(|by| (name.clone(), by)),
        );
    }
    found
}

/// An index that was built for a key by a run that was cut off then: the key takes it.
fn takes_index(live: &Schema, change: &Change) -> bool {
    let Change::AddConstraint { table, constraint } = change else {
        return false;
    };
    let (ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) = &constraint.kind else {
        return false;
    };
    let table = live.tables.get(table);
    let name = constraint.name.as_ref();
    table
        .zip(name)
        .is_some_and(|(table, name)| table.has_index_for(name, key))
}

fn gone_with(live: &Schema, table: &Table) -> Vec<Name> {
    let mut names = vec![table.name.clone()];
    let table = live.tables.get(&table.name).map_or(table, |it| &**it);
    names.extend(table.relations(true));
    names.extend(table.identities());
    let owned = live.sequences.iter().filter(|(_, sequence)| {
        let owner = sequence.owned_by.as_ref();
        owner.is_some_and(|(owner, _)| *owner == table.name)
    });
    names.extend(owned.map(|(name, _)| name.clone()));
    names
}

fn gone(live: &Schema, change: &Change) -> Vec<Name> {
    let part = |table: &Name, part: &Option<Ident>| {
        part.iter()
            .map(|part| table.sibling(part.clone()))
            .collect()
    };
    if let Change::DropTable { table } = change {
        gone_with(live, table)
    } else if let Change::DropSequence { name } = change {
        vec![name.clone()]
    } else if let Change::RenameTable { from, .. } | Change::RenameSequence { from, .. } = change {
        vec![from.clone()]
    } else if let Change::DropIndex { table, index } = change {
        part(table, &index.name)
    } else if let Change::DropConstraint { table, constraint } = change {
        part(table, &constraint.name)
    } else if let Change::RenameIndex { table, from, .. }
    | Change::RenameConstraint { table, from, .. } = change
    {
        vec![table.sibling(from.clone())]
    } else if let Change::DropColumn { table, column, .. } = change {
        gone_with_column(live, table, &column.name)
    } else if let Change::DropOther { other, .. } = change {
        vec![other.name.clone()]
    } else {
        Vec::new()
    }
}

fn gone_with_column(live: &Schema, table: &Name, column: &Ident) -> Vec<Name> {
    let Some(parts) = live.tables.get(table) else {
        return Vec::new();
    };
    let constraints = parts
        .constraints
        .iter()
        .filter(|part| constraint_uses(part, column))
        .filter_map(|part| part.name.clone());
    let indexes = parts
        .indexes
        .iter()
        .filter(|part| index_uses(part, column))
        .filter_map(|part| part.name.clone());
    let owned = live.sequences.iter().filter(|(_, sequence)| {
        sequence.owned_by.as_ref() == Some(&(table.clone(), column.clone()))
    });
    constraints
        .chain(indexes)
        .map(|part| table.sibling(part))
        .chain(owned.map(|(name, _)| name.clone()))
        .collect()
}

fn made(change: &Change) -> Vec<Name> {
    let part = |table: &Name, part: &Option<Ident>| {
        part.iter()
            .map(|part| table.sibling(part.clone()))
            .collect()
    };
    if let Change::CreateTable { table } = change {
        let mut names = vec![table.name.clone()];
        names.extend(table.relations(false));
        names
    } else if let Change::CreateSequence { name, .. } = change {
        vec![name.clone()]
    } else if let Change::RenameTable { to, .. } | Change::RenameSequence { to, .. } = change {
        vec![to.clone()]
    } else if let Change::CreateIndex { table, index } = change {
        part(table, &index.name)
    } else if let Change::AddConstraint { table, constraint } = change
        && constraint.has_index()
    {
        part(table, &constraint.name)
    } else if let Change::RenameIndex { table, to, .. } = change {
        vec![table.sibling(to.clone())]
    } else {
        Vec::new()
    }
}
