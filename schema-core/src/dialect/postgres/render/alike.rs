//! Conditions that tell whether a part is by now what it is to be: a script that runs again does
//! not make it again.
//!
//! Each compares everything that a part has. Where it cannot (an operator class by name, an
//! expression that no server printed), there is no condition, and the script makes the part again.

use super::object::literal;
use crate::schema::{
    Action, Constraint, ConstraintKind, Ident, Index, IndexKey, IndexPart, Match, Name,
    quote_literal,
};

/// Returns the condition that the index of this name is this one.
pub(super) fn index_is(table: &Name, index: &Index) -> Option<String> {
    let plain = |part: &IndexPart| {
        part.collation.is_none() && part.opclass.is_none() && part.opclass_options.is_empty()
    };
    let of_columns = |part: &IndexPart| matches!(part.key, IndexKey::Column(_));
    if !index.parts.iter().all(plain)
        || !index.parts.iter().all(of_columns)
        || !index.with.is_empty()
        || index.tablespace.is_some()
        || index.predicate.as_ref().is_some_and(|it| !it.is_printed())
    {
        return None;
    }
    let name = table.sibling(index.name.clone()?);
    let keys = index.parts.iter().filter_map(|part| match &part.key {
        IndexKey::Column(column) => Some(column),
        IndexKey::Expr(_) => None,
    });
    let columns: Vec<&Ident> = keys.chain(&index.include).collect();
    let options: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let nulls_first = part.nulls_first.unwrap_or(part.descending);
            (u8::from(part.descending) + 2 * u8::from(nulls_first && index.method == "btree"))
                .to_string()
        })
        .collect();
    let predicate = index.predicate.as_ref().map_or("", |it| it.sql());
    Some(format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_index x \
         JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid \
         JOIN pg_catalog.pg_am m ON m.oid = c.relam \
         WHERE x.indexrelid = to_regclass({}) AND x.indisvalid AND x.indisunique = {} \
         AND m.amname = {} AND c.reloptions IS NULL AND c.reltablespace = 0 \
         AND coalesce((to_jsonb(x)->>'indnullsnotdistinct')::bool, false) = {} \
         AND x.indoption::text = '{}' AND coalesce(pg_get_expr(x.indpred, x.indrelid), '') {} \
         AND {} AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a \
         WHERE a.attrelid = x.indexrelid AND a.attoptions IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM unnest(x.indclass) AS k (id) \
         JOIN pg_catalog.pg_opclass o ON o.oid = k.id WHERE NOT o.opcdefault) \
         AND NOT EXISTS (SELECT 1 FROM unnest(x.indkey, x.indcollation) AS k (n, id) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.n \
         WHERE k.id <> 0 AND k.id <> a.attcollation))",
        literal(&name),
        index.unique,
        quote_literal(&index.method),
        // Not known before PostgreSQL 15.
        index.nulls_not_distinct,
        options.join(" "),
        printed(predicate),
        columns_are("x.indrelid", "x.indkey", &columns),
    ))
}

/// Returns the condition that the constraint of this name is this one, with its index if it has one.
pub(super) fn constraint_is(
    table: &Name,
    constraint: &Constraint,
    index: Option<&Index>,
) -> Option<String> {
    let name = constraint.name.as_ref()?;
    let (kind, what) = match &constraint.kind {
        ConstraintKind::PrimaryKey(_) => ("p", index_is(table, index?)?),
        ConstraintKind::Unique(_) => ("u", index_is(table, index?)?),
        ConstraintKind::Check { expr, no_inherit } if expr.is_printed() => (
            "c",
            format!(
                "c.connoinherit = {no_inherit} AND pg_get_expr(c.conbin, c.conrelid) {}",
                printed(expr.sql())
            ),
        ),
        ConstraintKind::ForeignKey(key) if key.on_delete_columns.is_empty() && !key.period => (
            "f",
            format!(
                "c.confrelid = to_regclass({}) AND c.confdeltype = '{}' AND c.confupdtype = '{}' \
                 AND c.confmatchtype = '{}' AND {} AND {} \
                 AND coalesce(to_jsonb(c)->>'confdelsetcols', '') = ''",
                literal(&key.table),
                letter(key.on_delete),
                letter(key.on_update),
                match key.matching {
                    Match::Full => "f",
                    Match::Simple => "s",
                },
                columns_are(
                    "c.conrelid",
                    "c.conkey",
                    &key.columns.iter().collect::<Vec<_>>()
                ),
                columns_are(
                    "c.confrelid",
                    "c.confkey",
                    &key.references.iter().collect::<Vec<_>>()
                ),
            ),
        ),
        ConstraintKind::Check { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_) => return None,
    };
    Some(format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c \
         WHERE c.conrelid = to_regclass({}) AND c.conname = {} AND c.contype = '{kind}' \
         AND c.convalidated AND c.condeferrable = {} AND c.condeferred = {} AND {what})",
        literal(table),
        quote_literal(name.as_str()),
        constraint.deferrable,
        constraint.initially_deferred,
    ))
}

/// What the server prints is this expression, in parentheses or not.
fn printed(expr: &str) -> String {
    let bare = quote_literal(expr);
    format!("IN ({bare}, {})", quote_literal(&format!("({expr})")))
}

/// Columns by number are these, in this order.
fn columns_are(relation: &str, numbers: &str, columns: &[&Ident]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|column| quote_literal(column.as_str()))
        .collect();
    format!(
        "ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY AS k (n, at) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.n \
         ORDER BY k.at) = ARRAY[{}]",
        names.join(", ")
    )
}

fn letter(action: Action) -> char {
    match action {
        Action::NoAction => 'a',
        Action::Restrict => 'r',
        Action::Cascade => 'c',
        Action::SetNull => 'n',
        Action::SetDefault => 'd',
    }
}
