//! Indexes of partitioned tables that some partitions have no part of (ON ONLY): they are made of the
//! table alone, and then the parts that are to be there, each of its partition.

use super::index::{index_details, make_index_anew};
use super::settle::same_index;
use super::{Diff, Refusal, Sides};
use crate::change::{Change, children, descendants, index_uses, is_of_a_model};
use crate::schema::{Column, Ident, Index, Name, Schema, Table};

/// Sees to an index that the desired database has, and that is not complete there; tells which one of
/// the live table it is. Elsewhere than above partitions a build was cut off, and there is nothing to
/// be the same as.
pub(super) fn incomplete(
    sides: &Sides<'_>,
    live: Option<&Table>,
    desired: &Table,
    index: &Index,
    out: &mut Diff,
) -> Option<usize> {
    let name = &desired.name;
    desired.partition_by.as_ref()?;
    let indexes = || live.into_iter().flat_map(|table| &table.indexes);
    let at = indexes().position(|other| !other.inherited && other.name == index.name);
    let twin = at.and_then(|at| indexes().nth(at));
    // A model does not say which parts there are.
    if is_of_a_model(sides.desired, name)
        && let Some(twin) = twin.filter(|twin| twin.invalid && same_index(twin, index))
    {
        index_details(name, twin, index, out);
        return at;
    }
    if !stays_incomplete(sides, name, index) {
        out.refusals.push(Refusal::new(
            format!(
                "index {}",
                name.sibling(index.name.clone().unwrap_or_default())
            ),
            "is not complete in the desired database, and would be: each partition has its part, or a build was cut off there",
            "complete it there (ALTER INDEX .. ATTACH PARTITION, REINDEX), or drop it",
        ));
        return None;
    }
    let same = twin.is_some_and(|twin| {
        twin.invalid
            && same_index(twin, index)
            && (&twin.with, &twin.statistics) == (&index.with, &index.statistics)
            && only_lacks_parts(sides, name, index)
            && !live.is_some_and(|live| is_retyped(live, desired, index))
    });
    match twin {
        Some(twin) if same => index_details(name, twin, index, out),
        Some(twin) => make_index_anew(name, twin, index, out),
        None => out.changes.push(Change::CreateIndex {
            table: name.clone(),
            index: index.clone(),
        }),
    }
    let whole = Whole {
        top: index.name.as_ref(),
        stays: same,
    };
    whole.make_parts(sides, name, out);
    at
}

/// An index and its parts.
struct Whole<'a> {
    top: Option<&'a Ident>,
    /// It is there, with parts.
    stays: bool,
}

impl Whole<'_> {
    /// Makes the parts that partitions right below a table are to have, and further down where one
    /// of those is not complete either: else the server makes them.
    fn make_parts(&self, sides: &Sides<'_>, table: &Name, out: &mut Diff) {
        for child in children(sides.desired, table) {
            let Some(part) = part(sides.desired, &child, self.top) else {
                continue;
            };
            let there = part_of_live(sides, &child, self.top) || joins(sides, &child);
            if !(self.stays && there) {
                out.changes.push(Change::CreateIndex {
                    table: child.clone(),
                    index: part.clone(),
                });
            }
            if part.invalid {
                self.make_parts(sides, &child, out);
            }
        }
    }
}

/// Returns the part that a partition has of an index above.
fn part<'a>(schema: &'a Schema, table: &Name, top: Option<&Ident>) -> Option<&'a Index> {
    let mut indexes = schema.tables.get(table)?.indexes.iter();
    indexes.find(|index| index.inherited && index.part_of.as_ref() == top)
}

fn part_of_live(sides: &Sides<'_>, table: &Name, top: Option<&Ident>) -> bool {
    part(sides.live, table, top).is_some()
}

/// Tells whether a table is made as a partition, or becomes that of another table: the server gives
/// it a part of each index that is there.
fn joins(sides: &Sides<'_>, table: &Name) -> bool {
    let parent = |schema: &Schema| {
        let table = schema.tables.get(table)?;
        table.partition_of.as_ref().map(|it| it.parent.clone())
    };
    parent(sides.live) != parent(sides.desired)
}

/// Tells whether the server leaves an index incomplete with the parts that it is to have.
fn stays_incomplete(sides: &Sides<'_>, table: &Name, index: &Index) -> bool {
    let top = index.name.as_ref();
    let lacks = |table: &Name| {
        let below = children(sides.desired, table);
        let is_whole = |child: &Name| part(sides.desired, child, top).is_some_and(|it| !it.invalid);
        below.is_empty() || !below.iter().all(is_whole)
    };
    let cut_off = |below: &Name| {
        let partitioned = sides.desired.tables[below].partition_by.is_some();
        part(sides.desired, below, top).is_some_and(|it| it.invalid)
            && !(partitioned && lacks(below))
    };
    lacks(table) && !descendants(sides.desired, table).iter().any(cut_off)
}

/// Tells whether a column of an index changes its type: the server would make all of it anew.
fn is_retyped(live: &Table, desired: &Table, index: &Index) -> bool {
    let retyped = |column: &Column| {
        let after = desired.column(&column.name);
        after.is_some_and(|after| after.ty != column.ty)
    };
    let mut columns = live.columns.iter().filter(|it| retyped(it));
    columns.any(|column| index_uses(index, &column.name))
}

/// Tells whether the parts that an index has, or gets with new partitions, are to be there: none goes
/// without it.
fn only_lacks_parts(sides: &Sides<'_>, table: &Name, index: &Index) -> bool {
    let top = index.name.as_ref();
    let after = |below: &Name| part(sides.desired, below, top).map(|it| it.invalid);
    let mut before = descendants(sides.live, table).into_iter();
    let stays = before.all(|below| {
        let before = part(sides.live, &below, top).map(|it| it.invalid);
        before.is_none() || before == after(&below) || !sides.desired.tables.contains_key(&below)
    });
    let mut come = (descendants(sides.desired, table).into_iter()).filter(|it| joins(sides, it));
    stays && come.all(|below| after(&below) == Some(false))
}
