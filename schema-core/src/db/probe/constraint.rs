//! Questions about keys, checks, foreign keys and exclusions.

use std::collections::BTreeMap;

use super::Question;
use super::before::Before;
use super::stored::Stored;
use crate::schema::{
    Constraint, ConstraintKind, Exclude, Expr, Ident, Index, IndexKey, Match, Name, Quoted,
};

/// Rows against a constraint, as the plan leaves them.
pub(super) fn against(
    before: &Before<'_>,
    stored: &BTreeMap<Name, Stored>,
    table: &Name,
    constraint: &Constraint,
) -> Option<Question> {
    let name = constraint.name.clone().unwrap_or_default();
    let rows = stored.get(table)?;
    match &constraint.kind {
        ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
            // A period is unique where it does not overlap.
            if key.without_overlaps {
                return None;
            }
            let keys = key.columns.iter().cloned().map(IndexKey::Column);
            let demand = Demand {
                name,
                keys: keys.collect(),
                predicate: None,
                nulls_not_distinct: key.nulls_not_distinct,
            };
            duplicates(table, rows, demand)
        }
        ConstraintKind::Check { expr, .. } => {
            let from = rows.rows(expr.sql())?;
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!("FROM {} WHERE NOT ({expr})", from.from()),
                show: "*".into(),
                message: format!("check ({expr}) cannot be added: {{n}} against it"),
                cures: vec!["fix the rows, or the check".into()],
            })
        }
        ConstraintKind::ForeignKey(key) => {
            let child = rows.rows(&names(&key.columns))?;
            let from: Vec<String> = (key.columns.iter())
                .map(|column| format!("c.{}", Quoted(column)))
                .collect();
            let set: Vec<String> = from.iter().map(|it| format!("{it} IS NOT NULL")).collect();
            let (mixed, without) = match key.matching {
                Match::Full if from.len() > 1 => (
                    format!(
                        "num_nulls({0}) BETWEEN 1 AND {1} OR ",
                        from.join(", "),
                        from.len() - 1
                    ),
                    "without one, or with NULL beside a value",
                ),
                Match::Full | Match::Simple => (String::new(), "without one"),
            };
            // A table that the plan makes has no rows, but for one that is made anew.
            let lost = if before.table(&key.table).is_none() {
                if !before.after.tables.contains_key(&key.table) {
                    return None;
                }
                String::new()
            } else {
                let parents = stored.get(&key.table)?;
                let parent = parents.rows(&names(&key.references))?;
                let equal: Vec<String> = (from.iter().zip(&key.references))
                    .map(|(from, to)| format!("p.{} = {from}", Quoted(to)))
                    .collect();
                let parent = parent.named("p");
                match (key.period, from.last(), equal.split_last()) {
                    // The rows that are referred to cover a period together.
                    (true, Some(period), Some((last, equal))) => {
                        let of = last.split(" = ").next().unwrap_or_default();
                        let equal: String = equal.iter().map(|it| format!(" AND {it}")).collect();
                        format!(
                            " AND NOT coalesce({period} <@ (SELECT range_agg({of}) FROM {parent} WHERE true{equal}), false)"
                        )
                    }
                    (_, _, _) => format!(
                        " AND NOT EXISTS (SELECT 1 FROM {parent} WHERE {})",
                        equal.join(" AND ")
                    ),
                }
            };
            Some(Question {
                object: format!("{table}.{name}"),
                rows: format!(
                    "FROM {} WHERE {mixed}{}{lost}",
                    child.named("c"),
                    set.join(" AND "),
                ),
                show: "c.*".into(),
                message: format!(
                    "foreign key to {} cannot be added: {{n}} {without}",
                    key.table
                ),
                cures: vec!["delete or correct the rows".into()],
            })
        }
        ConstraintKind::Exclude(exclude) => excluded(rows, table, &name, exclude),
    }
}

/// Names of columns, to be looked for.
fn names(columns: &[Ident]) -> String {
    let names: Vec<String> = columns.iter().map(|it| Quoted(it).to_string()).collect();
    names.join(", ")
}

/// Pairs of rows that exclude each other.
fn excluded(rows: &Stored, table: &Name, name: &Ident, exclude: &Exclude) -> Option<Question> {
    let mut reads = vec!["tableoid, ctid".to_owned()];
    for element in &exclude.elements {
        reads.push(key_sql(&element.part.key));
    }
    reads.extend(exclude.predicate.iter().map(|it| it.sql().to_owned()));
    let from = rows.rows(&reads.join(", "))?;
    let mut values = Vec::new();
    let mut collide = Vec::new();
    for (at, element) in exclude.elements.iter().enumerate() {
        let key = key_sql(&element.part.key);
        values.push(format!("{key} AS k{at}"));
        collide.push(format!("a.k{at} {} b.k{at}", element.operator));
    }
    let only = exclude
        .predicate
        .as_ref()
        .map(|predicate| format!(" WHERE ({predicate})"))
        .unwrap_or_default();
    let side = format!(
        "(SELECT tableoid AS part, ctid AS place, {} FROM {}{only})",
        values.join(", "),
        from.from()
    );
    Some(Question {
        object: format!("{table}.{name}"),
        rows: format!(
            "FROM {side} a JOIN {side} b ON (a.part, a.place) < (b.part, b.place) AND {}",
            collide.join(" AND ")
        ),
        show: "*".into(),
        message: "exclusion cannot be added: pairs that exclude each other: {n}".into(),
        cures: vec!["delete or correct one row of each pair".into()],
    })
}

/// Returns a key as SQL, with the names of after the plan.
pub(super) fn key_sql(key: &IndexKey) -> String {
    match key {
        IndexKey::Column(column) => Quoted(column).to_string(),
        IndexKey::Expr(expr) => format!("({expr})"),
    }
}

/// What a key or an index wants to be unique.
pub(super) struct Demand {
    name: Ident,
    keys: Vec<IndexKey>,
    predicate: Option<Expr>,
    nulls_not_distinct: bool,
}

impl Demand {
    pub(super) fn of(index: &Index) -> Self {
        Self {
            name: index.name.clone().unwrap_or_default(),
            keys: index.parts.iter().map(|part| part.key.clone()).collect(),
            predicate: index.predicate.clone(),
            nulls_not_distinct: index.nulls_not_distinct,
        }
    }
}

/// Rows that are the same in what is to be unique.
pub(super) fn duplicates(table: &Name, rows: &Stored, demand: Demand) -> Option<Question> {
    let Demand {
        name,
        keys,
        predicate,
        nulls_not_distinct,
    } = demand;
    let keys: Vec<String> = keys.iter().map(key_sql).collect();
    let mut reads = keys.clone();
    reads.extend(predicate.iter().map(|it| it.sql().to_owned()));
    let from = rows.rows(&reads.join(", "))?;
    let list = keys.join(", ");
    let mut conditions: Vec<String> = Vec::new();
    if !nulls_not_distinct {
        conditions.extend(keys.iter().map(|key| format!("{key} IS NOT NULL")));
    }
    conditions.extend(predicate.map(|predicate| format!("({predicate})")));
    let only = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {} ", conditions.join(" AND "))
    };
    Some(Question {
        object: format!("{table}.{name}"),
        rows: format!(
            "FROM (SELECT {list}, count(*) AS rows_with_it FROM {} {only}GROUP BY {list} HAVING count(*) > 1) d",
            from.from(),
        ),
        show: "*".into(),
        message: format!("cannot be unique over ({list}): values that stand more than once: {{n}}"),
        cures: vec!["delete or merge the duplicates".into()],
    })
}
