//! Derives a database schema from Rust structs.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "syn's enums are open: a new kind of expression is a mistake like the others"
)]

mod ast;
mod attr;
mod case;
mod check;
mod ctxt;
mod expand;
mod parts;
mod symbol;

use proc_macro::TokenStream;

/// Makes a struct a table.
#[proc_macro_derive(SyncTable, attributes(sync, sqlx))]
pub fn sync_table(input: TokenStream) -> TokenStream {
    expand::run(input.into(), expand::table).into()
}

/// Makes a struct's fields ready for `#[sqlx(flatten)]`.
#[proc_macro_derive(SyncFields, attributes(sync, sqlx))]
pub fn sync_fields(input: TokenStream) -> TokenStream {
    expand::run(input.into(), expand::fields).into()
}

/// Makes a field-less enum a column's type.
#[proc_macro_derive(SyncEnum, attributes(sync, sqlx))]
pub fn sync_enum(input: TokenStream) -> TokenStream {
    expand::run(input.into(), expand::labels).into()
}

/// Makes a newtype a column's type.
#[proc_macro_derive(SyncType, attributes(sync, sqlx))]
pub fn sync_type(input: TokenStream) -> TokenStream {
    expand::run(input.into(), expand::newtype).into()
}
