//! Namespaces and extensions.

use std::fmt::Write;

use super::Draft;
use super::object::comment;
use crate::change::Object;
use crate::dialect::postgres::form::Form;
use crate::schema::{Extension, Ident, Quoted, quote_literal};

pub(super) fn create_extension(out: &mut Draft, name: &Ident, extension: &Extension) {
    let mut sql = format!("CREATE EXTENSION IF NOT EXISTS {}", Quoted(name));
    if let Some(schema) = &extension.schema {
        let _ = write!(sql, " WITH SCHEMA {}", Quoted(schema));
    }
    if let Some(version) = &extension.version {
        let _ = write!(sql, " VERSION {}", quote_literal(version));
    }
    if extension.schema.is_none() {
        // It goes where the path leads, which for us begins with pg_catalog. Some
        // have a schema of their own, and take no other one: so no WITH SCHEMA.
        sql = format!(
            "DO $sync$ DECLARE path text := pg_catalog.current_setting('search_path'); BEGIN\n  \
             SET LOCAL search_path = public;\n  {sql};\n  \
             PERFORM pg_catalog.set_config('search_path', path, true);\nEND $sync$"
        );
    }
    out.push(Form::CreateExtension.sql(sql));
    comment(
        out,
        &Object::Extension(name.clone()),
        extension.comment.as_ref(),
    );
}

pub(super) fn alter_extension(out: &mut Draft, name: &Ident, from: &Extension, to: &Extension) {
    if let Some(version) = to.version.as_ref().filter(|_| from.version != to.version) {
        out.push(Form::AlterExtension.sql(format!(
            "ALTER EXTENSION {} UPDATE TO {}",
            Quoted(name),
            quote_literal(version)
        )));
    }
    if let Some(schema) = to.schema.as_ref().filter(|_| from.schema != to.schema) {
        out.push(Form::AlterExtension.sql(format!(
            "ALTER EXTENSION {} SET SCHEMA {}",
            Quoted(name),
            Quoted(schema)
        )));
    }
}
