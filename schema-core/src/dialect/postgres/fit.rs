//! Which values a new type refuses, as a question to the rows.

use super::types::spell;
use crate::schema::{DataType, quote_literal};

/// The first version with `pg_input_is_valid`.
const INPUT_IS_VALID: u32 = 160_000;

/// Whether the values of a column fit another type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// All do, or the server will round and cut them without a word.
    Always,
    /// Those do not for which this condition holds.
    Unless(String),
    /// This server cannot be asked without trying.
    Unknown,
}

/// Returns which values of `column`, which is SQL, are refused when its type changes. `labels` are
/// those of the new type if it is an enum.
pub fn fit(
    column: &str,
    from: &DataType,
    to: &DataType,
    labels: Option<&[String]>,
    version: u32,
) -> Fit {
    if from.array || to.array {
        return Fit::Unknown;
    }
    if let Some(labels) = labels {
        let labels: Vec<String> = labels.iter().map(|label| quote_literal(label)).collect();
        if labels.is_empty() {
            return Fit::Unless(format!("{column} IS NOT NULL"));
        }
        return Fit::Unless(format!("{column}::text NOT IN ({})", labels.join(", ")));
    }
    if to.schema.is_some() || from.schema.is_some() {
        return Fit::Unknown;
    }
    match (kind(from), kind(to)) {
        (_, Kind::Text) => match to.modifiers.parse::<u32>() {
            // Blanks at the end are cut.
            Ok(most) => Fit::Unless(format!("length(rtrim({column}::text, ' ')) > {most}")),
            Err(_) => Fit::Always,
        },
        (Kind::Number, Kind::Number) => number(column, to),
        (Kind::Text, _) if version >= INPUT_IS_VALID => Fit::Unless(format!(
            "NOT pg_catalog.pg_input_is_valid({column}::text, {})",
            quote_literal(&spell(to))
        )),
        (Kind::Text, Kind::Number) => {
            let number = match number(&format!("{column}::numeric"), to) {
                Fit::Unless(condition) => condition,
                Fit::Always | Fit::Unknown => "false".into(),
            };
            let digits = match whole(to) {
                Some(_) => "^\\s*[-+]?[0-9]+\\s*$",
                None => "^\\s*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[-+]?[0-9]+)?\\s*$",
            };
            Fit::Unless(format!(
                "{column} IS NOT NULL AND CASE WHEN {column} ~* '{digits}' THEN {number} ELSE true END"
            ))
        }
        (Kind::Text, Kind::Uuid) => Fit::Unless(format!(
            "replace(btrim({column}, '{{}}'), '-', '') !~* '^[0-9a-f]{{32}}$'"
        )),
        (Kind::Text | Kind::Number | Kind::Uuid | Kind::Other, _) => Fit::Unknown,
    }
}

enum Kind {
    Text,
    Number,
    Uuid,
    Other,
}

fn kind(ty: &DataType) -> Kind {
    match ty.name.as_str() {
        "text" | "character varying" | "character" => Kind::Text,
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => Kind::Number,
        "uuid" => Kind::Uuid,
        _ => Kind::Other,
    }
}

/// Returns the smallest and the largest value of an integer type.
fn whole(ty: &DataType) -> Option<(i64, i64)> {
    match ty.name.as_str() {
        "smallint" => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
        "integer" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        "bigint" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

fn number(column: &str, to: &DataType) -> Fit {
    if let Some((least, most)) = whole(to) {
        return Fit::Unless(format!(
            "round({column}::numeric) NOT BETWEEN {least} AND {most}"
        ));
    }
    let mut parts = to
        .modifiers
        .split(',')
        .map(|part| part.trim().parse::<i32>());
    match (to.name.as_str(), parts.next(), parts.next()) {
        ("numeric", Some(Ok(precision)), scale) => {
            let scale = scale.and_then(Result::ok).unwrap_or(0);
            Fit::Unless(format!(
                "{column}::numeric <> 'NaN' AND abs(round({column}::numeric, {scale})) >= 1e{}::numeric",
                precision - scale
            ))
        }
        _ => Fit::Always,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(name: &str, modifiers: &str) -> DataType {
        DataType {
            modifiers: modifiers.into(),
            ..DataType::builtin(name)
        }
    }

    #[test]
    fn a_wider_text_refuses_nothing() {
        let (from, to) = (ty("character varying", "10"), ty("text", ""));
        assert_eq!(fit("a", &from, &to, None, 150_000), Fit::Always);
    }

    #[test]
    fn the_digits_before_the_point_count() {
        let Fit::Unless(condition) = fit(
            "a",
            &ty("numeric", ""),
            &ty("numeric", "6,2"),
            None,
            150_000,
        ) else {
            panic!("a question");
        };
        assert!(condition.contains("1e4"), "{condition}");
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        let (from, to) = (ty("text", ""), ty("date", ""));
        assert_eq!(fit("a", &from, &to, None, 150_000), Fit::Unknown);
        assert!(matches!(
            fit("a", &from, &to, None, 160_000),
            Fit::Unless(_)
        ));
    }
}
