//! What the derives write: plain constants, so that a model costs nothing at run time.

use crate::schema::{Action, Literal};

/// A table as its model says it.
#[derive(Clone, Copy, Debug)]
pub struct TableDef {
    /// The table.
    pub name: &'static str,
    /// The schema, when the model names one.
    pub schema: Option<&'static str>,
    /// The model: `Order`.
    pub model: &'static str,
    /// Where the model is: `module_path!()`.
    pub module: &'static str,
    /// Where the model was written.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// The fields in order.
    pub fields: &'static [FieldDef],
    /// The key of several columns, or none.
    pub primary_key: &'static [&'static str],
    /// Unique constraints.
    pub uniques: &'static [UniqueDef],
    /// Indexes.
    pub indexes: &'static [IndexDef],
    /// Foreign keys of several columns.
    pub foreign_keys: &'static [ReferenceDef],
    /// Checks.
    pub checks: &'static [CheckDef],
    /// Exclusion constraints.
    pub excludes: &'static [ExcludeDef],
    /// The comment.
    pub comment: Option<&'static str>,
    /// Extensions that the table needs.
    pub extensions: &'static [&'static str],
    /// The name before.
    pub renamed_from: Option<&'static str>,
    /// Known to references alone.
    pub unmanaged: bool,
    /// Not written to the log.
    pub unlogged: bool,
    /// SQLite: STRICT.
    pub strict: bool,
    /// SQLite: WITHOUT ROWID.
    pub without_rowid: bool,
    /// Storage parameters.
    pub with: &'static [(&'static str, &'static str)],
    /// The tablespace.
    pub tablespace: Option<&'static str>,
    /// What a replica tells rows apart by.
    pub replica_identity: Option<ReplicaIdentityDef>,
    /// MySQL: ENGINE.
    pub engine: Option<&'static str>,
    /// MySQL: CHARACTER SET.
    pub charset: Option<&'static str>,
    /// MySQL: COLLATE.
    pub collate: Option<&'static str>,
    /// The strategy and the columns of its partitions.
    pub partition_by: Option<(&'static str, &'static [&'static str])>,
    /// The partitions: name and bound.
    pub partitions: &'static [(&'static str, &'static str)],
}

impl TableDef {
    /// A table with nothing in it.
    pub const NEW: Self = Self {
        name: "",
        schema: None,
        model: "",
        module: "",
        file: "",
        line: 0,
        fields: &[],
        primary_key: &[],
        uniques: &[],
        indexes: &[],
        foreign_keys: &[],
        checks: &[],
        excludes: &[],
        comment: None,
        extensions: &[],
        renamed_from: None,
        unmanaged: false,
        unlogged: false,
        strict: false,
        without_rowid: false,
        with: &[],
        tablespace: None,
        replica_identity: None,
        engine: None,
        charset: None,
        collate: None,
        partition_by: None,
        partitions: &[],
    };

    /// Returns the crate that the model is in.
    pub fn crate_name(&self) -> &'static str {
        self.module.split("::").next().unwrap_or_default()
    }

    /// Returns the columns, those of flattened fields included.
    pub fn columns(&self) -> Vec<&'static ColumnDef> {
        let mut columns = Vec::new();
        flatten(self.fields, &mut columns);
        columns
    }
}

fn flatten(fields: &'static [FieldDef], columns: &mut Vec<&'static ColumnDef>) {
    for field in fields {
        match field {
            FieldDef::Column(column) => columns.push(column),
            FieldDef::Flatten(fields) => flatten(fields, columns),
        }
    }
}

/// What a replica tells rows apart by, where it is not the primary key.
#[derive(Clone, Copy, Debug)]
pub enum ReplicaIdentityDef {
    /// All columns.
    Full,
    /// Nothing: no UPDATE or DELETE is replicated.
    Nothing,
    /// The columns of a unique index.
    Index(&'static str),
}

/// A field: a column, or those of another struct.
#[derive(Clone, Copy, Debug)]
pub enum FieldDef {
    /// A column.
    Column(ColumnDef),
    /// `#[sqlx(flatten)]`.
    Flatten(&'static [FieldDef]),
}

/// A column as its field says it.
#[derive(Clone, Copy, Debug)]
pub struct ColumnDef {
    /// The column.
    pub name: &'static str,
    /// The field.
    pub field: &'static str,
    /// The struct of the field.
    pub model: &'static str,
    /// The type.
    pub ty: TypeDef,
    /// So many characters at most.
    pub max_length: Option<u32>,
    /// NULL is allowed.
    pub nullable: bool,
    /// The primary key, or a part of it.
    pub primary_key: bool,
    /// It numbers itself.
    pub identity: Option<IdentityDef>,
    /// SQLite: AUTOINCREMENT.
    pub autoincrement: bool,
    /// The default as SQL.
    pub default: Option<&'static str>,
    /// The default as a value.
    pub default_value: Option<Literal>,
    /// Computed and stored.
    pub generated: Option<&'static str>,
    /// Computed when read.
    pub generated_virtual: Option<&'static str>,
    /// Unique: alone (`""`) or in a group.
    pub unique: Option<&'static str>,
    /// Indexed: alone (`""`) or in a group.
    pub index: Option<&'static str>,
    /// The foreign key.
    pub references: Option<ReferenceDef>,
    /// Conditions.
    pub checks: &'static [&'static str],
    /// The collation.
    pub collate: Option<&'static str>,
    /// The comment.
    pub comment: Option<&'static str>,
    /// The name before.
    pub renamed_from: Option<&'static str>,
    /// The value for existing rows.
    pub backfill: Option<&'static str>,
    /// How values become the new type.
    pub using: Option<&'static str>,
}

impl ColumnDef {
    /// A column with nothing said.
    pub const NEW: Self = Self {
        name: "",
        field: "",
        model: "",
        ty: TypeDef::new("text", "TEXT"),
        max_length: None,
        nullable: false,
        primary_key: false,
        identity: None,
        autoincrement: false,
        default: None,
        default_value: None,
        generated: None,
        generated_virtual: None,
        unique: None,
        index: None,
        references: None,
        checks: &[],
        collate: None,
        comment: None,
        renamed_from: None,
        backfill: None,
        using: None,
    };
}

/// How a column numbers itself.
#[derive(Clone, Copy, Debug)]
pub struct IdentityDef {
    /// GENERATED ALWAYS.
    pub always: bool,
    /// The first number.
    pub start: Option<i64>,
    /// The step.
    pub increment: Option<i64>,
}

/// A type in each family's spelling.
#[derive(Clone, Copy, Debug)]
pub struct TypeDef {
    /// On PostgreSQL.
    pub postgres: &'static str,
    /// On SQLite.
    pub sqlite: &'static str,
    /// An array of it; on SQLite JSON.
    pub array: bool,
    /// The enum or domain that it is.
    pub user: Option<&'static UserTypeDef>,
}

impl TypeDef {
    /// Makes a type of its two spellings.
    pub const fn new(postgres: &'static str, sqlite: &'static str) -> Self {
        Self {
            postgres,
            sqlite,
            array: false,
            user: None,
        }
    }

    /// Makes a user's type.
    pub const fn user(user: &'static UserTypeDef, sqlite: &'static str) -> Self {
        Self {
            postgres: "text",
            sqlite,
            array: false,
            user: Some(user),
        }
    }

    /// Returns an array of it.
    #[must_use]
    pub const fn array(self) -> Self {
        Self {
            array: true,
            sqlite: "TEXT",
            ..self
        }
    }
}

/// A type that comes with a model.
#[derive(Clone, Copy, Debug)]
pub enum UserTypeDef {
    /// `SyncEnum`.
    Enum(EnumDef),
    /// `SyncType` with `domain`.
    Domain(DomainDef),
}

/// An enum.
#[derive(Clone, Copy, Debug)]
pub struct EnumDef {
    /// The type.
    pub name: &'static str,
    /// The schema.
    pub schema: Option<&'static str>,
    /// The labels in order.
    pub labels: &'static [&'static str],
    /// New label, old label.
    pub renamed: &'static [(&'static str, &'static str)],
    /// The name before.
    pub renamed_from: Option<&'static str>,
    /// Text with a CHECK instead of a type.
    pub as_text: bool,
    /// The comment.
    pub comment: Option<&'static str>,
}

/// A domain.
#[derive(Clone, Copy, Debug)]
pub struct DomainDef {
    /// The domain.
    pub name: &'static str,
    /// The schema.
    pub schema: Option<&'static str>,
    /// The type beneath.
    pub base: TypeDef,
    /// Conditions on `value`.
    pub checks: &'static [&'static str],
    /// The name before.
    pub renamed_from: Option<&'static str>,
    /// The comment.
    pub comment: Option<&'static str>,
}

/// What a foreign key points to.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// Another model; a function, so that models may refer to each other.
    Model(fn() -> &'static TableDef),
    /// `schema.table(column)`.
    Text(&'static str),
}

/// A foreign key.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceDef {
    /// The name, when declared.
    pub name: Option<&'static str>,
    /// The columns; empty on a field.
    pub columns: &'static [&'static str],
    /// What it points to.
    pub target: Target,
    /// The fields there; empty for the primary key.
    pub references: &'static [&'static str],
    /// ON DELETE.
    pub on_delete: Action,
    /// ON UPDATE.
    pub on_update: Action,
    /// MATCH FULL.
    pub match_full: bool,
    /// DEFERRABLE.
    pub deferrable: bool,
    /// INITIALLY DEFERRED.
    pub initially_deferred: bool,
}

impl ReferenceDef {
    /// Makes a foreign key with nothing else said.
    pub const fn new(target: Target) -> Self {
        Self {
            name: None,
            columns: &[],
            target,
            references: &[],
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            match_full: false,
            deferrable: false,
            initially_deferred: false,
        }
    }
}

/// A unique constraint.
#[derive(Clone, Copy, Debug)]
pub struct UniqueDef {
    /// The name, when declared.
    pub name: Option<&'static str>,
    /// The columns.
    pub columns: &'static [&'static str],
    /// INCLUDE.
    pub include: &'static [&'static str],
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// DEFERRABLE.
    pub deferrable: bool,
    /// INITIALLY DEFERRED.
    pub initially_deferred: bool,
}

impl UniqueDef {
    /// A constraint with nothing said.
    pub const NEW: Self = Self {
        name: None,
        columns: &[],
        include: &[],
        nulls_not_distinct: false,
        deferrable: false,
        initially_deferred: false,
    };
}

/// An index.
#[derive(Clone, Copy, Debug)]
pub struct IndexDef {
    /// The name, when declared.
    pub name: Option<&'static str>,
    /// What it is on.
    pub columns: &'static [IndexColumnDef],
    /// UNIQUE.
    pub unique: bool,
    /// The method.
    pub method: &'static str,
    /// The rows in it.
    pub predicate: Option<&'static str>,
    /// INCLUDE.
    pub include: &'static [&'static str],
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// Operator classes by column.
    pub opclass: &'static [(&'static str, &'static str)],
    /// Collations by column.
    pub collate: &'static [(&'static str, &'static str)],
    /// Storage parameters.
    pub with: &'static [(&'static str, &'static str)],
}

impl IndexDef {
    /// An index with nothing said.
    pub const NEW: Self = Self {
        name: None,
        columns: &[],
        unique: false,
        method: "btree",
        predicate: None,
        include: &[],
        nulls_not_distinct: false,
        opclass: &[],
        collate: &[],
        with: &[],
    };
}

/// A part of an index.
#[derive(Clone, Copy, Debug)]
pub struct IndexColumnDef {
    /// The column or the expression.
    pub text: &'static str,
    /// It is an expression.
    pub expr: bool,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST or LAST, when said.
    pub nulls_first: Option<bool>,
}

/// A check.
#[derive(Clone, Copy, Debug)]
pub struct CheckDef {
    /// The name, when declared.
    pub name: Option<&'static str>,
    /// The condition.
    pub expr: &'static str,
    /// NO INHERIT.
    pub no_inherit: bool,
}

/// An exclusion constraint.
#[derive(Clone, Copy, Debug)]
pub struct ExcludeDef {
    /// The name, when declared.
    pub name: Option<&'static str>,
    /// The method.
    pub method: &'static str,
    /// Column or expression, and operator.
    pub elements: &'static [(&'static str, &'static str)],
    /// The rows in it.
    pub predicate: Option<&'static str>,
}
