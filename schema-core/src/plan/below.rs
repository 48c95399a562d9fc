//! Tables below others whose turn depends on those above.

use std::collections::BTreeSet;

use crate::change::{Change, ColumnChange, descendants, lent_keys, lineage};
use crate::schema::{Column, Ident, Name, Schema};

/// Partitions whose turn depends on their parents.
pub(super) struct Partitions {
    /// Made below a table that is there, partitions or not.
    pub(super) added: BTreeSet<Name>,
    /// Tables that get partitions, and tables that become ones: both have the columns that stay.
    pub(super) filled: BTreeSet<Name>,
    /// Detached and attached again to the same table.
    pub(super) moved: BTreeSet<Name>,
    /// Detached, and attached again as they were.
    pub(super) stepping: BTreeSet<Name>,
    /// Keys of those, and the indexes above that they are part of.
    pub(super) meanwhile: BTreeSet<(Name, Ident)>,
    /// Detached: what they had from their parent is theirs from then on.
    pub(super) left: BTreeSet<Name>,
    /// The tables above those: what they let go of may stay with those.
    pub(super) deserted: BTreeSet<Name>,
    /// Columns that tables say themselves, and get from above too: of one type by then.
    pub(super) merged: BTreeSet<(Name, Ident)>,
    /// Columns whose NOT NULL has another name than the one that comes from above: it is there first.
    pub(super) named: BTreeSet<(Name, Ident)>,
    /// Columns that get a NOT NULL: one that they let go of comes again.
    pub(super) demanded: BTreeSet<(Name, Ident)>,
}

impl Partitions {
    pub(super) fn new(changes: &[Change], live: &Schema, desired: &Schema) -> Self {
        let mut added = BTreeSet::new();
        let (mut moved, mut filled) = (BTreeSet::new(), BTreeSet::new());
        let mut stepping = BTreeSet::new();
        // One may come before the new partition that it is a part of.
        let mut before = None;
        while before != Some(added.len()) {
            before = Some(added.len());
            for change in changes {
                let Change::CreateTable { table } = change else {
                    continue;
                };
                for parent in table.parents() {
                    if live.tables.contains_key(parent) || added.contains(parent) {
                        filled.insert(parent.clone());
                        added.insert(table.name.clone());
                    }
                }
            }
        }
        for change in changes {
            if let Change::AttachPartition { table, partition } = change {
                let before = (live.tables.get(table)).and_then(|table| table.partition_of.as_ref());
                if before == Some(partition) {
                    stepping.insert(table.clone());
                } else if before.is_some_and(|before| before.parent == partition.parent) {
                    moved.insert(table.clone());
                } else {
                    filled.extend([partition.parent.clone(), table.clone()]);
                }
            }
        }
        let detached = changes.iter().filter_map(|change| {
            if let Change::DetachPartition { table, .. } = change {
                Some(table.clone())
            } else {
                None
            }
        });
        let stays = |table: &Name| moved.contains(table) || stepping.contains(table);
        let left: BTreeSet<Name> = detached.filter(|table| !stays(table)).collect();
        let above = left.iter().flat_map(|table| lineage(live, table).skip(1));
        let deserted = above.cloned().collect();
        let merged = changes.iter().flat_map(|change| {
            let Change::AddColumn { table, column, .. } = change else {
                return Vec::new();
            };
            let below = descendants(desired, table).into_iter();
            below.map(|heir| (heir, column.name.clone())).collect()
        });
        let merged = merged.collect();
        let demanded = changes.iter().filter_map(|change| {
            if let Change::AlterColumn {
                table,
                column,
                change: ColumnChange::SetNotNull { .. },
            } = change
            {
                Some((table, column))
            } else {
                None
            }
        });
        let named = demanded.clone().filter(|(table, column)| {
            let above = |parent: &Name| {
                let after = desired.tables.get(parent)?.column(&column.name)?;
                (!after.nullable).then(|| after.name_of_not_null(parent))
            };
            let own = column.name_of_not_null(table);
            let mut parents = (desired.tables.get(*table).into_iter()).flat_map(|it| it.parents());
            parents.any(|parent| above(parent).is_some_and(|name| name != own))
        });
        let at = |(table, column): (&Name, &Column)| (table.clone(), column.name.clone());
        let named = named.map(at).collect();
        let demanded = demanded.map(at).collect();
        let meanwhile = lent_parts(&stepping, live);
        Self {
            added,
            filled,
            moved,
            stepping,
            meanwhile,
            left,
            deserted,
            merged,
            named,
            demanded,
        }
    }

    pub(super) fn drops_meanwhile(&self, table: &Name, part: Option<&Ident>) -> bool {
        part.is_some_and(|part| self.meanwhile.contains(&(table.clone(), part.clone())))
    }
}

/// The keys of partitions that are their parts of unique indexes above, and these indexes.
fn lent_parts(partitions: &BTreeSet<Name>, live: &Schema) -> BTreeSet<(Name, Ident)> {
    let mut parts = BTreeSet::new();
    for name in partitions {
        let above = lineage(live, name).skip(1);
        for table in above.filter_map(|above| live.tables.get(above)) {
            for index in table.indexes.iter().filter(|index| index.unique) {
                let keys = live.tables.get(name).map(|it| lent_keys(it, index));
                for key in keys.into_iter().flatten() {
                    let names = [(&table.name, &index.name), (name, &key.name)];
                    let names = names.into_iter();
                    parts.extend(names.filter_map(|(of, part)| Some((of.clone(), part.clone()?))));
                }
            }
        }
    }
    parts
}
