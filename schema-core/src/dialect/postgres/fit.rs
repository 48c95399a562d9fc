//! Which values a new type refuses, as a question to the rows.

use super::types::{Cast, is_builtin, is_number, is_textual, spell, type_change};
use crate::schema::{DataType, quote_literal};

/// The first version with `pg_input_is_valid`.
const INPUT_IS_VALID: u32 = 160_000;

/// The first version that casts a null of JSON to NULL.
const NULL_OF_JSON: u32 = 180_000;

/// The first version whose `numeric` can be infinite.
const INFINITE_NUMERIC: u32 = 140_000;

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
    let by_input = |what: &str| match version {
        INPUT_IS_VALID.. => Fit::Unless(invalid(column, what)),
        _ => Fit::Unknown,
    };
    match (from.array, to.array) {
        (false, false) => {}
        (true, true) => return elements(column, from, to, labels, version),
        // What is written in no braces is no array.
        (false, true) if is_never_in_braces(from) => {
            return Fit::Unless(format!("{column} IS NOT NULL"));
        }
        (true, false) if is_json(to) => return Fit::Always,
        (true, false) if labels.is_some() || kind(to) == Kind::Text && to.schema.is_none() => {}
        // As text it is read and written.
        (false, true) | (true, false) if to.schema.is_none() => return by_input(&spell(to)),
        (false, true) | (true, false) => return Fit::Unknown,
    }
    if let Some(labels) = labels {
        let labels: Vec<String> = labels.iter().map(|label| quote_literal(label)).collect();
        if labels.is_empty() {
            return Fit::Unless(format!("{column} IS NOT NULL"));
        }
        return Fit::Unless(format!("{column}::text NOT IN ({})", labels.join(", ")));
    }
    if to.schema.is_some() {
        return Fit::Unknown;
    }
    let is_truth = |ty: &DataType| *ty == DataType::builtin("boolean");
    // Anything is made JSON, a number is a truth, and a truth is 0 or 1.
    let is_made = is_json(to) && !is_json(from)
        || is_truth(from) && is_number(to)
        || is_number(from) && is_truth(to);
    if is_made && !is_textual(from) {
        return Fit::Always;
    }
    let by_text = type_change(from, to).cast == Cast::Missing
        || is_textual(from)
        || is_json(from) && is_json(to);
    if from.schema.is_some() && kind(to) != Kind::Text {
        return if by_text {
            by_input(&spell(to))
        } else {
            Fit::Unknown
        };
    }
    match (kind(from), kind(to)) {
        (_, Kind::Text) => match to.modifiers.parse::<u32>() {
            // Blanks at the end are cut.
            Ok(most) => Fit::Unless(format!("length(rtrim({column}::text, ' ')) > {most}")),
            Err(_) => Fit::Always,
        },
        (Kind::Number, Kind::Number) if to.name == "real" => single(column, from),
        (Kind::Number, Kind::Number) => match (number(column, to), is_float(from)) {
            (fit, true) if !is_float(to) && version < INFINITE_NUMERIC => finite(column, fit),
            (fit, _) => fit,
        },
        (Kind::Text, _) if version >= INPUT_IS_VALID => by_input(&spell(to)),
        (Kind::Text, Kind::Number) => {
            let number = match number(&format!("{column}::numeric"), to) {
                Fit::Unless(condition) => condition,
                Fit::Always | Fit::Unknown => "false".into(),
            };
            let digits = match whole(to) {
                Some(_) => "^\\s*[-+]?[0-9]+\\s*$",
                None => "^\\s*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[-+]?[0-9]+)?\\s*$",
            };
            let otherwise = match words(to, version) {
                Some(words) => format!("{column} !~* '^\\s*({words})\\s*$'"),
                None => "true".into(),
            };
            Fit::Unless(format!(
                "{column} IS NOT NULL AND CASE WHEN {column} ~* '{digits}' THEN {number} ELSE {otherwise} END"
            ))
        }
        (Kind::Text, Kind::Uuid) => Fit::Unless(format!(
            "replace(btrim({column}, '{{}}'), '-', '') !~* '^[0-9a-f]{{32}}$'"
        )),
        (Kind::Json, Kind::Number) => {
            let number = match number(&format!("({column} #>> '{{}}')::numeric"), to) {
                Fit::Unless(condition) => condition,
                Fit::Always | Fit::Unknown => "false".into(),
            };
            json(column, "number", &number, version)
        }
        (Kind::Json, _) if to.name == "boolean" => json(column, "boolean", "false", version),
        (Kind::Other, Kind::Other) if only_loses(&from.name, &to.name) => Fit::Always,
        (Kind::Text | Kind::Number | Kind::Uuid | Kind::Json | Kind::Other, _) if by_text => {
            by_input(&spell(to))
        }
        (Kind::Text | Kind::Number | Kind::Uuid | Kind::Json | Kind::Other, _) => Fit::Unknown,
    }
}

/// Tells whether no value of a type is written in braces, as arrays are.
fn is_never_in_braces(ty: &DataType) -> bool {
    let other = matches!(ty.name.as_str(), "json" | "jsonb" | "xml" | "refcursor");
    is_builtin(ty) && !is_textual(ty) && !other && !ty.name.ends_with("multirange")
}

/// Returns the words that stand for numbers of a type.
fn words(ty: &DataType, version: u32) -> Option<&'static str> {
    let infinite = version >= INFINITE_NUMERIC && ty.modifiers.is_empty();
    match ty.name.as_str() {
        "real" | "double precision" => Some("[-+]?inf(inity)?|nan"),
        "numeric" if infinite => Some("[-+]?inf(inity)?|nan"),
        "numeric" => Some("nan"),
        _ => None,
    }
}

fn is_json(ty: &DataType) -> bool {
    ty.schema.is_none() && !ty.array && matches!(ty.name.as_str(), "json" | "jsonb")
}

fn is_float(ty: &DataType) -> bool {
    ty.schema.is_none() && matches!(ty.name.as_str(), "real" | "double precision")
}

/// Tells whether the cast between two types takes something off, and refuses nothing.
fn only_loses(from: &str, to: &str) -> bool {
    matches!(
        (from, to),
        (
            "timestamp without time zone" | "timestamp with time zone",
            "date" | "time without time zone"
        ) | ("timestamp with time zone", "time with time zone")
            | ("time with time zone", "time without time zone")
            | ("inet", "cidr")
    )
}

/// Returns what does not fit, and what is infinite.
fn finite(column: &str, fit: Fit) -> Fit {
    let infinite = format!("{column} IN ('Infinity', '-Infinity')");
    match fit {
        Fit::Unless(condition) => Fit::Unless(format!(
            "CASE WHEN {infinite} THEN true ELSE {condition} END"
        )),
        Fit::Always => Fit::Unless(infinite),
        Fit::Unknown => Fit::Unknown,
    }
}

/// Returns the condition that a value, as text, is none of a type.
fn invalid(column: &str, ty: &str) -> String {
    format!(
        "NOT pg_catalog.pg_input_is_valid({column}::text, {})",
        quote_literal(ty)
    )
}

/// Returns which arrays have an element that does not fit.
fn elements(
    column: &str,
    from: &DataType,
    to: &DataType,
    labels: Option<&[String]>,
    version: u32,
) -> Fit {
    let (from, to) = (from.element(), to.element());
    let cast = type_change(&from, &to).cast;
    let fit = match cast {
        Cast::Missing if labels.is_none() && to.schema.is_none() && version >= INPUT_IS_VALID => {
            Fit::Unless(invalid("element", &spell(&to)))
        }
        Cast::Missing if labels.is_none() => Fit::Unknown,
        Cast::Missing | Cast::Explicit | Cast::Assignment | Cast::Implicit => {
            fit("element", &from, &to, labels, version)
        }
    };
    match fit {
        Fit::Unless(condition) => Fit::Unless(format!(
            "EXISTS (SELECT 1 FROM unnest({column}) AS elements (element) WHERE {condition})"
        )),
        fit @ (Fit::Always | Fit::Unknown) => fit,
    }
}

/// Returns which values of `jsonb` are no number or no truth.
fn json(column: &str, kind: &str, misfits: &str, version: u32) -> Fit {
    // Before 18 a null of JSON was refused, and becomes NULL since.
    let null = version < NULL_OF_JSON;
    Fit::Unless(format!(
        "CASE jsonb_typeof({column}) WHEN '{kind}' THEN {misfits} WHEN 'null' THEN {null} ELSE {column} IS NOT NULL END"
    ))
}

/// Returns which numbers are too large, or too small, for `real`.
fn single(column: &str, from: &DataType) -> Fit {
    match from.name.as_str() {
        "double precision" => Fit::Unless(format!(
            "{column} NOT IN ('NaN', 'Infinity', '-Infinity') AND (abs({column}) >= 3.4028235677973366e38::float8 OR {column} <> 0 AND abs({column}) <= 7.0064923216240854e-46::float8)"
        )),
        "numeric" => Fit::Unless(format!(
            "{column}::text NOT IN ('NaN', 'Infinity', '-Infinity') AND (abs({column}) >= 340282356779733661637539395458142568448 OR {column} <> 0 AND abs({column}) <= 7.0064923216240853e-46)"
        )),
        _ => Fit::Always,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Uuid,
    Json,
    Other,
}

fn kind(ty: &DataType) -> Kind {
    match ty.name.as_str() {
        "text" | "character varying" | "character" => Kind::Text,
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => Kind::Number,
        "uuid" => Kind::Uuid,
        "jsonb" => Kind::Json,
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
