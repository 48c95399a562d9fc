//! The bound of a partition as a condition on its rows, spelled so that the server takes a check
//! with it for a proof and reads no row.

use crate::schema::{Name, PartitionBy, PartitionOf, Quoted, Schema, Table};

/// Returns the condition that the bound of a partition has, with those of the tables above; `None`
/// where the key is not one plain column, or a part of a bound is not a literal, and no server has
/// said the condition.
pub(crate) fn condition(
    schema: &Schema,
    parent: &Table,
    partition: &PartitionOf,
) -> Option<String> {
    let own = own_condition(parent.partition_by.as_ref()?, partition)?;
    let Some(above) = &parent.partition_of else {
        return Some(own);
    };
    let up = schema.tables.get(&above.parent)?;
    Some(format!("{own} AND {}", condition(schema, up, above)?))
}

/// Returns the condition of one bound, without those of the tables above.
pub(crate) fn own_condition(by: &PartitionBy, partition: &PartitionOf) -> Option<String> {
    of_bound(by, &partition.bound).or_else(|| partition.condition.clone())
}

/// Returns the condition of a bound that is plain.
///
/// It follows `get_qual_for_range` and `get_qual_for_list` of PostgreSQL's `partbounds.c`: what is
/// proven has the same operators, with the same operands.
pub(crate) fn of_bound(by: &PartitionBy, bound: &str) -> Option<String> {
    let [column] = &by.columns[..] else {
        return None;
    };
    let column = Quoted(column).to_string();
    let words = bound.strip_prefix("FOR VALUES ")?;
    if by.key.as_str() != column {
        return None;
    }
    match by.strategy.as_str() {
        "range" => {
            let (from, rest) = list(words.strip_prefix("FROM ")?)?;
            let (to, rest) = list(rest.strip_prefix(" TO ")?)?;
            let ([from], [to], "") = (&from[..], &to[..], rest) else {
                return None;
            };
            let mut parts = vec![format!("{column} IS NOT NULL")];
            for (operator, value, open) in [(">=", from, "MINVALUE"), ("<", to, "MAXVALUE")] {
                if value.is_literal() {
                    parts.push(format!("{column} {operator} {}", value.0));
                } else if value.0 != open {
                    return None;
                }
            }
            Some(parts.join(" AND "))
        }
        "list" => {
            let (values, "") = list(words.strip_prefix("IN ")?)? else {
                return None;
            };
            let null = values.iter().any(|value| value.0 == "NULL");
            let values: Vec<&Value<'_>> = values.iter().filter(|it| it.0 != "NULL").collect();
            if !values.iter().all(|value| value.is_literal()) {
                return None;
            }
            let values: Vec<&str> = values.iter().map(|value| value.0).collect();
            let among = format!("{column} IN ({})", values.join(", "));
            Some(match (null, values.is_empty()) {
                (true, true) => format!("{column} IS NULL"),
                (true, false) => format!("({column} IS NULL OR {among})"),
                (false, _) => format!("{column} IS NOT NULL AND {among}"),
            })
        }
        _ => None,
    }
}

/// Returns the partition for rows of no other one.
pub(crate) fn default_of(schema: &Schema, parent: &Name) -> Option<Name> {
    let of_parent = |table: &&Table| {
        let below = table.partition_of.as_ref();
        below.is_some_and(|it| it.parent == *parent && it.bound == "DEFAULT")
    };
    let mut tables = schema.tables.values().map(|table| &**table);
    tables.find(of_parent).map(|table| table.name.clone())
}

/// One value of a bound, as SQL.
struct Value<'a>(&'a str);

impl Value<'_> {
    fn is_literal(&self) -> bool {
        let text = self.0;
        let quoted = text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
        quoted || matches!(text, "true" | "false") || text.parse::<f64>().is_ok_and(f64::is_finite)
    }
}

/// Reads values in parentheses; returns what follows, too.
fn list(text: &str) -> Option<(Vec<Value<'_>>, &str)> {
    let inner = text.strip_prefix('(')?;
    let mut values = Vec::new();
    let (mut begin, mut quoted) = (0, false);
    for (at, c) in inner.char_indices() {
        quoted ^= c == '\'';
        if quoted || !matches!(c, ',' | ')' | '(') {
            continue;
        }
        values.push(Value(inner.get(begin..at)?.trim()));
        begin = at + 1;
        match c {
            ')' => return Some((values, inner.get(begin..)?)),
            ',' => {}
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(strategy: &str) -> PartitionBy {
        PartitionBy {
            strategy: strategy.into(),
            key: crate::schema::Expr::new("at"),
            columns: vec!["at".into()],
        }
    }

    #[test]
    fn bounds_are_conditions() {
        let range = |bound| of_bound(&by("range"), bound);
        assert_eq!(
            range("FOR VALUES FROM ('2024-01-01') TO (MAXVALUE)").as_deref(),
            Some("at IS NOT NULL AND at >= '2024-01-01'")
        );
        assert_eq!(
            range("FOR VALUES FROM (MINVALUE) TO (-5)").as_deref(),
            Some("at IS NOT NULL AND at < -5")
        );
        let list = |bound| of_bound(&by("list"), bound);
        assert_eq!(
            list("FOR VALUES IN ('a, (b', NULL, 'it''s')").as_deref(),
            Some("(at IS NULL OR at IN ('a, (b', 'it''s'))")
        );
        assert_eq!(list("FOR VALUES IN (NULL)").as_deref(), Some("at IS NULL"));
    }

    #[test]
    fn what_is_not_read_is_no_condition() {
        for bound in [
            "DEFAULT",
            "FOR VALUES FROM (now()) TO (MAXVALUE)",
            "FOR VALUES FROM (1, 2) TO (3, 4)",
            "FOR VALUES FROM (MAXVALUE) TO (1)",
            "FOR VALUES FROM (1",
        ] {
            assert_eq!(of_bound(&by("range"), bound), None, "{bound}");
        }
        assert_eq!(
            of_bound(&by("hash"), "FOR VALUES WITH (modulus 2, remainder 0)"),
            None
        );
    }
}
