//! What the derives implement, and the registry of models.
//!
//! ```
//! use schema_core::{SyncTable, model, schema::Family};
//!
//! #[derive(SyncTable)]
//! #[sync(table = "notes")]
//! struct Note {
//!     #[sync(primary_key, identity)]
//!     id: i64,
//!     #[sync(default_value = "", max_length = 80)]
//!     title: String,
//!     body: Option<String>,
//! }
//!
//! let schema = model::lower(Family::Postgres, &[<Note as model::SyncTable>::TABLE]).unwrap();
//! let table = schema.tables.values().next().unwrap();
//! assert_eq!(table.columns[1].ty.name, "varchar(80)");
//! assert!(table.columns[2].nullable);
//! ```

mod between;
mod carry;
mod collect;
mod def;
mod lacks;
mod literal;
#[doc(hidden)]
pub mod prove;
mod types;

pub(crate) use between::is_unique;
pub use carry::{Carried, Carry, carries};
pub use collect::{RegistryError, RegistryErrors, collect, lower, lower_with};
pub use def::{
    CheckDef, ColumnDef, DomainDef, EnumDef, ExcludeDef, FieldDef, IdentityDef, IndexColumnDef,
    IndexDef, ReferenceDef, ReplicaIdentityDef, TableDef, Target, TypeDef, UniqueDef, UserTypeDef,
};

/// A struct that is a table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table",
    note = "derive `SyncTable` on it"
)]
pub trait SyncTable {
    /// The table.
    const TABLE: &'static TableDef;
}

/// A struct whose fields may be flattened into a table's.
#[diagnostic::on_unimplemented(
    message = "the fields of `{Self}` cannot be flattened into a table",
    note = "derive `SyncFields` on it"
)]
pub trait SyncFields {
    /// The fields.
    const FIELDS: &'static [FieldDef];
}

/// A Rust type that is a column's type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no SQL type",
    label = "not a column's type",
    note = "whole numbers are `i16`, `i32` and `i64`, since SQL has none without a sign; text is `String`",
    note = "derive `SyncType` on a newtype or `SyncEnum` on an enum",
    note = "or write `#[sync(type = \"..\")]`, `#[sync(json)]` or `#[sync(skip)]` on the field",
    note = "types of other crates are behind features of `schema-core`: `chrono`, `json`, `uuid` .."
)]
pub trait SqlType {
    /// The type.
    const TYPE: TypeDef;
    /// NULL is one of its values.
    const NULLABLE: bool = false;
}

/// A Rust type that may stand in a `Vec`.
#[diagnostic::on_unimplemented(
    message = "`Vec<{Self}>` has no SQL type",
    note = "write `#[sync(json)]` on the field to store it as JSON, or `#[sync(skip)]`"
)]
pub trait SqlElement {
    /// The type of a `Vec` of it.
    const ARRAY_TYPE: TypeDef;
}

/// What a model puts into the registry.
#[doc(hidden)]
pub struct Registered(pub &'static TableDef);

inventory::collect!(Registered);

/// Returns all models that are linked into this program, by table.
pub fn models() -> Vec<&'static TableDef> {
    let mut models: Vec<_> = inventory::iter::<Registered>
        .into_iter()
        .map(|it| it.0)
        .collect();
    models.sort_by_key(|def| (def.schema, def.name, def.module, def.line));
    models
}

/// Tells, without a trait bound, whether a type is an `Option`: the inherent constant wins.
#[doc(hidden)]
pub struct Probe<T>(std::marker::PhantomData<T>);

impl<T> Probe<Option<T>> {
    pub const NULLABLE: bool = true;
}

#[doc(hidden)]
pub trait NotOption {
    const NULLABLE: bool = false;
}

impl<T> NotOption for Probe<T> {}
