//! Makes both sides spell the same thing alike: names in full, types and expressions as the server
//! has them, and nothing where there is only a default.

mod column;
mod name;
pub mod partition;
mod parts;
mod resolve;
pub mod sequence;
mod user_type;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use self::{
    column::column_type,
    name::qualify,
    partition::partition_keys,
    parts::Parts,
    resolve::Types,
    sequence::{sequence_options, serial_column},
    user_type::{domain_parts, user_type},
};
use super::{numbered, types::kept_null};
use crate::schema::{DataType, Expr, Ident, Name, Schema, Shared, Table, UserType};

/// Normalizes a schema: from a model or from a live database, and again without a change.
///
/// `extension_types` tells in which schema a type of an extension is: `citext` in `public`.
/// Returns everything that is wrong, not the first thing alone.
pub fn normalize(
    mut schema: Schema,
    extension_types: &BTreeMap<String, Ident>,
) -> Result<Schema, Vec<String>> {
    let mut errors = Vec::new();
    qualify(&mut schema, &mut errors);
    let mut types = Types {
        user: schema.types.keys().cloned().collect(),
        domains: BTreeMap::new(),
        extension: extension_types,
    };
    for (name, ty) in &mut schema.types {
        user_type(name, ty, &types, &mut errors);
    }
    for (name, ty) in &schema.types {
        if let UserType::Domain(domain) = ty {
            types.domains.insert(name.clone(), domain.base.clone());
        }
    }
    for (name, ty) in &mut schema.types {
        if let UserType::Domain(domain) = ty {
            domain_parts(name, domain, &types);
        }
    }
    for (name, sequence) in &mut schema.sequences {
        if sequence.ty.name.is_empty() {
            sequence.ty = DataType::builtin("bigint");
        }
        types.resolve(
            &mut sequence.ty,
            name,
            &format!("sequence `{name}`"),
            &mut errors,
        );
        sequence.options = sequence_options(&sequence.options, &sequence.ty);
        no_empty(&mut sequence.comment);
    }
    let mut serials = Vec::new();
    let parents: BTreeMap<Name, Name> = schema
        .tables
        .values()
        .filter_map(|table| Some((table.name.clone(), table.partition_of.clone()?.parent)))
        .collect();
    let typed = each(&mut schema.tables, |table| {
        // Partitions take the numbers of the table that they are parts of.
        let mut root = &table.name;
        while let Some(parent) = parents.get(root) {
            root = parent;
        }
        let root = root.clone();
        let (mut serials, mut errors) = (Vec::new(), Vec::new());
        table.update(|table| {
            for column in &mut table.columns {
                column_type(&table.name, column, &types, &mut errors);
                serials.extend(serial_column(&root, column));
            }
        });
        (serials, errors)
    });
    for (of_table, wrong) in typed {
        serials.extend(of_table);
        errors.extend(wrong);
    }
    numbered::from_above(&mut schema);
    for (name, sequence) in serials {
        schema.sequences.entry(name).or_insert(sequence);
    }
    let keys: BTreeMap<Name, Vec<Ident>> = schema
        .tables
        .values()
        .filter_map(|table| Some((table.name.clone(), table.primary_key()?.columns.clone())))
        .collect();
    let partition_keys = partition_keys(&schema);
    let wrong = each(&mut schema.tables, |table| {
        let mut errors = Vec::new();
        table.update(|table| {
            Parts::of(table, &types).table(table, &keys, &partition_keys, &mut errors);
        });
        errors
    });
    errors.extend(wrong.into_iter().flatten());
    let tables = &schema.tables;
    for statistics in schema.statistics.values_mut() {
        if let Some(table) = tables.get(&statistics.table) {
            Parts::of(table, &types).statistics(statistics);
        }
        no_empty(&mut statistics.comment);
    }
    for namespace in schema.namespaces.values_mut() {
        no_empty(&mut namespace.comment);
    }
    if errors.is_empty() {
        Ok(schema)
    } else {
        Err(errors)
    }
}

/// Does something to each table, many of them on several threads; returns what it gives, in order.
fn each<T: Send>(
    tables: &mut BTreeMap<Name, Shared<Table>>,
    work: impl Fn(&mut Shared<Table>) -> T + Sync,
) -> Vec<T> {
    // What a thread costs is nothing to the time that so many tables take.
    const MANY: usize = 500;
    let mut tables: Vec<&mut Shared<Table>> = tables.values_mut().collect();
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if tables.len() < MANY || threads == 1 {
        return tables.into_iter().map(work).collect();
    }
    let size = tables.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let work = &work;
        let chunks = tables.chunks_mut(size);
        let running: Vec<_> = chunks
            .map(|chunk| {
                scope.spawn(move || {
                    chunk
                        .iter_mut()
                        .map(|table| work(table))
                        .collect::<Vec<T>>()
                })
            })
            .collect();
        let ended = running.into_iter().map(|thread| thread.join());
        ended
            .flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn no_empty(comment: &mut Option<String>) {
    // `COMMENT .. IS ''` removes a comment.
    if comment.as_deref() == Some("") {
        *comment = None;
    }
}

/// `DEFAULT NULL` is no default; but what a server keeps, such as `NULL::character varying` of a
/// column with a length, is one to it, and a model that says it so asks for it.
fn no_null(default: Expr, ty: &DataType) -> Option<Expr> {
    if default.as_str() != "NULL" {
        return Some(default);
    }
    if let Some(kept) = kept_null(ty).filter(|it| it == default.written()) {
        return Some(default.normalized(kept));
    }
    let kept = default.is_printed() && default.sql() != "NULL";
    kept.then(|| default.normalized(default.sql()))
}

/// A collation without a schema is the server's own.
fn collation(collation: &mut Option<Name>) {
    if collation
        .as_ref()
        .is_some_and(|name| name.name.as_str() == "default")
    {
        *collation = None;
    }
    if let Some(name) = collation {
        name.schema.get_or_insert_with(|| "pg_catalog".into());
    }
}
