//! Makes models and a live database spell the same thing alike.

use std::collections::{BTreeMap, BTreeSet};

use super::{spell, sql, types};
use crate::schema::{
    Column, Constraint, ConstraintKind, Expr, Hints, Ident, Identity, Index, IndexKey, Key, Match,
    Name, Parameters, Quoted, Schema, Shared, Table, TableOptions,
};

/// Returns the schema as SQLite can have it, or everything in it that SQLite cannot have.
///
/// Comments, schemas, extensions and storage that SQLite cannot hold are left out, on both sides.
///
/// # Errors
///
/// One message for each thing that means something and has no counterpart: exclusion constraints,
/// partitions.
pub fn normalize(schema: Schema) -> Result<Schema, Vec<String>> {
    let mut errors = Vec::new();
    let tables: BTreeMap<Name, Shared<Table>> = schema
        .tables
        .into_values()
        .map(|table| table_of(table.into_inner(), &mut errors))
        .map(|table| (table.name.clone(), table.into()))
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Schema {
        tables,
        others: schema.others,
        hints: hints(schema.hints),
        ..Schema::default()
    })
}

/// Returns an expression in the one spelling that is compared.
pub fn normalize_expr(expr: &Expr) -> Expr {
    Expr::new(sql::canonical(expr.as_str()))
}

fn bare(name: &Name) -> Name {
    Name::bare(name.name.clone())
}

fn hints(hints: Hints) -> Hints {
    fn names<V>(map: BTreeMap<Name, V>) -> BTreeMap<Name, V> {
        map.into_iter().map(|(name, v)| (bare(&name), v)).collect()
    }
    fn pairs<K: Ord, V>(map: BTreeMap<(Name, K), V>) -> BTreeMap<(Name, K), V> {
        map.into_iter()
            .map(|((name, key), v)| ((bare(&name), key), v))
            .collect()
    }
    let exprs = |map: BTreeMap<(Name, Ident), Expr>| {
        pairs(map)
            .into_iter()
            .map(|(key, expr)| (key, normalize_expr(&expr)))
            .collect()
    };
    Hints {
        renamed_tables: names(hints.renamed_tables),
        renamed_columns: pairs(hints.renamed_columns),
        renamed_types: names(hints.renamed_types),
        renamed_labels: pairs(hints.renamed_labels),
        renamed_values: pairs(hints.renamed_values),
        backfills: exprs(hints.backfills),
        usings: exprs(hints.usings),
        sources: names(hints.sources),
        fields: pairs(hints.fields),
        lacks: names(hints.lacks),
        unmanaged: hints.unmanaged.iter().map(bare).collect::<BTreeSet<_>>(),
    }
}

fn table_of(table: Table, errors: &mut Vec<String>) -> Table {
    let name = bare(&table.name);
    let partition = table.partition_by.is_some() || table.partition_of.is_some();
    if partition {
        errors.push(format!("table `{name}`: SQLite has no partitions"));
    }
    if !table.inherits.is_empty() {
        errors.push(format!("table `{name}`: SQLite has no inheritance"));
    }
    if table.of_type.is_some() {
        errors.push(format!("table `{name}`: SQLite has no tables of a type"));
    }
    let options = TableOptions {
        strict: table.options.strict,
        without_rowid: table.options.without_rowid,
        ..TableOptions::default()
    };
    let key = table.primary_key().map(|key| key.columns.clone());
    let key = key.unwrap_or_default();
    let columns: Vec<Column> = table
        .columns
        .iter()
        .map(|column| column_of(&typed(column, &name, errors), &key, &options))
        .collect();
    let indexes = table
        .indexes
        .into_iter()
        .map(|index| index_of(index, &columns))
        .collect();
    let constraints = table
        .constraints
        .into_iter()
        .filter_map(|constraint| constraint_of(constraint, &name, errors))
        .collect();
    let mut table = Table {
        name,
        columns,
        constraints,
        indexes,
        options,
        ..Table::default()
    };
    spell::parts(&mut table);
    table
}

/// Takes the collation out of a type that is written with one; anything else has a word of its own.
fn typed(column: &Column, table: &Name, errors: &mut Vec<String>) -> Column {
    let mut column = column.clone();
    let declared = std::mem::take(&mut column.ty);
    let Some((ty, rest)) = types::beyond(&declared) else {
        column.ty = declared;
        return column;
    };
    match rest.as_slice() {
        [word, name] if word.eq_ignore_ascii_case("COLLATE") => {
            let own = Name::bare(name.trim_matches('"'));
            column.collation = column.collation.take().or(Some(own));
        }
        _ => errors.push(format!(
            "column `{table}.{}`: `{}` is no part of the type `{}`; say it in another word of \
             #[sync(..)]",
            column.name,
            rest.join(" "),
            ty.name
        )),
    }
    column.ty = ty;
    column
}

fn column_of(column: &Column, key: &[Ident], options: &TableOptions) -> Column {
    let mut ty = types::normalize(&column.ty);
    let in_key = key.contains(&column.name);
    let sole_key = in_key && key.len() == 1;
    let numbers = column
        .identity
        .as_ref()
        .is_some_and(|identity| identity.always)
        && sole_key
        && types::affinity(&ty) == types::Affinity::Integer
        && !options.without_rowid;
    if numbers {
        // AUTOINCREMENT is for a column of this very type alone.
        ty = types::parse("INTEGER");
    }
    if options.strict {
        ty = types::strict(&ty);
    }
    let rowid = sole_key && ty.name == "INTEGER" && ty.modifiers.is_empty();
    // A rowid is never NULL; any other primary key may be, by an old mistake, unless it says so.
    let never_null = (rowid || options.without_rowid) && in_key;
    let default = column
        .default
        .as_ref()
        .map(normalize_expr)
        .filter(|default| default.as_str() != "NULL");
    let collation = column
        .collation
        .as_ref()
        .map(|collation| Name::bare(collation.name.as_str().to_ascii_uppercase()))
        .filter(|collation| collation.name.as_str() != "BINARY");
    let mut generated = column.generated.clone();
    if let Some(generated) = &mut generated {
        generated.expr = normalize_expr(&generated.expr);
    }
    Column {
        name: column.name.clone(),
        ty,
        nullable: column.nullable && !never_null,
        default,
        identity: numbers.then(|| {
            Box::new(Identity {
                always: true,
                ..Identity::default()
            })
        }),
        generated,
        collation,
        ..Column::default()
    }
}

fn constraint_of(
    constraint: Constraint,
    table: &Name,
    errors: &mut Vec<String>,
) -> Option<Constraint> {
    // SQLite checks every row or none: what is not enforced is not there.
    if constraint.not_enforced {
        return None;
    }
    let plain = |key: Key| Key {
        columns: key.columns,
        on_conflict: key.on_conflict,
        ..Key::default()
    };
    let mut deferrable = false;
    let kind = match constraint.kind {
        ConstraintKind::PrimaryKey(key) => ConstraintKind::PrimaryKey(plain(key)),
        ConstraintKind::Unique(key) => ConstraintKind::Unique(plain(key)),
        ConstraintKind::Check { expr, .. } => ConstraintKind::Check {
            expr: normalize_expr(&expr),
            no_inherit: false,
        },
        ConstraintKind::ForeignKey(mut key) => {
            deferrable = constraint.deferrable;
            key.table = bare(&key.table);
            key.on_delete_columns.clear();
            // SQLite reads MATCH and ignores it.
            key.matching = Match::Simple;
            key.period = false;
            ConstraintKind::ForeignKey(key)
        }
        ConstraintKind::Exclude(_) => {
            errors.push(format!(
                "table `{table}`: SQLite has no exclusion constraints; leave the table out with --ignore {table}"
            ));
            return None;
        }
    };
    Some(Constraint {
        name: constraint.name,
        // DEFERRABLE INITIALLY IMMEDIATE is the same as not deferrable in SQLite, but kept.
        initially_deferred: deferrable && constraint.initially_deferred,
        deferrable,
        ..Constraint::new(kind)
    })
}

/// An expression that is no more than the name of a column is that column.
fn key_of(expr: Expr, columns: &[Column]) -> IndexKey {
    let text = expr.as_str();
    let named = |column: &&Column| {
        let name = column.name.as_str();
        text.eq_ignore_ascii_case(name) || text == Quoted(&column.name).to_string()
    };
    match columns.iter().find(named) {
        Some(column) => IndexKey::Column(column.name.clone()),
        None => IndexKey::Expr(expr),
    }
}

fn index_of(index: Index, columns: &[Column]) -> Index {
    let parts = index
        .parts
        .into_iter()
        .map(|mut part| {
            if let IndexKey::Expr(expr) = &part.key {
                part.key = key_of(normalize_expr(expr), columns);
            }
            let own = match &part.key {
                IndexKey::Column(name) => {
                    let column = columns.iter().find(|column| column.name == *name);
                    column.and_then(|column| column.collation.clone())
                }
                IndexKey::Expr(_) => None,
            };
            // An index has no word for it: one value on both sides.
            part.nulls_first = Some(part.descending);
            part.opclass = None;
            part.opclass_options = Parameters::new();
            part.collation = part
                .collation
                .map(|name| Name::bare(name.name.as_str().to_ascii_uppercase()))
                .filter(|name| match &own {
                    Some(own) => own != name,
                    None => name.name.as_str() != "BINARY",
                });
            part
        })
        .collect();
    Index {
        name: index.name,
        unique: index.unique,
        parts,
        predicate: index.predicate.as_ref().map(normalize_expr),
        ..Index::default()
    }
}
