//! A change: one difference between two schemas, as data that needs no schema to be understood.

mod above;
mod describe;
pub mod display;
mod mention;
mod renames;
mod replay;

pub use above::children;
pub(crate) use above::{
    Kept, all_above, descendants, held_by_another, is_of_a_model, lent_keys, lineage,
};
pub(crate) use describe::describe_index;
pub(crate) use mention::listed;
#[cfg(feature = "live")]
pub(crate) use mention::mention_renamed;
pub(crate) use mention::named_in;
pub use mention::{calls, mentions};
pub(crate) use mention::{qualified, says_type};
pub use replay::{ReplayError, constraint_uses, index_uses, replay};

use std::collections::BTreeSet;

use crate::schema::{
    Column, Constraint, ConstraintKind, Domain, Expr, Extension, Generated, Ident, Identity, Index,
    Name, Namespace, Other, Parameters, PartitionOf, Sequence, Statistics, Table, TableOptions,
    UserType, quote_literal,
};

/// One difference. The verbs: create and drop objects, add and drop parts, alter, rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Makes a schema (PostgreSQL).
    CreateNamespace { name: Ident, namespace: Namespace },
    /// Drops an empty schema.
    DropNamespace { name: Ident },
    /// Installs an extension.
    CreateExtension { name: Ident, extension: Extension },
    /// Brings an extension to another version or schema.
    AlterExtension {
        name: Ident,
        from: Extension,
        to: Extension,
    },
    /// Drops an extension.
    DropExtension { name: Ident },

    /// Makes an enum, domain, composite or range type.
    CreateType { name: Name, ty: UserType },
    /// Drops a type.
    DropType { name: Name, ty: UserType },
    /// Renames a type, or moves it to another schema.
    RenameType { from: Name, to: Name, ty: UserType },
    /// Adds a label to an enum: before or after a neighbour, or to an empty one.
    AddLabel {
        ty: Name,
        label: String,
        place: LabelPlace,
    },
    /// Renames a label of an enum.
    RenameLabel { ty: Name, from: String, to: String },
    /// Replaces an enum by one with other labels: some go, or the order changes. `columns` use it,
    /// with their definition after the change (their defaults are taken off and put back).
    ReplaceEnum {
        name: Name,
        from: Vec<String>,
        to: Vec<String>,
        columns: Vec<(Name, Column)>,
    },
    /// Alters what a domain demands; its base type stays.
    AlterDomain {
        name: Name,
        from: Domain,
        to: Domain,
    },
    /// Replaces a composite type's fields where ALTER TYPE can.
    AlterComposite {
        name: Name,
        from: crate::schema::Composite,
        to: crate::schema::Composite,
    },

    /// Makes a sequence (its owner comes later, when the column is there: `AlterSequence`).
    CreateSequence { name: Name, sequence: Sequence },
    /// Drops a sequence.
    DropSequence { name: Name },
    /// Renames a sequence.
    RenameSequence { from: Name, to: Name },
    /// Alters options, type or owner of a sequence.
    AlterSequence {
        name: Name,
        from: Sequence,
        to: Sequence,
    },

    /// Makes a table with columns, primary key, unique, checks and exclusions. Foreign keys and
    /// indexes are changes of their own. A partition is made as one, under its parent.
    CreateTable { table: Table },
    /// Drops a table.
    DropTable { table: Table },
    /// Renames a table, or moves it to another schema.
    RenameTable { from: Name, to: Name },
    /// Alters storage of a table.
    AlterTable {
        table: Name,
        from: TableOptions,
        to: TableOptions,
    },
    /// Makes an existing table a partition.
    AttachPartition { table: Name, partition: PartitionOf },
    /// Makes a partition a table of its own.
    DetachPartition { table: Name, partition: PartitionOf },
    /// Makes a table inherit from another, which is the last of its parents then.
    AddParent { table: Name, parent: Name },
    /// Ends that a table inherits from another.
    DropParent { table: Name, parent: Name },
    /// Makes a table one of a composite type's, or of none.
    AlterRowType {
        table: Name,
        from: Option<Name>,
        to: Option<Name>,
    },

    /// Adds a column; `backfill` is the value of existing rows.
    AddColumn {
        table: Name,
        column: Column,
        backfill: Option<Expr>,
    },
    /// Drops a column. Where it is kept below, of this table alone: what inherits keeps its values,
    /// and the column is its own.
    DropColumn {
        table: Name,
        column: Column,
        kept_below: bool,
    },
    /// Renames a column.
    RenameColumn { table: Name, from: Ident, to: Ident },
    /// Alters one aspect of a column. `column` is the column as it will be in the end.
    AlterColumn {
        table: Name,
        column: Column,
        change: ColumnChange,
    },

    /// Adds a constraint (named).
    AddConstraint { table: Name, constraint: Constraint },
    /// Drops a constraint.
    DropConstraint { table: Name, constraint: Constraint },
    /// Renames a constraint.
    RenameConstraint { table: Name, from: Ident, to: Ident },
    /// Proves a constraint that is NOT VALID; `constraint` is as it will be.
    ValidateConstraint { table: Name, constraint: Constraint },
    /// Alters whether a foreign key is deferrable or enforced.
    AlterConstraint {
        table: Name,
        from: Constraint,
        to: Constraint,
    },

    /// Makes an index (named).
    CreateIndex { table: Name, index: Index },
    /// Drops an index.
    DropIndex { table: Name, index: Index },
    /// Renames an index.
    RenameIndex { table: Name, from: Ident, to: Ident },
    /// Alters storage parameters or statistics of an index.
    AlterIndex { table: Name, from: Index, to: Index },
    /// Says with which extensions an index goes, which may be a key's: `DEPENDS ON EXTENSION`.
    TieIndex {
        index: Name,
        from: BTreeSet<Ident>,
        to: BTreeSet<Ident>,
    },

    /// Makes extended statistics.
    CreateStatistics { name: Name, statistics: Statistics },
    /// Drops extended statistics.
    DropStatistics { name: Name, statistics: Statistics },
    /// Alters the target of extended statistics.
    AlterStatistics {
        name: Name,
        from: Statistics,
        to: Statistics,
    },

    /// Sets or removes a comment.
    SetComment {
        object: Object,
        from: Option<String>,
        to: Option<String>,
    },

    /// Drops an unmanaged object that stands in the way; `CreateOther` makes it again.
    DropOther {
        other: Other,
        /// It is made again; else it goes for good, with its table.
        again: bool,
    },
    /// Makes an unmanaged object again.
    CreateOther { other: Other },
    /// Makes a function of the desired database, which something wanted calls.
    CreateFunction { function: Other },
}

/// The word in the name of a constraint of ours that says: not all rows have their value yet.
pub(crate) const UNFILLED: &str = "fill";

/// Tells whether a constraint says that rows lack their value in a column.
pub fn is_unfilled(constraint: &Constraint, column: &Ident) -> bool {
    let ours = constraint
        .name
        .as_ref()
        .and_then(|name| name.as_str().strip_prefix("_sync_"))
        .and_then(|name| name.strip_prefix(UNFILLED))
        .is_some_and(|name| name.starts_with('_'));
    ours && constraint_uses(constraint, column)
}

/// What the name of a check begins with that says: this partition leaves, and the server gives it
/// the check whose name stands in the condition.
const LEAVING: &str = "_sync_detach_";

/// Returns the name of the check that stands as long as a partition leaves the table above.
pub(crate) fn leaving_name(table: &Ident) -> Ident {
    Ident::new(crate::schema::clip(&format!("{LEAVING}{table}"), 63))
}

/// Tells whether a constraint says that a partition leaves the table above.
pub(crate) fn says_leaving(constraint: &Constraint) -> bool {
    let name = constraint.name.as_ref();
    constraint.not_valid && name.is_some_and(|name| name.as_str().starts_with(LEAVING))
}

/// Tells whether a check is what the server left of a bound when a run of ours took the table off
/// the one above.
pub(crate) fn is_left_by_detach(table: &Table, constraint: &Constraint) -> bool {
    let ConstraintKind::Check { .. } = constraint.kind else {
        return false;
    };
    let Some(name) = &constraint.name else {
        return false;
    };
    let named = quote_literal(name.as_str());
    let says = |it: &Constraint| {
        if let ConstraintKind::Check { expr, .. } = &it.kind {
            says_leaving(it) && expr.sql().contains(&named)
        } else {
            false
        }
    };
    table.constraints.iter().any(says)
}

/// Tells whether a partition is taken off and put back where it was: in between, parts of it change
/// that the server holds on to while it is one.
pub(crate) fn steps_out(table: &Name, changes: &[Change]) -> bool {
    let left = changes.iter().find_map(|change| {
        if let Change::DetachPartition {
            table: other,
            partition,
        } = change
        {
            (other == table).then_some(partition)
        } else {
            None
        }
    });
    left.is_some_and(|left| {
        let back = |change: &Change| {
            matches!(change, Change::AttachPartition { table: other, partition }
                if other == table && partition == left)
        };
        changes.iter().any(back)
    })
}

/// Where a new label of an enum goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelPlace {
    /// Before this label.
    Before(String),
    /// After this label.
    After(String),
    /// The enum is empty.
    Only,
}

/// One aspect of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnChange {
    /// Type or collation. `from` is the column before.
    Type {
        from: Box<Column>,
        using: Option<Expr>,
    },
    /// Values of existing rows that have another name by now: old and new ones.
    Values { renamed: Vec<(String, String)> },
    /// NULL is allowed from now on: in all tables below too, or in the rows of the table `alone`.
    DropNotNull { alone: bool },
    /// NULL is no longer allowed; `backfill` replaces it in existing rows.
    SetNotNull { backfill: Option<Expr> },
    /// Existing rows get a value: an earlier run added the column and was stopped.
    Fill { value: Expr },
    /// NOT NULL is proven for existing rows (PostgreSQL 18): under the name that it has from above, or
    /// the desired one.
    ValidateNotNull { named: Option<Ident> },
    /// NOT NULL is made again, NOT VALID as the desired one is (PostgreSQL 18).
    ReopenNotNull,
    /// Tables that inherit have the NOT NULL, or have it not (PostgreSQL 18).
    InheritNotNull { no_inherit: bool },
    /// NOT NULL comes from above, and is the table's own besides from now on (PostgreSQL 18).
    OwnNotNull,
    /// The name of the NOT NULL constraint (PostgreSQL 18).
    RenameNotNull {
        from: Option<Ident>,
        to: Option<Ident>,
    },
    /// The default.
    Default {
        from: Option<Expr>,
        to: Option<Expr>,
    },
    /// It numbers itself, or not, or otherwise.
    Identity {
        from: Option<Box<Identity>>,
        to: Option<Box<Identity>>,
    },
    /// The expression; making a plain column generated drops and adds it.
    Generated {
        from: Option<Box<Generated>>,
        to: Option<Box<Generated>>,
    },
    /// The storage: `plain`, `external`, `extended`, `main`; `None` is the type's own.
    Storage {
        from: Option<String>,
        to: Option<String>,
    },
    /// The compression.
    Compression {
        from: Option<String>,
        to: Option<String>,
    },
    /// The statistics target.
    Statistics { from: Option<i32>, to: Option<i32> },
    /// Attribute options such as `n_distinct`.
    Options { from: Parameters, to: Parameters },
}

/// What a comment is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A schema.
    Namespace(Ident),
    /// An extension.
    Extension(Ident),
    /// An enum, composite or range type.
    Type(Name),
    /// A domain.
    Domain(Name),
    /// A sequence.
    Sequence(Name),
    /// A table.
    Table(Name),
    /// A column of a table or of a composite type.
    Column(Name, Ident),
    /// A constraint of a table.
    Constraint(Name, Ident),
    /// A constraint of a domain.
    DomainConstraint(Name, Ident),
    /// An index, in its table's schema.
    Index(Name),
    /// Extended statistics.
    Statistics(Name),
}

impl Object {
    /// Tells whether a model has a word for the comment on it.
    pub(crate) fn is_said_by_models(&self) -> bool {
        match self {
            Self::Type(_) | Self::Domain(_) | Self::Table(_) | Self::Column(..) => true,
            Self::Namespace(_)
            | Self::Extension(_)
            | Self::Sequence(_)
            | Self::Constraint(..)
            | Self::DomainConstraint(..)
            | Self::Index(_)
            | Self::Statistics(_) => false,
        }
    }
}

impl Change {
    /// Tells whether it drops an index or a constraint of a table, also to make it again.
    pub(crate) fn drops_part(&self, table: &Name, part: Option<&Ident>) -> bool {
        if let Self::DropIndex { table: on, index } = self {
            on == table && index.name.as_ref() == part
        } else if let Self::DropConstraint {
            table: on,
            constraint,
        } = self
        {
            on == table && constraint.name.as_ref() == part
        } else {
            false
        }
    }

    /// Tells whether it drops a column of a table, also to make it again.
    pub(crate) fn drops_column(&self, table: &Name, column: &Ident) -> bool {
        matches!(self, Self::DropColumn { table: on, column: gone, .. }
            if on == table && gone.name == *column)
    }

    /// Returns the sequence that goes with it, also to be made again: that of an identity too.
    pub(crate) fn sequence_gone(&self) -> Option<Name> {
        if let Self::DropSequence { name } = self {
            Some(name.clone())
        } else if let Self::AlterColumn {
            table,
            column,
            change:
                ColumnChange::Identity {
                    from: Some(from),
                    to: None,
                },
        } = self
        {
            Some(from.name_of_sequence(table, &column.name))
        } else {
            None
        }
    }

    /// Returns the table that the change is about.
    pub fn table(&self) -> Option<&Name> {
        match self {
            Self::CreateTable { table } | Self::DropTable { table } => Some(&table.name),
            Self::RenameTable { to, .. } => Some(to),
            Self::AlterTable { table, .. }
            | Self::AttachPartition { table, .. }
            | Self::DetachPartition { table, .. }
            | Self::AddParent { table, .. }
            | Self::DropParent { table, .. }
            | Self::AlterRowType { table, .. }
            | Self::AddColumn { table, .. }
            | Self::DropColumn { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::AlterColumn { table, .. }
            | Self::AddConstraint { table, .. }
            | Self::DropConstraint { table, .. }
            | Self::RenameConstraint { table, .. }
            | Self::ValidateConstraint { table, .. }
            | Self::AlterConstraint { table, .. }
            | Self::CreateIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::RenameIndex { table, .. }
            | Self::AlterIndex { table, .. } => Some(table),
            Self::CreateStatistics { statistics, .. } | Self::DropStatistics { statistics, .. } => {
                Some(&statistics.table)
            }
            Self::AlterStatistics { to, .. } => Some(&to.table),
            Self::SetComment { object, .. } => match object {
                Object::Table(table) | Object::Column(table, _) | Object::Constraint(table, _) => {
                    Some(table)
                }
                Object::Namespace(_)
                | Object::Extension(_)
                | Object::Type(_)
                | Object::Domain(_)
                | Object::Sequence(_)
                | Object::DomainConstraint(..)
                | Object::Index(_)
                | Object::Statistics(_) => None,
            },
            Self::DropOther { other, .. } | Self::CreateOther { other } => other.table.as_ref(),
            Self::CreateNamespace { .. }
            | Self::DropNamespace { .. }
            | Self::CreateExtension { .. }
            | Self::AlterExtension { .. }
            | Self::DropExtension { .. }
            | Self::CreateType { .. }
            | Self::DropType { .. }
            | Self::RenameType { .. }
            | Self::AddLabel { .. }
            | Self::RenameLabel { .. }
            | Self::ReplaceEnum { .. }
            | Self::AlterDomain { .. }
            | Self::AlterComposite { .. }
            | Self::CreateSequence { .. }
            | Self::DropSequence { .. }
            | Self::RenameSequence { .. }
            | Self::AlterSequence { .. }
            | Self::CreateFunction { .. }
            | Self::TieIndex { .. } => None,
        }
    }
}
