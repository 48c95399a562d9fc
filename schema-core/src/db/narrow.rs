//! Leaves out of schemas what `--only` and `--ignore` do not ask for.

use std::collections::BTreeSet;

use crate::Error;
use crate::schema::{
    Constraint, ConstraintKind, DataType, Expr, Ident, Index, IndexKey, Name, Schema, Table,
};
use crate::scope::Scope;

/// Leaves out of both what is not asked for. `names` are those of tables that were not read, among
/// others.
pub fn narrow_both<'a>(
    live: &mut Schema,
    wanted: &mut Schema,
    scope: &Scope,
    names: impl Iterator<Item = &'a Name>,
) {
    if scope.is_all() {
        return;
    }
    let mut hidden: BTreeSet<Name> = names.filter(|name| !scope.has(name)).cloned().collect();
    for schema in [&*live, &*wanted] {
        let names = schema.tables.keys().chain(schema.sequences.keys());
        hidden.extend(names.filter(|name| !scope.has(name)).cloned());
    }
    narrow_types(live, wanted, scope);
    narrow(live, scope);
    narrow(wanted, scope);
    narrow_extensions(live, wanted, scope);
    narrow_namespaces(live, wanted, scope, &hidden);
}

/// Leaves schemas as they are that hold something which is not looked at, and makes none for that
/// alone. With `--only` nothing becomes of a schema but to be made for what is asked for.
fn narrow_namespaces(live: &Schema, wanted: &mut Schema, scope: &Scope, hidden: &BTreeSet<Name>) {
    let only = !scope.only.is_empty();
    let holds_hidden = |name: &Ident| hidden.iter().any(|it| it.schema.as_ref() == Some(name));
    for (name, namespace) in &live.namespaces {
        let gone = !wanted.namespaces.contains_key(name) && holds_hidden(name);
        if only || gone {
            let namespaces = &mut wanted.namespaces;
            namespaces.insert(name.clone(), namespace.clone());
        }
    }
    let tables = wanted.tables.keys().chain(wanted.types.keys());
    let names = tables.chain(wanted.sequences.keys());
    let extensions = wanted.extensions.values();
    let used: BTreeSet<&Ident> = (names.filter_map(|name| name.schema.as_ref()))
        .chain(extensions.filter_map(|it| it.schema.as_ref()))
        .collect();
    wanted.namespaces.retain(|name, _| {
        live.namespaces.contains_key(name) || used.contains(name) || !only && !holds_hidden(name)
    });
}

/// Leaves extensions as they are that what is not looked at may use; with `--only`, makes one only
/// where what is asked for may need it.
fn narrow_extensions(live: &Schema, wanted: &mut Schema, scope: &Scope) {
    let only = !scope.only.is_empty();
    for (name, extension) in &live.extensions {
        if only || !wanted.extensions.contains_key(name) {
            let extensions = &mut wanted.extensions;
            extensions.insert(name.clone(), extension.clone());
        }
    }
    let is_new = |table: &Table| live.tables.get(&table.name).is_none_or(|it| **it != *table);
    let mut tables = wanted.tables.values();
    if only && !tables.any(|table| is_new(table) && may_need_extension(wanted, table)) {
        let extensions = &mut wanted.extensions;
        extensions.retain(|name, _| live.extensions.contains_key(name));
    }
}

/// Tells whether something of a table is perhaps not the server's own, nor of the schema: a type, a
/// function, an operator class.
fn may_need_extension(schema: &Schema, table: &Table) -> bool {
    let foreign = |ty: &DataType| {
        let known =
            |name: &Name| schema.types.contains_key(name) || schema.tables.contains_key(name);
        ty.user().is_some_and(|name| !known(&name))
    };
    let types = table.columns.iter().map(|column| &column.ty);
    let of_types = schema.types.values().flat_map(|ty| ty.parts());
    let exprs = (table.columns.iter().flat_map(|it| it.exprs()))
        .chain(table.constraints.iter().flat_map(|it| it.exprs()))
        .chain(table.indexes.iter().flat_map(|it| it.exprs()));
    let excludes = |it: &Constraint| matches!(it.kind, ConstraintKind::Exclude(_));
    types.chain(of_types).any(foreign)
        || exprs.into_iter().any(calls_another)
        || table.constraints.iter().any(excludes)
        || table.indexes.iter().any(is_special)
}

/// Tells whether an index has an operator class that it does not have by itself everywhere.
fn is_special(index: &Index) -> bool {
    let plain = matches!(index.method.as_str(), "btree" | "hash" | "brin");
    let columns = |key: &IndexKey| matches!(key, IndexKey::Column(_));
    !plain && index.parts.iter().any(|part| columns(&part.key))
        || index.parts.iter().any(|part| part.opclass.is_some())
}

/// Tells whether an expression calls a function that is none of the most common ones of the server.
fn calls_another(expr: &Expr) -> bool {
    let outside: String = expr.sql().split('\'').step_by(2).collect();
    outside.match_indices('(').any(|(at, _)| {
        let before = outside[..at].trim_end();
        let start = before
            .rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$' | '"' | '.'))
            .map_or(0, |at| at + 1);
        let word = before.get(start..).unwrap_or_default().to_lowercase();
        let word = word.trim_start_matches("pg_catalog.");
        !word.is_empty() && !COMMON.contains(&word)
    })
}

/// Functions and words before a parenthesis that every server has.
const COMMON: &[&str] = &[
    "abs",
    "all",
    "and",
    "any",
    "array",
    "as",
    "between",
    "btrim",
    "case",
    "cast",
    "char",
    "character",
    "char_length",
    "clock_timestamp",
    "coalesce",
    "concat",
    "date_part",
    "date_trunc",
    "else",
    "exists",
    "extract",
    "gen_random_uuid",
    "greatest",
    "in",
    "is",
    "least",
    "length",
    "like",
    "lower",
    "ltrim",
    "md5",
    "nextval",
    "not",
    "now",
    "nullif",
    "numeric",
    "or",
    "replace",
    "round",
    "row",
    "rtrim",
    "substr",
    "substring",
    "then",
    "timestamp",
    "timezone",
    "to_char",
    "to_tsvector",
    "trim",
    "upper",
    "varchar",
    "when",
];

/// Leaves out the types that only tables out of sight have.
fn narrow_types(live: &mut Schema, wanted: &mut Schema, scope: &Scope) {
    if scope.is_all() {
        return;
    }
    let mut seen = types_of(live, |table| scope.has(table));
    seen.extend(types_of(wanted, |table| scope.has(table)));
    let mut hidden = types_of(live, |table| !scope.has(table));
    hidden.extend(types_of(wanted, |table| !scope.has(table)));
    let olds = hidden.iter().filter_map(|name| {
        let old = wanted.hints.renamed_types.get(name)?;
        Some(Name {
            schema: name.schema.clone(),
            name: old.clone(),
        })
    });
    hidden.extend(olds.collect::<Vec<_>>());
    // What the database has alone may be a type of the tables that are not looked at.
    let olds = wanted.hints.renamed_types.iter();
    let mut said: BTreeSet<Name> = olds.map(|(name, old)| name.sibling(old.clone())).collect();
    said.extend(wanted.types.keys().cloned());
    // Only tables were asked for.
    if !scope.only.is_empty() {
        said.clear();
    }
    for schema in [live, wanted] {
        let stays = |name: &Name| {
            seen.contains(name)
                || said.contains(name) && !hidden.contains(name) && !scope.ignores(name)
        };
        schema.types.retain(|name, _| stays(name));
    }
}

/// Returns the users' types of the tables that are asked for, and those that they are made of.
fn types_of(schema: &Schema, asked: impl Fn(&Name) -> bool) -> BTreeSet<Name> {
    let named = |ty: &DataType| Name {
        schema: ty.schema.clone(),
        name: Ident::new(&*ty.name),
    };
    let tables = schema.tables.iter().filter(|(name, _)| asked(name));
    let columns = tables.flat_map(|(_, table)| &table.columns);
    let mut open: Vec<Name> = columns.map(|column| named(&column.ty)).collect();
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(ty) = schema.types.get(&name)
            && found.insert(name)
        {
            open.extend(ty.parts().into_iter().map(named));
        }
    }
    found
}

pub(super) fn narrow(schema: &mut Schema, scope: &Scope) {
    if scope.is_all() {
        return;
    }
    let gone = |name: &Name| !scope.has(name);
    schema.tables.retain(|name, _| !gone(name));
    schema
        .statistics
        .retain(|_, statistics| !gone(&statistics.table));
    schema
        .sequences
        .retain(|name, sequence| match &sequence.owned_by {
            Some((table, _)) => !gone(table),
            None => !scope.ignores(name),
        });
    // Only tables were asked for.
    if !scope.only.is_empty() {
        schema
            .sequences
            .retain(|_, sequence| sequence.owned_by.is_some());
        // What depends on these is in the way of their changes, and comes again.
        schema.others.retain(|other| {
            let tables = other.depends_on.iter().map(|(table, _)| table);
            let mut tables = tables.chain(&other.table);
            tables.any(|table| scope.has(table))
        });
    }
}

/// Tells whether each pattern of `--only` and `--ignore` matches one of the tables.
///
/// # Errors
///
/// One does not.
pub fn all_match<'a>(
    scope: &Scope,
    tables: impl IntoIterator<Item = &'a Name>,
) -> Result<(), Error> {
    match scope.unmatched(tables) {
        Some(glob) => Err(Error::Glob(glob.clone())),
        None => Ok(()),
    }
}

/// Leaves out of a schema what is not asked for.
pub fn narrowed(mut schema: Schema, scope: &Scope) -> Schema {
    let mut same = schema.clone();
    narrow_types(&mut schema, &mut same, scope);
    narrow(&mut schema, scope);
    let hints = &mut schema.hints;
    hints.renamed_tables.retain(|table, _| scope.has(table));
    hints
        .renamed_columns
        .retain(|(table, _), _| scope.has(table));
    hints
        .renamed_values
        .retain(|(table, _), _| scope.has(table));
    hints.backfills.retain(|(table, _), _| scope.has(table));
    hints.usings.retain(|(table, _), _| scope.has(table));
    hints.fields.retain(|(table, _), _| scope.has(table));
    hints.lacks.retain(|table, _| scope.has(table));
    hints.unmanaged.retain(|table| scope.has(table));
    if !scope.only.is_empty() {
        schema.others.clear();
    }
    schema
}
