//! Tables and what belongs to them: columns, constraints, indexes, partitions, storage.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{DataType, Expr, Ident, Name, Parameters, own_not_null, sequence_name};

/// A table, a partitioned table, or a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// The columns in the order of creation; the order is no difference.
    pub columns: Vec<Column>,
    /// Keys, checks, foreign keys, exclusions.
    pub constraints: Vec<Constraint>,
    /// Indexes, but for those that are a constraint's.
    pub indexes: Vec<Index>,
    /// The comment on it.
    pub comment: Option<String>,
    /// How it is stored.
    pub options: TableOptions,
    /// How its rows are spread, when it is partitioned.
    pub partition_by: Option<PartitionBy>,
    /// Whose partition it is.
    pub partition_of: Option<PartitionOf>,
    /// Tables that it inherits from, other than as a partition.
    pub inherits: Vec<Name>,
    /// The composite type that its columns are the fields of: `CREATE TABLE .. OF`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_type: Option<Name>,
}

impl Table {
    /// Returns the column of this name.
    pub fn column(&self, name: &Ident) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == *name)
    }

    /// Returns the primary key.
    pub fn primary_key(&self) -> Option<&Key> {
        self.constraints
            .iter()
            .find_map(|constraint| match &constraint.kind {
                ConstraintKind::PrimaryKey(key) => Some(key),
                ConstraintKind::Unique(_)
                | ConstraintKind::Check { .. }
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Exclude(_) => None,
            })
    }
}

/// Storage of a table; what is `None`, `false` or empty is the server's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableOptions {
    /// Not written to the log: lost after a crash (PostgreSQL).
    pub unlogged: bool,
    /// Storage parameters such as `fillfactor`; those of its TOAST table begin with `toast.`.
    pub with: Parameters,
    /// What the log holds of an old row.
    pub replica_identity: ReplicaIdentity,
    /// Row-level security is on.
    pub row_security: bool,
    /// Row-level security applies to the owner too.
    pub row_security_forced: bool,
    /// The tablespace.
    pub tablespace: Option<Ident>,
    /// The access method, when it is not the default `heap`.
    pub access_method: Option<Ident>,
    /// The index that CLUSTER used.
    pub clustered_on: Option<Ident>,
    /// `STRICT` (SQLite).
    pub strict: bool,
    /// `WITHOUT ROWID` (SQLite).
    pub without_rowid: bool,
}

/// What the log holds of an old row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplicaIdentity {
    /// The primary key.
    #[default]
    Default,
    /// The whole row.
    Full,
    /// Nothing.
    Nothing,
    /// The columns of this unique index.
    Index(Ident),
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: DataType,
    /// It may be NULL.
    pub nullable: bool,
    /// NOT NULL holds for new rows alone: a NOT VALID not-null constraint (PostgreSQL 18). Always
    /// `false` in a model; a live column with it needs a VALIDATE.
    pub not_null_unvalidated: bool,
    /// The name of the NOT NULL constraint when it is not the server's own (PostgreSQL 18).
    pub not_null_name: Option<Ident>,
    /// Tables that inherit do not have the NOT NULL (PostgreSQL 18).
    pub not_null_no_inherit: bool,
    /// The NOT NULL comes from a table that this one inherits from, and is its own besides, or not
    /// (PostgreSQL 18). `None` where none comes from there, where a model does not say, and for a
    /// partition that has none of its own.
    pub not_null_local: Option<bool>,
    /// The comment on the NOT NULL constraint (PostgreSQL 18).
    pub not_null_comment: Option<String>,
    /// The default.
    pub default: Option<Expr>,
    /// It numbers itself.
    pub identity: Option<Box<Identity>>,
    /// It is computed from others.
    pub generated: Option<Box<Generated>>,
    /// The collation, when it is not the type's own.
    pub collation: Option<Name>,
    /// How it is stored (`plain`, `external`, `extended`, `main`), when not as its type is.
    pub storage: Option<String>,
    /// The compression (`pglz`, `lz4`), when it is not the server's.
    pub compression: Option<String>,
    /// The statistics target, when it is not the server's.
    pub statistics: Option<i32>,
    /// Attribute options such as `n_distinct`.
    pub options: Parameters,
    /// The comment on it.
    pub comment: Option<String>,
    /// It comes from the table that this is a partition of (or inherits from), and goes with it.
    pub inherited: bool,
}

impl Column {
    /// Returns the name of its NOT NULL constraint (PostgreSQL 18).
    pub fn name_of_not_null(&self, table: &Name) -> Ident {
        let own = || own_not_null(table, &self.name);
        self.not_null_name.clone().unwrap_or_else(own)
    }
}

impl Column {
    /// Tells whether its default takes numbers from a sequence.
    pub(crate) fn takes_from(&self, sequence: &Name) -> bool {
        let default = self.default.as_ref();
        default.is_some_and(|default| default.takes_from(sequence))
    }
}

/// A column that numbers itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// `GENERATED ALWAYS`, not `BY DEFAULT`. On SQLite: AUTOINCREMENT.
    pub always: bool,
    /// The options of its sequence.
    pub options: SequenceOptions,
    /// The name of its sequence, when it is not the server's own.
    pub sequence: Option<Name>,
    /// Whether its sequence is written to the write-ahead log, where that is otherwise with its table
    /// (PostgreSQL 15).
    pub logged: Option<bool>,
    /// The type of its sequence, where that is another than its column's and the bounds are not those
    /// of it. `None` in a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<DataType>,
    /// The comment on its sequence.
    pub comment: Option<String>,
}

impl Identity {
    /// Returns the name of its sequence: its own, or the server's.
    pub(crate) fn name_of_sequence(&self, table: &Name, column: &Ident) -> Name {
        let named = self.sequence.clone();
        named.unwrap_or_else(|| sequence_name(table, column))
    }
}

/// Options of a sequence. `None` is the server's default for its type and direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SequenceOptions {
    /// `START WITH`.
    pub start: Option<i64>,
    /// `INCREMENT BY`.
    pub increment: Option<i64>,
    /// `MINVALUE`.
    pub min: Option<i64>,
    /// `MAXVALUE`.
    pub max: Option<i64>,
    /// `CACHE`.
    pub cache: Option<i64>,
    /// `CYCLE`.
    pub cycle: bool,
}

impl SequenceOptions {
    /// Tells whether the numbers go down.
    pub(crate) fn is_down(&self) -> bool {
        self.increment.is_some_and(|n| n < 0)
    }

    /// Returns where it begins if nothing is said.
    pub(crate) fn first(&self) -> i64 {
        let first = match self.is_down() {
            true => self.max.unwrap_or(-1),
            false => self.min.unwrap_or(1),
        };
        self.start.unwrap_or(first)
    }

    /// Returns the least and the greatest number of a sequence of this type.
    pub(crate) fn bounds(&self, ty: &DataType) -> (i64, i64) {
        let (least, greatest) = ty.numbers();
        let lowest = self.min.unwrap_or(if self.is_down() { least } else { 1 });
        let highest = self
            .max
            .unwrap_or(if self.is_down() { -1 } else { greatest });
        (lowest, highest)
    }
}

/// How a column is computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// From what.
    pub expr: Expr,
    /// When.
    pub kind: GeneratedKind,
}

/// When a generated column is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GeneratedKind {
    /// When the row is written.
    Stored,
    /// When the row is read (SQLite; PostgreSQL 18).
    Virtual,
}

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// Its name; `None` where nobody declared one. After `diff::settle` every one has a name.
    pub name: Option<Ident>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// It may be put off to the end of a transaction.
    #[serde(default)]
    pub deferrable: bool,
    /// It is put off unless a transaction says otherwise.
    #[serde(default)]
    pub initially_deferred: bool,
    /// Existing rows are known not to be proven: `NOT VALID`.
    #[serde(default)]
    pub not_valid: bool,
    /// Declared, but not checked: `NOT ENFORCED` (PostgreSQL 18).
    #[serde(default)]
    pub not_enforced: bool,
    /// It comes from the partitioned table above, and goes with it.
    #[serde(default)]
    pub inherited: bool,
    /// The name of the index that its own is a part of, at the top. `None` in a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<Ident>,
    /// The comment on it.
    #[serde(default)]
    pub comment: Option<String>,
    /// The comment on the index that it has.
    #[serde(default)]
    pub index_comment: Option<String>,
    /// The extensions that its index goes with: `DEPENDS ON EXTENSION`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub index_extensions: BTreeSet<Ident>,
}

impl Constraint {
    /// Returns the expressions that it is about.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let (check, exclude) = match &self.kind {
            ConstraintKind::Check { expr, .. } => (Some(expr), None),
            ConstraintKind::Exclude(exclude) => (None, Some(exclude)),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey(_) => (None, None),
        };
        let excluded = exclude.into_iter().flat_map(|exclude| {
            let keys = exclude.elements.iter();
            let keys = keys.filter_map(|element| element.part.key.expr());
            keys.chain(&exclude.predicate)
        });
        check.into_iter().chain(excluded)
    }

    /// Says whether it has an index, which is called as it is.
    pub(crate) fn has_index(&self) -> bool {
        match self.kind {
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Exclude(_) => true,
            ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_) => false,
        }
    }

    /// Makes a plain constraint that nobody named.
    pub fn new(kind: ConstraintKind) -> Self {
        Self {
            name: None,
            kind,
            deferrable: false,
            initially_deferred: false,
            not_valid: false,
            not_enforced: false,
            inherited: false,
            part_of: None,
            comment: None,
            index_comment: None,
            index_extensions: BTreeSet::new(),
        }
    }
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConstraintKind {
    /// PRIMARY KEY.
    PrimaryKey(Key),
    /// UNIQUE.
    Unique(Key),
    /// CHECK.
    Check {
        /// What must not be false.
        expr: Expr,
        /// Tables that inherit do not have it.
        #[serde(default)]
        no_inherit: bool,
    },
    /// FOREIGN KEY.
    ForeignKey(ForeignKey),
    /// EXCLUDE.
    Exclude(Exclude),
}

impl ConstraintKind {
    /// Returns the storage parameters of its index.
    pub fn parameters(&self) -> Option<&Parameters> {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => Some(&key.with),
            Self::Exclude(exclude) => Some(&exclude.with),
            Self::Check { .. } | Self::ForeignKey(_) => None,
        }
    }

    /// Returns the storage parameters of its index, to be changed.
    pub fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => Some(&mut key.with),
            Self::Exclude(exclude) => Some(&mut exclude.with),
            Self::Check { .. } | Self::ForeignKey(_) => None,
        }
    }

    /// Tells whether a partition's own becomes its part of the same one above: no server compares
    /// what excludes (`CompareIndexInfo`), and makes another one beside it.
    pub(crate) fn becomes_a_part(&self) -> bool {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => !key.without_overlaps,
            Self::Check { .. } | Self::ForeignKey(_) => true,
            Self::Exclude(_) => false,
        }
    }
}

/// The columns of a primary key or unique constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// The columns.
    pub columns: Vec<Ident>,
    /// Columns that its index holds besides.
    pub include: Vec<Ident>,
    /// NULLs are equal to each other (PostgreSQL 15).
    pub nulls_not_distinct: bool,
    /// The last column is `WITHOUT OVERLAPS` (PostgreSQL 18).
    pub without_overlaps: bool,
    /// Storage parameters of its index.
    pub with: Parameters,
    /// The tablespace of its index.
    pub tablespace: Option<Ident>,
    /// SQLite: what becomes of a row that is in the way, in capitals; `None` refuses the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForeignKey {
    /// The referencing columns.
    pub columns: Vec<Ident>,
    /// The referenced table.
    pub table: Name,
    /// The referenced columns.
    pub references: Vec<Ident>,
    /// ON DELETE.
    pub on_delete: Action,
    /// The columns that ON DELETE SET NULL or SET DEFAULT sets; empty for all (PostgreSQL 15).
    pub on_delete_columns: Vec<Ident>,
    /// ON UPDATE.
    pub on_update: Action,
    /// MATCH.
    pub matching: Match,
    /// The last column is a `PERIOD` (PostgreSQL 18).
    pub period: bool,
}

/// What happens to a row when the one that it references goes or changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// An error at the end of the statement or transaction.
    #[default]
    NoAction,
    /// An error at once.
    Restrict,
    /// The same happens to it.
    Cascade,
    /// Its columns become NULL.
    SetNull,
    /// Its columns become their defaults.
    SetDefault,
}

impl Action {
    /// Returns what it is called, for people; nothing for the common one.
    pub(crate) fn word(self) -> Option<&'static str> {
        match self {
            Self::NoAction => None,
            Self::Restrict => Some("restrict"),
            Self::Cascade => Some("cascade"),
            Self::SetNull => Some("set null"),
            Self::SetDefault => Some("set default"),
        }
    }
}

/// What a foreign key of several columns does with NULLs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Match {
    /// One NULL is enough to reference nothing.
    #[default]
    Simple,
    /// All or none.
    Full,
}

/// An exclusion constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exclude {
    /// The index method; `gist`, mostly.
    pub method: String,
    /// What is compared, and how.
    pub elements: Vec<ExcludeElement>,
    /// Columns that its index holds besides.
    pub include: Vec<Ident>,
    /// The rows that it is about.
    pub predicate: Option<Expr>,
    /// Storage parameters of its index.
    pub with: Parameters,
}

/// One element of an exclusion constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludeElement {
    /// What is compared.
    pub part: IndexPart,
    /// The operator, such as `&&`; qualified as `OPERATOR(schema.&&)` when it must be.
    pub operator: String,
}

/// An index that is no constraint's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    /// Its name; `None` where nobody declared one. After `diff::settle` every one has a name.
    pub name: Option<Ident>,
    /// Equal rows are refused.
    pub unique: bool,
    /// The method: `btree`, `gin`, ...
    pub method: String,
    /// Columns and expressions, in order.
    pub parts: Vec<IndexPart>,
    /// Columns that it holds besides.
    pub include: Vec<Ident>,
    /// NULLs are equal to each other (PostgreSQL 15).
    pub nulls_not_distinct: bool,
    /// The rows that it is about.
    pub predicate: Option<Expr>,
    /// Storage parameters.
    pub with: Parameters,
    /// The tablespace.
    pub tablespace: Option<Ident>,
    /// Statistics targets of its parts by position from 1 (expressions).
    pub statistics: BTreeMap<u16, i32>,
    /// Left behind by a build that was cut off: not used, and in the way. `false` in a model.
    pub invalid: bool,
    /// It comes from the index of the partitioned table above, and goes with it.
    pub inherited: bool,
    /// The name of the index that it is a part of, at the top. `None` in a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<Ident>,
    /// The comment on it.
    pub comment: Option<String>,
    /// The extensions that it goes with: `DEPENDS ON EXTENSION`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub extensions: BTreeSet<Ident>,
}

impl Column {
    /// Returns its default, and what it is computed from.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let generated = self.generated.iter().map(|generated| &generated.expr);
        self.default.iter().chain(generated)
    }
}

impl Index {
    /// Returns its expressions, and its predicate.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let keys = self.parts.iter().filter_map(|part| part.key.expr());
        keys.chain(&self.predicate)
    }
}

impl IndexKey {
    fn expr(&self) -> Option<&Expr> {
        match self {
            Self::Expr(expr) => Some(expr),
            Self::Column(_) => None,
        }
    }
}

impl Table {
    /// Returns the tables right above it: the one that it is a partition of, or those that it
    /// inherits from.
    pub(crate) fn parents(&self) -> impl Iterator<Item = &Name> {
        let partition = self.partition_of.iter().map(|part| &part.parent);
        partition.chain(&self.inherits)
    }

    /// Returns its expressions: of columns, constraints and indexes.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let columns = self.columns.iter().flat_map(Column::exprs);
        let constraints = self.constraints.iter().flat_map(Constraint::exprs);
        let indexes = self.indexes.iter().flat_map(Index::exprs);
        columns.chain(constraints).chain(indexes)
    }

    /// Returns the relations that belong to it, but for sequences: its indexes, those of constraints
    /// too; with those that its parent gives it.
    pub(crate) fn relations(&self, inherited: bool) -> Vec<Name> {
        let keys = self.constraints.iter().filter(|part| part.has_index());
        let keys = keys.map(|part| (part.inherited, &part.name));
        let indexes = self.indexes.iter().map(|part| (part.inherited, &part.name));
        let own = keys
            .chain(indexes)
            .filter(|part| inherited || !part.0)
            .filter_map(|(_, name)| name.clone());
        own.map(|part| self.name.sibling(part)).collect()
    }

    /// Returns the sequences of its identities.
    pub(crate) fn identities(&self) -> impl Iterator<Item = Name> {
        self.columns.iter().filter_map(|column| {
            let identity = column.identity.as_deref()?;
            Some(identity.name_of_sequence(&self.name, &column.name))
        })
    }

    /// Says whether the index of a key is there under the key's name, and the key is not.
    pub fn has_index_for(&self, name: &Ident, key: &Key) -> bool {
        let mut indexes = self.indexes.iter();
        indexes.any(|index| index.name.as_ref() == Some(name) && index.can_be_key(key))
    }
}

impl Index {
    /// Says whether a key can be made of it.
    pub(crate) fn can_be_key(&self, key: &Key) -> bool {
        let columns = key.columns.iter();
        self.unique
            && !self.invalid
            && !key.without_overlaps
            && self.method == "btree"
            && self.predicate.is_none()
            && self.include == key.include
            && self.nulls_not_distinct == key.nulls_not_distinct
            && self.parts.len() == key.columns.len()
            && self.parts.iter().zip(columns).all(|(part, column)| {
                matches!(&part.key, IndexKey::Column(name) if name == column)
                    && !part.descending
                    && part.collation.is_none()
                    && part.opclass.is_none()
            })
    }
}

impl Default for Index {
    fn default() -> Self {
        Self {
            name: None,
            unique: false,
            method: "btree".into(),
            parts: Vec::new(),
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
            with: Parameters::new(),
            tablespace: None,
            statistics: BTreeMap::new(),
            invalid: false,
            inherited: false,
            part_of: None,
            comment: None,
            extensions: BTreeSet::new(),
        }
    }
}

/// One part of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexPart {
    /// What is indexed.
    pub key: IndexKey,
    /// DESC.
    #[serde(default)]
    pub descending: bool,
    /// NULLS FIRST or LAST; after normalization always `Some` for btree and equal to `descending`
    /// where nothing was said, `Some(false)` for methods without an order.
    #[serde(default)]
    pub nulls_first: Option<bool>,
    /// The collation, when it is not the column's own.
    #[serde(default)]
    pub collation: Option<Name>,
    /// The operator class, when it is not the type's default: as SQL, quoted where needed.
    #[serde(default)]
    pub opclass: Option<String>,
    /// Parameters of the operator class.
    #[serde(default)]
    pub opclass_options: Parameters,
}

impl IndexPart {
    /// Makes an ascending part of a column.
    pub fn column(name: impl Into<Ident>) -> Self {
        Self::of(IndexKey::Column(name.into()))
    }

    /// Makes an ascending part.
    pub fn of(key: IndexKey) -> Self {
        Self {
            key,
            descending: false,
            nulls_first: None,
            collation: None,
            opclass: None,
            opclass_options: Parameters::new(),
        }
    }
}

/// What an index part is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IndexKey {
    /// A column.
    Column(Ident),
    /// An expression.
    Expr(Expr),
}

/// How the rows of a partitioned table are spread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionBy {
    /// `range`, `list` or `hash`.
    pub strategy: String,
    /// The key's columns and expressions with collation and operator class.
    pub key: Expr,
    /// The columns that the key names.
    #[serde(default)]
    pub columns: Vec<Ident>,
}

/// Whose partition a table is, and which rows are in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartitionOf {
    /// The partitioned table.
    pub parent: Name,
    /// The bound as SQL: `FOR VALUES FROM (1) TO (10)`, `DEFAULT`.
    pub bound: String,
    /// A DETACH CONCURRENTLY was cut off: queries of the table above no longer see its rows, and
    /// only FINALIZE brings it to an end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detach_pending: bool,
    /// The bound as a condition on a row, as the server says it; equality does not look at it.
    #[serde(skip)]
    pub condition: Option<String>,
}

impl PartialEq for PartitionOf {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent
            && self.bound == other.bound
            && self.detach_pending == other.detach_pending
    }
}

impl Eq for PartitionOf {}
