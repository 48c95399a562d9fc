//! Values that are longer than what a B-tree takes.

use std::collections::BTreeMap;

use super::before::Before;
use super::evaluated::is_made;
use super::stored::Stored;
use super::{Question, is_demanded};
use crate::plan::Plan;
use crate::schema::{ConstraintKind, DataType, Expr, Ident, IndexKey, Name, Quoted, quote_literal};
use crate::wording::thousands;

/// The most that a value may take in a page of 8 kB, which holds three entries at least: 2,704 bytes
/// with the head of the entry.
const MOST: u32 = 2_696;

/// The most bytes of a character.
const CHARACTER_BYTES: u32 = 4;

/// What an index or a key stores.
struct Entry<'a> {
    name: Option<&'a Ident>,
    columns: Vec<&'a Ident>,
    predicate: Option<&'a Expr>,
}

/// Rows with such a value in a column of a new index. What is stored as long as that has been
/// compressed, or could not be: it is as long in the index.
pub(super) fn questions(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
) -> Vec<Question> {
    let mut out = Vec::new();
    for (name, rows) in stored {
        let Some(table) = before.after.tables.get(name) else {
            continue;
        };
        let keys = table.constraints.iter().filter_map(|constraint| {
            let (ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)) = &constraint.kind
            else {
                return None;
            };
            let is_new = !key.without_overlaps && is_demanded(plan, stored, name, constraint);
            is_new.then(|| Entry {
                name: constraint.name.as_ref(),
                columns: key.columns.iter().chain(&key.include).collect(),
                predicate: None,
            })
        });
        let indexes = table.indexes.iter().filter_map(|index| {
            let is_new = index.method == "btree" && is_made(plan, name, index);
            let columns = index.parts.iter().filter_map(|part| match &part.key {
                IndexKey::Column(column) => Some(column),
                IndexKey::Expr(_) => None,
            });
            is_new.then(|| Entry {
                name: index.name.as_ref(),
                columns: columns.chain(&index.include).collect(),
                predicate: index.predicate.as_ref(),
            })
        });
        for entry in keys.chain(indexes) {
            out.extend(question(before, name, rows, &entry));
        }
    }
    out
}

fn question(
    before: &Before<'_>,
    table: &Name,
    rows: &Stored,
    entry: &Entry<'_>,
) -> Option<Question> {
    let after = before.after.tables.get(table)?;
    let is_long = |name: &&&Ident| {
        let column = after.column(name);
        // What is written by the plan may be compressed then.
        let is_there = rows.writes.iter().all(|write| write.column.name != ***name);
        is_there && column.is_some_and(|it| may_be_long(&before.plain(&it.ty, &before.after)))
    };
    let columns = entry.columns.iter().filter(is_long);
    let columns: Vec<String> = columns.map(|it| Quoted(*it).to_string()).collect();
    if columns.is_empty() {
        return None;
    }
    let sizes: Vec<String> = columns
        .iter()
        .map(|it| format!("pg_column_size({it})"))
        .collect();
    let long: Vec<String> = sizes.iter().map(|it| format!("{it} > {MOST}")).collect();
    let only = entry.predicate.map(|it| format!(" AND ({it})"));
    let only = only.unwrap_or_default();
    let from = rows.rows(&format!("{}{only}", columns.join(", ")))?;
    let now = before.table(table)?;
    let (some, name) = (columns.first()?, entry.name.cloned().unwrap_or_default());
    Some(Question {
        object: format!("{table}.{name}"),
        // Where nothing is stored beside the rows no value is so long, and none is read.
        rows: format!(
            "FROM {} WHERE (SELECT sum(pg_relation_size(c.reltoastrelid)) FROM pg_class c \
             WHERE c.oid = ANY (ARRAY[{}]::oid[]) AND c.reltoastrelid <> 0 \
             AND current_setting('block_size') = {}) > 0 AND ({}){only}",
            from.from(),
            before.with_those_below(&now),
            quote_literal("8192"),
            long.join(" OR "),
        ),
        show: sizes.join(", "),
        message: format!(
            "a B-tree takes no value of more than {} bytes: {{n}} with one",
            thousands(u64::from(MOST))
        ),
        cures: vec![
            format!(
                "an index of a part or a digest of it, such as left({some}, 200) or md5({some})"
            ),
            "shorten those values".into(),
        ],
    })
}

/// Tells whether values of a type may be so long.
fn may_be_long(ty: &DataType) -> bool {
    const SHORT: [&str; 24] = [
        "bigint",
        "boolean",
        "cidr",
        "date",
        "double precision",
        "inet",
        "integer",
        "interval",
        "macaddr",
        "macaddr8",
        "money",
        "name",
        "numeric",
        "oid",
        "pg_lsn",
        "real",
        "smallint",
        "time with time zone",
        "time without time zone",
        "timestamp with time zone",
        "timestamp without time zone",
        "uuid",
        "bit",
        "\"char\"",
    ];
    let is_short = SHORT.contains(&ty.name.as_str());
    let most = ty.modifiers.parse::<u32>().ok();
    let is_limited = most.is_some_and(|most| most.saturating_mul(CHARACTER_BYTES) <= MOST);
    ty.array || ty.schema.is_some() || !is_short && !is_limited
}
