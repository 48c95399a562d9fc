//! Conditions that tell whether a part is by now what it is to be: a script that runs again does
//! not make it again.
//!
//! Each compares everything that a part has. Where it cannot (an expression that no server printed),
//! there is no condition, and the script makes the part again.

use super::constraint::key_index;
use super::object::literal;
use crate::schema::{
    Action, Constraint, ConstraintKind, DomainCheck, Exclude, Expr, Ident, Index, IndexKey,
    IndexPart, Key, Match, Name, Parameters, quote_literal,
};

/// Returns the condition that the index of this name is this one.
pub(super) fn index_is(table: &Name, index: &Index) -> Option<String> {
    if index.invalid || !index.exprs().all(Expr::is_printed) {
        return None;
    }
    let name = table.sibling(index.name.clone()?);
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
    let tablespace = match &index.tablespace {
        None => "c.reltablespace = 0".to_owned(),
        Some(tablespace) => format!(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace AND s.spcname = {})",
            quote_literal(tablespace.as_str())
        ),
    };
    Some(format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_index x \
         JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid \
         JOIN pg_catalog.pg_am m ON m.oid = c.relam \
         WHERE x.indexrelid = to_regclass({}) AND x.indisvalid AND x.indisunique = {} \
         AND m.amname = {} AND {} AND {tablespace} \
         AND coalesce((to_jsonb(x)->>'indnullsnotdistinct')::bool, false) = {} \
         AND x.indoption::text = '{}' AND {} \
         AND {}{})",
        literal(&name),
        index.unique,
        quote_literal(&index.method),
        parameters_are("c.reloptions", &index.with),
        // Not known before PostgreSQL 15.
        index.nulls_not_distinct,
        options.join(" "),
        prints(
            "coalesce(pg_get_expr(x.indpred, x.indrelid), '')",
            predicate
        ),
        parts_are(index),
        exprs_are(index),
    ))
}

/// The parts of an index `x` have these columns, operator classes and collations.
fn parts_are(index: &Index) -> String {
    let part_columns = index.parts.iter().map(|part| match &part.key {
        IndexKey::Column(column) => Some(column),
        IndexKey::Expr(_) => None,
    });
    let columns: Vec<Option<&Ident>> = part_columns.chain(index.include.iter().map(Some)).collect();
    let said = |part: &IndexPart| part.opclass.is_some() || !part.opclass_options.is_empty();
    let classes = if index.parts.iter().any(said) {
        let places = (1..).zip(&index.parts);
        let classes = places.map(|(place, part)| class_is(place, part));
        classes.collect::<Vec<_>>().join(" AND ")
    } else {
        "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a \
         WHERE a.attrelid = x.indexrelid AND a.attoptions IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM unnest(x.indclass) AS k (id) \
         JOIN pg_catalog.pg_opclass o ON o.oid = k.id WHERE NOT o.opcdefault)"
            .to_owned()
    };
    let collations = (1..).zip(&index.parts);
    let collations: Vec<String> = collations
        .filter_map(|(place, part)| Some((place, part.collation.as_ref()?)))
        .map(|(place, collation)| {
            format!("({place}, to_regcollation({})::oid)", literal(collation))
        })
        .collect();
    let collations = if collations.is_empty() {
        "NULL".to_owned()
    } else {
        format!(
            "(SELECT w.id FROM (VALUES {}) AS w (at, id) WHERE w.at = k.at)",
            collations.join(", ")
        )
    };
    format!(
        "{} AND {classes} \
         AND NOT EXISTS (SELECT 1 FROM unnest(x.indkey, x.indcollation) WITH ORDINALITY AS k (n, id, at) \
         JOIN pg_catalog.pg_attribute i ON i.attrelid = x.indexrelid AND i.attnum = k.at \
         JOIN pg_catalog.pg_type t ON t.oid = i.atttypid \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.n AND k.n <> 0 \
         WHERE CASE WHEN k.id <> 0 AND k.id <> coalesce(a.attcollation, t.typcollation) \
         AND (k.n <> 0 OR pg_get_indexdef(x.indexrelid) LIKE '%COLLATE%') THEN k.id END IS DISTINCT FROM {collations})",
        columns_are("x.indrelid", "x.indkey", &columns),
    )
}

/// The part at a place has its operator class, with its parameters.
fn class_is(place: usize, part: &IndexPart) -> String {
    let class = match &part.opclass {
        None => "o.opcdefault".to_owned(),
        Some(class) => format!(
            "CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END \
             || quote_ident(o.opcname) = {}",
            quote_literal(class)
        ),
    };
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indexrelid AND a.attnum = {place} \
         WHERE o.oid = x.indclass[{}] AND {class} AND {})",
        place - 1,
        parameters_are("a.attoptions", &part.opclass_options)
    )
}

/// The expressions of an index `x` are these, as the server prints them.
fn exprs_are(index: &Index) -> String {
    let places = (1..).zip(&index.parts);
    let exprs = places.filter_map(|(place, part)| match &part.key {
        IndexKey::Column(_) => None,
        IndexKey::Expr(expr) => Some(format!(
            " AND {}",
            prints(
                &format!("pg_get_indexdef(x.indexrelid, {place}, false)"),
                expr.sql()
            )
        )),
    });
    exprs.collect()
}

/// Parameters are these, in whatever order.
fn parameters_are(list: &str, wanted: &Parameters) -> String {
    if wanted.is_empty() {
        return format!("{list} IS NULL");
    }
    let parts = wanted.iter().map(|(key, value)| format!("{key}={value}"));
    let parts: Vec<String> = parts.map(|part| quote_literal(&part)).collect();
    format!(
        "(cardinality({list}) = {} AND {list} @> ARRAY[{}])",
        parts.len(),
        parts.join(", ")
    )
}

/// Returns the condition that the constraint of this name is this one, with its index if it has one.
pub(super) fn constraint_is(table: &Name, constraint: &Constraint) -> Option<String> {
    let name = constraint.name.as_ref()?;
    let (kind, what) = match &constraint.kind {
        ConstraintKind::PrimaryKey(key) => ("p", key_is(table, name, key)?),
        ConstraintKind::Unique(key) => ("u", key_is(table, name, key)?),
        ConstraintKind::Check { expr, no_inherit } if expr.is_printed() => (
            "c",
            format!(
                "c.connoinherit = {no_inherit} AND {}",
                prints("pg_get_expr(c.conbin, c.conrelid)", expr.sql())
            ),
        ),
        ConstraintKind::ForeignKey(key) => (
            "f",
            format!(
                "c.confrelid = to_regclass({}) AND c.confdeltype = '{}' AND c.confupdtype = '{}' \
                 AND c.confmatchtype = '{}' AND {} AND {} \
                 AND {} AND {}",
                literal(&key.table),
                letter(key.on_delete),
                letter(key.on_update),
                match key.matching {
                    Match::Full => "f",
                    Match::Simple => "s",
                },
                columns_are("c.conrelid", "c.conkey", &all(&key.columns)),
                columns_are("c.confrelid", "c.confkey", &all(&key.references)),
                set_columns_are(&key.on_delete_columns),
                period_is(key.period),
            ),
        ),
        ConstraintKind::Exclude(exclude) => ("x", exclude_is(table, name, exclude)?),
        ConstraintKind::Check { .. } => return None,
    };
    Some(format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c \
         WHERE c.conrelid = to_regclass({}) AND c.conname = {} AND c.contype = '{kind}' \
         AND c.convalidated = {} AND coalesce((to_jsonb(c)->>'conenforced')::bool, true) = {} \
         AND c.condeferrable = {} AND c.condeferred = {} AND {what})",
        literal(table),
        quote_literal(name.as_str()),
        !constraint.not_valid && !constraint.not_enforced,
        // Not known before PostgreSQL 18.
        !constraint.not_enforced,
        constraint.deferrable,
        constraint.initially_deferred,
    ))
}

/// Returns the condition that the check of a domain of this name is this one. One that is to be valid
/// may be proven later.
pub(super) fn domain_check_is(domain: &Name, check: &DomainCheck) -> Option<String> {
    let name = check.name.as_ref()?;
    if !check.expr.is_printed() {
        return None;
    }
    let open = if check.not_valid {
        " AND NOT convalidated"
    } else {
        ""
    };
    Some(format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE contypid = to_regtype({}) AND conname = {} \
         AND {}{open})",
        literal(domain),
        quote_literal(name.as_str()),
        prints("pg_get_expr(conbin, 0)", check.expr.sql())
    ))
}

/// The index of a key is that of this one.
fn key_is(table: &Name, name: &Ident, key: &Key) -> Option<String> {
    let mut index = key_index(key, name.clone());
    if key.without_overlaps {
        index.method = "gist".into();
    }
    let index = index_is(table, &index)?;
    Some(format!("{} AND {index}", period_is(key.without_overlaps)))
}

/// A constraint `c` is about a period of time (PostgreSQL 18), or is not.
fn period_is(period: bool) -> String {
    format!("coalesce((to_jsonb(c)->>'conperiod')::bool, false) = {period}")
}

/// The columns that ON DELETE sets are these; none are all (PostgreSQL 15).
fn set_columns_are(columns: &[Ident]) -> String {
    if columns.is_empty() {
        return "coalesce(to_jsonb(c)->>'confdelsetcols', '') = ''".into();
    }
    let numbers = "ARRAY(SELECT n::int FROM jsonb_array_elements_text(nullif(to_jsonb(c)->'confdelsetcols', 'null')) AS l (n))";
    columns_are("c.conrelid", numbers, &all(columns))
}

/// The index of an exclusion is that of this one, and compares by the same operators.
fn exclude_is(table: &Name, name: &Ident, exclude: &Exclude) -> Option<String> {
    let index = Index {
        name: Some(name.clone()),
        method: exclude.method.clone(),
        parts: (exclude.elements.iter())
            .map(|it| it.part.clone())
            .collect(),
        include: exclude.include.clone(),
        predicate: exclude.predicate.clone(),
        with: exclude.with.clone(),
        ..Index::default()
    };
    let operators = exclude.elements.iter();
    let operators: Vec<String> = operators.map(|it| quote_literal(&it.operator)).collect();
    Some(format!(
        "ARRAY(SELECT CASE n.nspname WHEN 'pg_catalog' THEN o.oprname::text \
         ELSE 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')' END \
         FROM unnest(c.conexclop) WITH ORDINALITY AS k (id, at) \
         JOIN pg_catalog.pg_operator o ON o.oid = k.id \
         JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace ORDER BY k.at) = ARRAY[{}] AND {}",
        operators.join(", "),
        index_is(table, &index)?
    ))
}

/// What the server prints, as SQL, is this expression, in parentheses or not. It begins a CASE on a
/// line of its own, and an array may have casts that were left out when it was read.
pub(super) fn prints(printed: &str, expr: &str) -> String {
    let (mut printed, mut expr) = (printed.to_owned(), expr.to_owned());
    if expr.contains("ARRAY[") {
        for (cast, bare) in ARRAYS {
            let (from, to) = (quote_literal(cast), quote_literal(bare));
            printed = format!("replace({printed}, {from}, {to})");
            expr = expr.replace(cast, bare);
        }
        expr = without_own_types(&expr);
    }
    let mut texts = vec![expr.clone(), format!("({expr})")];
    if printed.contains("pg_get_indexdef") {
        // In those of the index, and its own.
        texts.push(format!("(({expr}))"));
    }
    if expr.contains('\n') {
        texts.push(format!("(\n{expr})"));
        printed = format!("btrim({printed}, chr(10))");
    }
    let texts: Vec<String> = texts.iter().map(|text| quote_literal(text)).collect();
    format!("{printed} IN ({})", texts.join(", "))
}

/// The cast around an array of texts, and the array without it.
const ARRAYS: [(&str, &str); 2] = [(" ((ARRAY[", " (ARRAY["), ("])::text[])", "])")];

/// Leaves out the type that is said of an array before its cast: `ARRAY[1]::integer[])::numeric[]`.
fn without_own_types(expr: &str) -> String {
    let mut parts = expr.split(")::");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let own = out.strip_suffix("[]").and_then(|it| it.rsplit_once("]::"));
        if let Some((array, _)) = own {
            out.truncate(array.len() + 1);
        }
        out.push_str(")::");
        out.push_str(part);
    }
    out
}

fn all(columns: &[Ident]) -> Vec<Option<&Ident>> {
    columns.iter().map(Some).collect()
}

/// Columns by number are these, in this order; there is none where something is computed.
fn columns_are(relation: &str, numbers: &str, columns: &[Option<&Ident>]) -> String {
    let name = |column: &Option<&Ident>| match column {
        Some(column) => quote_literal(column.as_str()),
        None => "NULL".to_owned(),
    };
    let names: Vec<String> = columns.iter().map(name).collect();
    format!(
        "ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY AS k (n, at) \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.n AND k.n <> 0 \
         ORDER BY k.at) = ARRAY[{}]::text[]",
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
