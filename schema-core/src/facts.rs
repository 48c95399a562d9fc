//! What a plan needs to know of a live database besides its schema: version, sizes.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{Ident, Name};

/// Facts about a live database; none of them is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The server's version as a number: PostgreSQL 160004, SQLite 3054001; 0 when not known.
    pub version: u32,
    /// PostgreSQL: how many locks the server has room for in all; `None` when not known.
    pub locks: Option<usize>,
    /// Estimated sizes of tables.
    pub sizes: BTreeMap<Name, Size>,
    /// PostgreSQL: how many partitions a table has, those that are not looked at too.
    pub partitions: BTreeMap<Name, usize>,
    /// Tables that are there and not looked at.
    pub out_of_scope: BTreeSet<Name>,
    /// PostgreSQL: whose tables and sequences are that are not the one's who reads.
    pub owners: BTreeMap<Name, Ident>,
    /// PostgreSQL: the statements that give a type, a partitioned table, or a column of a table, that
    /// is made anew its owner and the rights that others have on it.
    pub privileges: BTreeMap<(Name, Option<Ident>), Vec<String>>,
    /// SQLite: the text of each table, index, trigger and view, by name, as `sqlite_schema` has it.
    pub texts: BTreeMap<String, String>,
    /// SQLite: words in the text of a table that no schema holds, and that a rebuild loses.
    pub unsaid: BTreeMap<Name, BTreeSet<String>>,
    /// Notes of introspection for the reader: what was seen and cannot be said.
    pub notes: Vec<String>,
}

/// How large a table is, by the server's estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Rows.
    pub rows: u64,
    /// Bytes on disk, without indexes.
    pub bytes: u64,
    /// What the figures are worth.
    pub known: Known,
}

/// What is known of the size of a table. Of several parts, the one that is known least counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// The server has counted.
    #[default]
    Counted,
    /// The rows are guessed from the bytes: no ANALYZE has looked at it.
    Guessed,
    /// Nothing, until a plan that is about it asks.
    Not,
}

impl Facts {
    /// Returns the estimated size of a table; nothing for one that is not known.
    pub fn size(&self, table: &Name) -> Size {
        self.sizes.get(table).copied().unwrap_or_default()
    }
}
