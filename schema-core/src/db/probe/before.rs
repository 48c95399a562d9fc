//! What is there by its names from before the plan.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, descendants, replay};
use crate::plan::Plan;
use crate::schema::{Ident, Name, Quoted, Schema, quote_literal};

/// Names as they are before the plan's renames.
pub(super) struct Before<'a> {
    pub(super) live: &'a Schema,
    /// The schema after the plan.
    pub(super) after: Schema,
    pub(super) tables: BTreeMap<Name, Name>,
    pub(super) columns: BTreeMap<(Name, Ident), Ident>,
    pub(super) sequences: BTreeMap<Name, Name>,
    /// Types that other ones take the place of, or that change.
    pub(super) replaced: BTreeSet<Name>,
    /// Types by the names under which they step aside.
    pub(super) aside: BTreeMap<Name, Name>,
}

impl<'a> Before<'a> {
    pub(super) fn new(live: &'a Schema, plan: &Plan) -> Self {
        let mut before = Self {
            live,
            // One that cannot be performed is refused as it is.
            after: replay(live.clone(), &plan.changes).unwrap_or_default(),
            tables: BTreeMap::new(),
            columns: BTreeMap::new(),
            sequences: BTreeMap::new(),
            replaced: BTreeSet::new(),
            aside: BTreeMap::new(),
        };
        for change in &plan.changes {
            if let Change::RenameType { from, to, .. } = change {
                before.replaced.insert(from.clone());
                before.aside.insert(to.clone(), from.clone());
            } else if let Change::ReplaceEnum { name, .. }
            | Change::DropType { name, .. }
            | Change::AlterComposite { name, .. } = change
            {
                before.replaced.insert(name.clone());
            }
            if let Change::RenameTable { from, to } = change {
                before.tables.insert(to.clone(), from.clone());
            } else if let Change::RenameSequence { from, to } = change {
                before.sequences.insert(to.clone(), from.clone());
            } else if let Change::RenameColumn { table, from, to } = change {
                before
                    .columns
                    .insert((table.clone(), to.clone()), from.clone());
            }
        }
        before
    }

    pub(super) fn table(&self, name: &Name) -> Option<Name> {
        let name = self.tables.get(name).unwrap_or(name);
        self.live.tables.contains_key(name).then(|| name.clone())
    }

    pub(super) fn column(&self, table: &Name, column: &Ident) -> Option<Ident> {
        let old = self
            .columns
            .get(&(table.clone(), column.clone()))
            .unwrap_or(column);
        let table = self.table(table)?;
        self.live
            .tables
            .get(&table)?
            .column(old)
            .map(|column| column.name.clone())
    }

    /// Says a table and those below it as SQL, for a list of `oid` or `regclass`.
    pub(super) fn with_those_below(&self, table: &Name) -> String {
        let below = descendants(self.live, table);
        let all: Vec<String> = (std::iter::once(table).chain(&below))
            .map(|it| format!("{}::regclass", quote_literal(&Quoted(it).to_string())))
            .collect();
        all.join(", ")
    }

    pub(super) fn renames_columns(&self, table: &Name) -> bool {
        self.columns.keys().any(|(owner, _)| owner == table)
    }
}
