//! A database schema as plain values: what models say, what a database has, what a snapshot holds.
//!
//! Everything here is data without behaviour of a database: ordered maps, references by name, SQL
//! text as text. Equality of two *normalized* schemas is the definition of "in sync".

pub mod bookkeeping;
mod data_type;
mod name;
mod parameters;
mod piece;
mod quote;
mod shared;
mod table;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use data_type::DataType;
pub use name::{Ident, Name, object_name};
pub(crate) use name::{clip, own_not_null, sequence_name, temporary};
pub use parameters::Parameters;
pub(crate) use quote::renamed_value;
pub use quote::{Family, Literal, Quoted, quote_literal};
pub use shared::Shared;
pub use table::{
    Action, Column, Constraint, ConstraintKind, Exclude, ExcludeElement, ForeignKey, Generated,
    GeneratedKind, Identity, Index, IndexKey, IndexPart, Key, Match, PartitionBy, PartitionOf,
    ReplicaIdentity, SequenceOptions, Table, TableOptions,
};
pub(crate) use types::own_multirange;
pub use types::{
    Composite, CompositeField, Domain, DomainCheck, EnumType, Range, Sequence, Statistics, UserType,
};

/// SQL text of an expression, without the parentheses around it that its place may need.
///
/// Two are equal when their normalized texts are. What a server printed is kept besides, and is
/// what statements say: normalization leaves out casts that a database may want to see again. What a
/// person wrote is kept for the same reason, until a server has printed it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Expr {
    text: String,
    printed: Option<String>,
    written: Option<String>,
}

impl Expr {
    /// Makes an expression of SQL text that a person wrote.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            text: sql.into(),
            printed: None,
            written: None,
        }
    }

    /// Makes an expression of SQL text as a server printed it, with all names in full.
    pub fn printed(sql: impl Into<String>) -> Self {
        let text = sql.into();
        Self {
            printed: Some(text.clone()),
            text,
            written: None,
        }
    }

    /// Returns the same expression with another text to be compared by.
    #[must_use]
    pub fn normalized(&self, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            printed: self.printed.clone(),
            written: Some(self.written().to_owned()),
        }
    }

    /// Returns the text that it is compared by.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the text for statements: as a server printed it, if one did.
    pub fn sql(&self) -> &str {
        self.printed.as_deref().unwrap_or(&self.text)
    }

    /// Tells whether a server reads in it that numbers are taken from a sequence.
    pub(crate) fn takes_from(&self, sequence: &Name) -> bool {
        let quoted = quote_literal(&Quoted(sequence).to_string());
        self.sql().contains(&quoted)
    }

    /// Returns the text before it was normalized: what a server is asked to print.
    pub fn written(&self) -> &str {
        self.written.as_deref().unwrap_or(self.sql())
    }

    /// Tells whether a server printed it.
    pub fn is_printed(&self) -> bool {
        self.printed.is_some()
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expr {}

impl PartialOrd for Expr {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Expr {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl From<String> for Expr {
    /// Reads an expression of a snapshot, which a server printed once.
    fn from(sql: String) -> Self {
        Self::printed(sql)
    }
}

impl From<Expr> for String {
    fn from(expr: Expr) -> Self {
        expr.printed.unwrap_or(expr.text)
    }
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sql())
    }
}

/// Everything that is compared, planned and applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// Schemas (PostgreSQL) by name; empty where the database has none (SQLite).
    pub namespaces: BTreeMap<Ident, Namespace>,
    /// Extensions by name (PostgreSQL).
    pub extensions: BTreeMap<Ident, Extension>,
    /// Enums, domains, composite and range types.
    pub types: BTreeMap<Name, UserType>,
    /// Sequences, but for those inside an identity column.
    pub sequences: BTreeMap<Name, Sequence>,
    /// Tables, partitions included.
    pub tables: BTreeMap<Name, Shared<Table>>,
    /// Extended statistics (PostgreSQL).
    pub statistics: BTreeMap<Name, Statistics>,
    /// Objects that are not managed, but may depend on managed ones: views, functions, triggers ...
    pub others: Vec<Other>,
    /// What a model says besides the schema: renames, backfills. Empty for a live database.
    pub hints: Hints,
    /// It is read from a server whose NOT NULL has neither a name nor a comment (PostgreSQL before 18).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not_nulls_unnamed: bool,
}

impl Schema {
    /// Returns the names that relations and types have: tables, their indexes and sequences, and what
    /// is not managed.
    pub(crate) fn names(&self) -> BTreeSet<Name> {
        let mut names: BTreeSet<Name> = (self.tables.values())
            .flat_map(|table| table.relations(true).into_iter().chain(table.identities()))
            .collect();
        names.extend(self.tables.keys().chain(self.sequences.keys()).cloned());
        names.extend(self.types.keys().cloned());
        names.extend(self.others.iter().map(|other| other.name.clone()));
        names
    }
}

#[cfg(feature = "postgres")]
impl Schema {
    /// Keeps the tables of `other` that are the same, and not ones of its own: less memory, and
    /// quickly found to be equal.
    pub(crate) fn share(&mut self, other: &Self) {
        let typed_alike = self.types == other.types;
        let altered: Vec<String> = (self.types.iter())
            .filter(|(name, ty)| other.types.get(*name) != Some(ty))
            .map(|(name, _)| name.name.to_string())
            .collect();
        // What a server prints of an expression goes by the types, and is told where one is made anew.
        let says_one = |expr: &Expr| altered.iter().any(|name| expr.sql().contains(name));
        let own = |table: &Table| {
            let mut columns = table.columns.iter();
            columns.all(|column| column.ty.user().is_none()) && !table.exprs().any(says_one)
        };
        for (name, table) in &mut self.tables {
            if !typed_alike && !own(table) {
                continue;
            }
            if let Some(same) = other.tables.get(name) {
                table.share(same);
            }
        }
    }
}

/// A schema in the sense of PostgreSQL: a namespace of tables and types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Namespace {
    /// The comment on it.
    pub comment: Option<String>,
}

/// An installed extension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extension {
    /// The schema that its objects are in; `None` leaves it to the server.
    pub schema: Option<Ident>,
    /// The version; `None` when it does not matter.
    pub version: Option<String>,
    /// The comment on it, when it is not the extension's own; empty where that was taken off.
    pub comment: Option<String>,
}

/// Something in the database that no model can say: known, reported, never lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Other {
    /// The kind, for the reader: `view`, `materialized view`, `function`, `trigger`, `policy`, `rule`.
    pub kind: String,
    /// The name; for a trigger or policy, that of its table is in `table`.
    pub name: Name,
    /// The signature of a function, or empty.
    pub signature: String,
    /// The table that it belongs to (trigger, policy, rule).
    pub table: Option<Name>,
    /// The statements that make it again: its definition, owner, grants, comments, indexes. None for
    /// what is never dropped and made again for a change: a foreign table, an operator.
    pub create: Vec<String>,
    /// The statement that drops it.
    pub drop: String,
    /// The columns (with `Some`) or whole tables and types (with `None`) that it depends on.
    pub depends_on: BTreeSet<(Name, Option<Ident>)>,
    /// The keys that it depends on, by table and name: of a GROUP BY, or ON CONFLICT ON CONSTRAINT.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub depends_on_keys: BTreeSet<(Name, Ident)>,
    /// The names of other unmanaged objects that it depends on.
    pub depends_on_others: BTreeSet<Name>,
}

impl Other {
    /// Tells whether both are one object, maybe defined otherwise.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (&self.kind, &self.name, &self.signature, &self.table)
            == (&other.kind, &other.name, &other.signature, &other.table)
    }

    /// Names it with its kind, for the reader: `view v`, `function f(integer)`, `policy p on t`.
    pub fn title(&self) -> String {
        match (&self.table, self.kind.as_str()) {
            (Some(table), kind) => format!("{kind} {} on {table}", self.name.name),
            (None, kind @ ("function" | "procedure" | "aggregate")) => {
                format!("{kind} {}({})", self.name, self.signature)
            }
            (None, kind) => format!("{kind} {}", self.name),
        }
    }
}

/// What models say beyond the schema: how to get there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// `renamed_from` on tables: new name to old name.
    pub renamed_tables: BTreeMap<Name, Ident>,
    /// `renamed_from` on columns: table (new name) and new column to old column.
    #[serde(with = "pairs")]
    pub renamed_columns: BTreeMap<(Name, Ident), Ident>,
    /// `renamed_from` on types: new name to old name.
    pub renamed_types: BTreeMap<Name, Ident>,
    /// `renamed_from` on variants: type and new label to old label.
    #[serde(with = "pairs")]
    pub renamed_labels: BTreeMap<(Name, String), String>,
    /// `renamed_from` on variants of an enum that is text: the column, and old and new values.
    #[serde(with = "pairs")]
    pub renamed_values: BTreeMap<(Name, Ident), Vec<(String, String)>>,
    /// `backfill`: the value for existing rows.
    #[serde(with = "pairs")]
    pub backfills: BTreeMap<(Name, Ident), Expr>,
    /// `using`: how existing values become the new type.
    #[serde(with = "pairs")]
    pub usings: BTreeMap<(Name, Ident), Expr>,
    /// Where a table was written: `src/models.rs:12`.
    pub sources: BTreeMap<Name, String>,
    /// Where a column was written: the model and its field, `Order.total`.
    #[serde(with = "pairs")]
    pub fields: BTreeMap<(Name, Ident), String>,
    /// What a model says and this family cannot have: what becomes of it, and the object.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lacks: BTreeMap<Name, Vec<(String, String)>>,
    /// Tables with `managed = false`: known to references, never touched.
    pub unmanaged: BTreeSet<Name>,
}

/// Maps with a pair as key, as a list of entries: JSON has only strings as keys.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}
