//! What is known of a table while its statements are written: how large it is, and which parts are
//! there when it comes to them.

use super::{Draft, Writer, bytes};
use crate::change::{Change, children, lineage};
use crate::dialect::postgres::form::Form;
use crate::facts::{Known, Size};
use crate::schema::{Constraint, Ident, Index, Name, Quoted};
use crate::step::Statement;
use crate::wording::thousands;

impl Writer<'_> {
    /// A table that was there before this plan and is not small: others may be at work on it. Where
    /// one is made anew, they wait for its transaction in any case.
    pub(super) fn busy(&self, table: &Name) -> bool {
        let old = self.was.get(table).unwrap_or(table);
        let waited_for = self.anew.together.get() && self.anew.around.contains(table);
        if !self.live.tables.contains_key(old) || waited_for {
            return false;
        }
        self.is_large(table)
    }

    /// Tells whether a table is large, or may be.
    pub(super) fn is_large(&self, table: &Name) -> bool {
        let size = self.size(table);
        let (rows, bytes) = (self.options.small_rows, self.options.small_bytes);
        size.rows > rows || size.bytes > bytes || size.known == Known::Not
    }

    /// Tells whether views and the like hold on to a key of a table, or of a partition of it: they are
    /// away until it is made, which then is one transaction.
    pub(super) fn key_is_held(&self, table: &Name) -> bool {
        self.changes.iter().any(|change| {
            if let Change::DropOther { other, .. } = change {
                let mut tables = other.depends_on_keys.iter().map(|(table, _)| table);
                tables.any(|keyed| {
                    lineage(self.live, keyed).any(|name| name == table)
                        || lineage(self.desired, keyed).any(|name| name == table)
                })
            } else {
                false
            }
        })
    }

    /// The size, with that of its partitions.
    pub(super) fn size(&self, table: &Name) -> Size {
        let old = self.was.get(table).unwrap_or(table);
        let own = self.facts.size(old);
        let mut size = own;
        for child in children(self.live, old) {
            let below = self.size(&child);
            size.rows += below.rows;
            size.bytes += below.bytes;
            size.known = size.known.max(below.known);
        }
        // The server's estimate of a partitioned table counts its partitions.
        if self.facts.partitions.contains_key(old) {
            size.rows = size.rows.saturating_sub(own.rows).max(own.rows);
        }
        size
    }

    /// Tells whether rows of a table are values of a column, or parts of such.
    pub(super) fn is_a_type(&self, table: &Name) -> bool {
        let types = self.types_said.get_or_init(|| self.live.types_said());
        types.contains(table)
    }

    /// Returns the name that a live table has once tables are renamed.
    pub(super) fn called_now(&self, live: Name) -> Name {
        let renamed = self.was.iter().find(|(_, from)| **from == live);
        renamed.map_or(live, |(to, _)| to.clone())
    }

    /// Tells whether a partition leaves its parent in this plan.
    pub(super) fn is_detached(&self, partition: &Name) -> bool {
        let mut changes = self.changes_of(partition);
        changes.any(|(_, change)| matches!(change, Change::DetachPartition { .. }))
    }

    /// Gives a type or a column that is made anew to those who had it.
    pub(super) fn give_back(&self, out: &mut Draft, name: &Name, column: Option<&Ident>) {
        let had = self.facts.privileges.get(&(name.clone(), column.cloned()));
        for sql in had.into_iter().flatten() {
            out.push(Form::Privileges.sql(sql));
        }
    }

    /// Returns what makes a sequence that of the table's owner: the server lets a column have no
    /// other. `there` says that it was there before this plan.
    pub(super) fn owner_for(
        &self,
        sequence: &Name,
        there: bool,
        table: &Name,
    ) -> Option<Statement> {
        let table = self.was.get(table).unwrap_or(table);
        let own = self.facts.owners.get(sequence).filter(|_| there);
        let wanted = self.facts.owners.get(table);
        let owner = wanted.map_or("CURRENT_USER".to_owned(), |owner| Quoted(owner).to_string());
        (own != wanted).then(|| {
            Form::AlterSequence.sql(format!(
                "ALTER SEQUENCE {} OWNER TO {owner}",
                Quoted(sequence)
            ))
        })
    }

    /// How much there is to read.
    pub(super) fn to_read(&self, table: &Name) -> String {
        let size = self.size(table);
        match size.known {
            Known::Counted | Known::Guessed => format!("{} to read", bytes(size.bytes)),
            Known::Not => "size not known".into(),
        }
    }

    pub(super) fn figures(&self, table: &Name) -> String {
        let size = self.size(table);
        match size.known {
            Known::Counted => format!("~{} rows, {}", thousands(size.rows), bytes(size.bytes)),
            Known::Guessed => format!("{}, never analysed", bytes(size.bytes)),
            Known::Not => "size not known".into(),
        }
    }

    pub(super) fn partitioned(&self, table: &Name) -> bool {
        self.desired
            .tables
            .get(table)
            .is_some_and(|table| table.partition_by.is_some())
    }

    /// The constraints that are there while columns are altered: those that this plan neither
    /// adds nor drops.
    pub(super) fn constraints_now(&self, table: &Name) -> Vec<&Constraint> {
        let old = self.was.get(table).unwrap_or(table);
        let desired = self.desired.tables.get(table);
        let live = self.live.tables.get(old);
        let mut now: Vec<&Constraint> = Vec::new();
        for constraint in desired
            .into_iter()
            .chain(live)
            .flat_map(|table| &table.constraints)
        {
            let known = now.iter().any(|other| other.name == constraint.name);
            if !known && !self.changes_constraint(table, constraint.name.as_ref()) {
                now.push(constraint);
            }
        }
        now
    }

    /// The indexes that are there while columns are altered.
    pub(super) fn indexes_now(&self, table: &Name) -> Vec<&Index> {
        let old = self.was.get(table).unwrap_or(table);
        let desired = self.desired.tables.get(table);
        let live = self.live.tables.get(old);
        let mut now: Vec<&Index> = Vec::new();
        for index in desired
            .into_iter()
            .chain(live)
            .flat_map(|table| &table.indexes)
        {
            let known = now.iter().any(|other| other.name == index.name);
            if !known && !self.changes_index(table, index.name.as_ref()) {
                now.push(index);
            }
        }
        now
    }

    /// Tells whether a model has this constraint.
    pub(super) fn is_desired(&self, table: &Name, constraint: &Constraint) -> bool {
        self.desired
            .tables
            .get(table)
            .is_some_and(|table| table.constraints.contains(constraint))
    }

    fn changes_constraint(&self, table: &Name, name: Option<&Ident>) -> bool {
        self.changes_of(table).any(|(_, change)| {
            if let Change::AddConstraint { constraint, .. }
            | Change::DropConstraint { constraint, .. } = change
            {
                constraint.name.as_ref() == name
            } else if let Change::RenameConstraint { from, .. } = change {
                Some(from) == name
            } else {
                false
            }
        })
    }

    fn changes_index(&self, table: &Name, name: Option<&Ident>) -> bool {
        self.changes_of(table).any(|(_, change)| {
            if let Change::CreateIndex { index, .. } | Change::DropIndex { index, .. } = change {
                index.name.as_ref() == name
            } else if let Change::RenameIndex { from, .. } = change {
                Some(from) == name
            } else {
                false
            }
        })
    }
}
