//! Conditions that a database has something, or has it in some way: what guards ask for, and scripts
//! that run again.

use super::object::literal;
use crate::dialect::postgres::types::spell;
use crate::schema::{Ident, Name, PartitionBy, PartitionOf, Range, UserType, quote_literal};

pub(super) fn is_table(name: &Name) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass({}) AND relkind IN ('r', 'p'))",
        literal(name)
    )
}

pub(super) fn is_unlogged(table: &Name) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass({}) AND relpersistence = 'u')",
        literal(table)
    )
}

/// A table that is partitioned by this. Where no server has printed an expression, the columns beside
/// it tell.
pub(super) fn is_partitioned_by(table: &Name, by: &PartitionBy) -> String {
    let table = literal(table);
    let readable = by.key.is_printed() && !by.key.sql().contains(" IS DOCUMENT)");
    if readable || !by.key.sql().contains('(') {
        let printed = format!("{} ({})", by.strategy.to_uppercase(), by.key);
        return format!(
            "pg_catalog.pg_get_partkeydef(to_regclass({table})) = {}",
            quote_literal(&printed)
        );
    }
    let columns: Vec<String> = (by.columns.iter())
        .map(|it| quote_literal(it.as_str()))
        .collect();
    let letter = by.strategy.chars().next().unwrap_or_default();
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_partitioned_table WHERE partrelid = to_regclass({table}) \
         AND partstrat = '{letter}' AND partexprs IS NOT NULL \
         AND ARRAY(SELECT attname::text FROM pg_catalog.unnest(partattrs::int2[]) WITH ORDINALITY u(n, place) \
         JOIN pg_catalog.pg_attribute ON attrelid = partrelid AND attnum = n ORDER BY place) = ARRAY[{}]::text[])",
        columns.join(", ")
    )
}

/// The condition that a table has no partitions.
pub(super) fn has_no_partitions(table: &Name) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhparent = to_regclass({}))",
        literal(table)
    )
}

pub(super) fn is_partition(table: &Name, partition: &PartitionOf) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid \
         WHERE c.oid = to_regclass({}) AND i.inhparent = to_regclass({}) \
         AND pg_catalog.pg_get_expr(c.relpartbound, c.oid) = {})",
        literal(table),
        literal(&partition.parent),
        quote_literal(&printed_bound(&partition.bound))
    )
}

/// A bound as the server prints it: of its words, those for truth are small.
fn printed_bound(bound: &str) -> String {
    let parts = bound.split('\'').enumerate().map(|(n, part)| match n % 2 {
        0 => part.replace("TRUE", "true").replace("FALSE", "false"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("'")
}

/// The condition that a table inherits from another.
pub(super) fn has_parent(table: &Name, parent: &Name) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({}) AND inhparent = to_regclass({}))",
        literal(table),
        literal(parent)
    )
}

pub(super) fn is_of_type(table: &Name, of_type: &Name) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass({}) AND reloftype = to_regtype({}))",
        literal(table),
        literal(of_type)
    )
}

/// A sequence that is not an identity's own.
pub(super) fn is_sequence(name: &Name) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = to_regclass({}) AND c.relkind = 'S' \
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend WHERE objid = c.oid AND deptype = 'i' \
         AND classid = 'pg_catalog.pg_class'::regclass))",
        literal(name)
    )
}

/// A type of this kind, made of the same; what may be altered of it is not looked at. The type of a
/// table's rows is none of ours.
pub(super) fn is_type(name: &Name, ty: &UserType) -> String {
    let made_of = match ty {
        UserType::Enum(_) => String::new(),
        UserType::Domain(domain) => format!(
            " AND pg_catalog.format_type(t.typbasetype, t.typtypmod) = {}",
            quote_literal(&spell(&domain.base))
        ),
        UserType::Composite(composite) => {
            let fields = composite.fields.iter();
            let fields: Vec<String> = fields
                .map(|field| quote_literal(&format!("{} {}", field.name, spell(&field.ty))))
                .collect();
            format!(
                " AND ARRAY(SELECT a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) \
                 FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND NOT a.attisdropped \
                 ORDER BY a.attnum) = ARRAY[{}]::text[]",
                fields.join(", ")
            )
        }
        UserType::Range(range) => {
            let named = multirange(range).map_or(String::new(), |name| {
                format!(" AND to_regtype({}) IS NOT NULL", quote_literal(name))
            });
            format!(
                " AND EXISTS (SELECT 1 FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid \
                 AND pg_catalog.format_type(r.rngsubtype, NULL) = {}){named}",
                quote_literal(&spell(&range.subtype)),
            )
        }
    };
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_type t WHERE t.oid = to_regtype({}) AND t.typtype = '{}'{made_of} \
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c'))",
        literal(name),
        letter(ty)
    )
}

/// Tells whether [`is_type`] of one holds where the other is. A name that nobody gave is not asked for.
pub(super) fn is_like(name: &Name, found: &UserType, ty: &UserType) -> bool {
    if let (UserType::Range(found), UserType::Range(ty)) = (found, ty) {
        let named = multirange(ty);
        return found.subtype == ty.subtype && (named.is_none() || named == multirange(found));
    }
    is_type(name, found) == is_type(name, ty)
}

/// The name that somebody gave to what goes with a range.
fn multirange(range: &Range) -> Option<&str> {
    let mut options = range.options.iter();
    options.find_map(|(key, name)| (key == "multirange_type_name").then_some(name.as_str()))
}

fn letter(ty: &UserType) -> char {
    match ty {
        UserType::Enum(_) => 'e',
        UserType::Domain(_) => 'd',
        UserType::Composite(_) => 'c',
        UserType::Range(_) => 'r',
    }
}

pub(super) fn has_labels(name: &Name, labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| quote_literal(label)).collect();
    format!(
        "ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({}) \
         ORDER BY enumsortorder) = ARRAY[{}]::text[]",
        literal(name),
        labels.join(", ")
    )
}

pub(super) fn has_label(name: &Name, label: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({}) AND enumlabel = {})",
        literal(name),
        quote_literal(label)
    )
}

/// The condition that a domain has a constraint of a name.
pub(super) fn has_domain_constraint(domain: &Name, name: &Ident) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE contypid = to_regtype({}) AND conname = {})",
        literal(domain),
        quote_literal(name.as_str())
    )
}

/// The condition that a table, or a composite type, has a column; `more` is asked of it besides.
pub(super) fn has_column(table: &Name, column: &Ident, more: &str) -> String {
    let more = match more {
        "" => String::new(),
        more => format!(" AND {more}"),
    };
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {} \
         AND NOT attisdropped{more})",
        literal(table),
        quote_literal(column.as_str())
    )
}

/// The condition that a table has a constraint of a name, whatever its kind.
pub(super) fn has_constraint(table: &Name, name: &Ident) -> String {
    constraint_is_there(table, name, "")
}

/// The same for those that a rename is about: a NOT NULL of PostgreSQL 18 is renamed as its column's.
pub(super) fn has_plain_constraint(table: &Name, name: &Ident) -> String {
    constraint_is_there(table, name, " AND contype <> 'n'")
}

/// The condition that a column of a table is NOT NULL by a constraint of this name (PostgreSQL 18).
pub(super) fn has_not_null(table: &Name, name: &Ident) -> String {
    constraint_is_there(table, name, " AND contype = 'n'")
}

/// The condition that a table has a constraint of a name from a table above alone.
pub(super) fn has_constraint_from_above(table: &Name, name: &Ident) -> String {
    let from_above = " AND (conparentid <> 0 OR coninhcount > 0 AND NOT conislocal)";
    constraint_is_there(table, name, from_above)
}

/// The condition that a partition's own key of a name is its part of an index above.
pub(super) fn is_lent_constraint(table: &Name, name: &Ident) -> String {
    let is_part = " AND conparentid = 0 AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = conindid)";
    constraint_is_there(table, name, is_part)
}

fn constraint_is_there(table: &Name, name: &Ident, besides: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass({}) AND conname = {}{besides})",
        literal(table),
        quote_literal(name.as_str())
    )
}

/// A finished index that is not that of a constraint, and besides.
pub(super) fn has_index(table: &Name, index: &Ident, besides: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({}) AND indrelid = to_regclass({}) AND indisvalid \
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid \
         AND contype IN ('p', 'u', 'x')){besides})",
        literal(&table.sibling(index.clone())),
        literal(table)
    )
}
