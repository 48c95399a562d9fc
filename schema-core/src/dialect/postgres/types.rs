//! The types of PostgreSQL: their spellings, and what changing one to another costs.

use crate::schema::{DataType, Ident, Name, Quoted};

/// Reads any accepted spelling of a type as the server prints it.
///
/// Built-in types have no schema, and as name what `format_type` prints (for `"char"` and a `bit`
/// without length that is a quoted word). `serial` and its kin stay as they are: see
/// [`serial`]. An unqualified name that is not built in is left without a schema.
///
/// ```
/// use schema_core::dialect::postgres::types::{parse_type, spell};
/// assert_eq!(spell(&parse_type("varchar(200)[]").unwrap()), "character varying(200)[]");
/// ```
pub fn parse_type(text: &str) -> Result<DataType, String> {
    let spelled = read(text)?;
    let mut array = spelled.array;
    let builtin_schema = spelled
        .schema
        .as_ref()
        .is_some_and(|schema| schema == "pg_catalog");
    let schema = spelled.schema.filter(|_| !builtin_schema);
    if schema.is_some() {
        return Ok(DataType {
            schema: schema.map(Ident::new),
            name: spelled.name,
            modifiers: spelled.modifiers,
            array,
        });
    }
    let mut name = spelled.name;
    if spelled.quoted || builtin_schema {
        // Inside the catalogue, or quoted, these words are other types than the SQL words.
        let exact = match name.as_str() {
            "char" => Some("\"char\""),
            "bit" if spelled.modifiers.is_empty() => Some("\"bit\""),
            _ => None,
        };
        if let Some(exact) = exact {
            return Ok(DataType {
                array,
                ..DataType::builtin(exact)
            });
        }
    }
    if let Some(element) = name.strip_prefix('_')
        && let Ok(element) = parse_type(element)
        && is_builtin(&element)
        && !spelled.quoted
    {
        array = true;
        name = element.name;
    }
    if spelled.quoted && !is_plain(&name) {
        return Ok(DataType {
            schema: None,
            name,
            modifiers: spelled.modifiers,
            array,
        });
    }
    let (name, modifiers) = canonical(&name, spelled.modifiers, text)?;
    let digits = modifiers.parse::<u32>().ok();
    if let Some(digits) = digits.filter(|digits| is_time(&name) && *digits > SECOND_DIGITS) {
        return Err(format!(
            "type `{text}`: a server keeps {SECOND_DIGITS} digits of a second and not {digits}; write {SECOND_DIGITS} or none"
        ));
    }
    Ok(DataType {
        schema: None,
        name,
        modifiers,
        array,
    })
}

/// Writes a type as SQL.
pub fn spell(ty: &DataType) -> String {
    match &ty.schema {
        Some(schema) => {
            let name = Name::new(schema.clone(), ty.name.as_str());
            ty.spell(&Quoted(&name).to_string())
        }
        None if is_builtin(ty) || serial(ty).is_some() => ty.spell(&ty.name),
        None => ty.spell(&Quoted(ty.name.as_str()).to_string()),
    }
}

/// Returns what a server keeps of `DEFAULT NULL` for a column of a type, as it prints it: nothing but
/// for types with a length or the like.
pub(crate) fn kept_null(ty: &DataType) -> Option<String> {
    let kept = !ty.modifiers.is_empty() && ty.schema.is_none();
    kept.then(|| format!("NULL::{}{}", ty.name, if ty.array { "[]" } else { "" }))
}

/// Returns the integer type beneath `serial`, `bigserial` and `smallserial`.
pub fn serial(ty: &DataType) -> Option<DataType> {
    if ty.schema.is_some() || ty.array {
        return None;
    }
    let base = match ty.name.as_str() {
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        "smallserial" | "serial2" => "smallint",
        _ => return None,
    };
    Some(DataType::builtin(base))
}

/// Tells whether a parsed type is one of the server's own.
pub fn is_builtin(ty: &DataType) -> bool {
    ty.schema.is_none()
        && (BUILTIN.binary_search(&ty.name.as_str()).is_ok() || ty.name.starts_with("interval "))
}

/// Tells whether the type holds text of any length: `text` and `character varying`.
pub fn is_text(ty: &DataType) -> bool {
    ty.schema.is_none() && !ty.array && matches!(ty.name.as_str(), "text" | "character varying")
}

/// Tells whether the type holds text in any way: padded, named, or of the extension `citext` too.
pub fn is_textual(ty: &DataType) -> bool {
    let own = ty.schema.is_none()
        && matches!(
            ty.name.as_str(),
            "text" | "character varying" | "character" | "bpchar" | "name"
        );
    !ty.array && (own || ty.schema.is_some() && ty.name == "citext")
}

/// Tells whether the type is a number.
pub fn is_number(ty: &DataType) -> bool {
    ty.schema.is_none() && !ty.array && rank(&ty.name).is_some()
}

/// How values of one type become another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cast {
    /// Anywhere, by itself.
    Implicit,
    /// When stored, by itself: `ALTER COLUMN .. TYPE` needs no USING.
    Assignment,
    /// With `USING column::type` alone.
    Explicit,
    /// Not at all: USING needs an expression that somebody thinks of.
    Missing,
}

/// What `ALTER COLUMN .. TYPE` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeChange {
    /// How values get there.
    pub cast: Cast,
    /// The table and all its indexes are written anew. For `timestamp` to and from `timestamptz`
    /// `false` holds only in a session whose time zone is UTC.
    pub rewrite: bool,
    /// Some values may be refused, cut or rounded.
    pub narrowing: bool,
}

/// Tells what it takes to change a column from one type to another.
pub fn type_change(from: &DataType, to: &DataType) -> TypeChange {
    let free = TypeChange {
        cast: Cast::Implicit,
        rewrite: false,
        narrowing: false,
    };
    if from == to {
        return free;
    }
    if from.array != to.array {
        // An array becomes text by output; text becomes an array by input.
        let cast = match (is_text(to), is_text(from)) {
            (true, _) => Cast::Assignment,
            (false, true) => Cast::Explicit,
            (false, false) => Cast::Missing,
        };
        return TypeChange {
            cast,
            rewrite: true,
            narrowing: !is_text(to) || !to.modifiers.is_empty(),
        };
    }
    if from.schema == to.schema && from.name == to.name {
        let wider = widens(from, to);
        return TypeChange {
            cast: Cast::Implicit,
            // An array's elements are never seen as binary the same.
            rewrite: !wider
                || from.array && !to.modifiers.is_empty()
                // Longer padding is another value.
                || from.name == "character",
            narrowing: !wider && !holds(from, to),
        };
    }
    let (a, b) = (from.name.as_str(), to.name.as_str());
    let limited = !to.modifiers.is_empty();
    let change = |cast, rewrite, narrowing| TypeChange {
        cast,
        rewrite,
        narrowing,
    };
    let citext = |ty: &DataType| ty.schema.is_some() && ty.name == "citext";
    let textual = |ty: &DataType| {
        ty.schema.is_none()
            && matches!(
                ty.name.as_str(),
                "text" | "character varying" | "character" | "bpchar"
            )
    };
    if textual(from) && textual(to) {
        let padded = matches!(a, "character" | "bpchar") || matches!(b, "character" | "bpchar");
        let wider = limited && a == "character" && b == "character varying" && widens(from, to);
        return change(Cast::Implicit, padded || limited, limited && !wider);
    }
    if citext(from) && textual(to) || textual(from) && citext(to) {
        return change(Cast::Assignment, limited || a == "character", limited);
    }
    if let (Some(x), Some(y)) = (rank(a), rank(b))
        && from.schema.is_none()
        && to.schema.is_none()
    {
        let wider = x < y && !limited;
        let exact = (wider || holds(from, to))
            && !(a == "bigint" && y > 3)
            && !(a == "numeric" && y > 3)
            && !(a == "integer" && b == "real");
        let cast = if x < y {
            Cast::Implicit
        } else {
            Cast::Assignment
        };
        return change(cast, true, !exact);
    }
    if from.schema.is_none() && to.schema.is_none() {
        let known = match (a, b) {
            ("timestamp without time zone", "timestamp with time zone") => {
                let plain = !limited && from.modifiers.is_empty();
                Some(change(Cast::Implicit, !plain, !widens(from, to)))
            }
            ("timestamp with time zone", "timestamp without time zone") => {
                let plain = !limited && from.modifiers.is_empty();
                Some(change(Cast::Assignment, !plain, !widens(from, to)))
            }
            ("date", "timestamp without time zone" | "timestamp with time zone") => {
                Some(change(Cast::Implicit, true, false))
            }
            ("timestamp without time zone" | "timestamp with time zone", "date") => {
                Some(change(Cast::Assignment, true, true))
            }
            (
                "timestamp without time zone" | "timestamp with time zone",
                "time without time zone",
            )
            | ("timestamp with time zone", "time with time zone")
            | ("time with time zone", "time without time zone") => {
                Some(change(Cast::Assignment, true, true))
            }
            ("time without time zone", "time with time zone" | "interval") => {
                Some(change(Cast::Implicit, true, !widens(from, to)))
            }
            ("cidr", "inet") => Some(change(Cast::Implicit, false, false)),
            ("inet", "cidr") => Some(change(Cast::Assignment, true, true)),
            ("json", "jsonb") => Some(change(Cast::Assignment, true, true)),
            ("jsonb", "json") => Some(change(Cast::Assignment, true, false)),
            ("xml", "text") => Some(change(Cast::Assignment, false, false)),
            ("integer", "oid") | ("oid", "regclass" | "regproc" | "regtype") => {
                Some(change(Cast::Implicit, false, false))
            }
            ("bit", "bit varying") => Some(change(Cast::Implicit, limited, limited)),
            ("bit varying", "bit") => Some(change(Cast::Implicit, true, true)),
            ("money", "numeric") | ("numeric" | "integer" | "bigint", "money") => {
                Some(change(Cast::Assignment, true, true))
            }
            ("boolean", "integer") | ("integer", "boolean") => {
                Some(change(Cast::Explicit, true, b == "boolean"))
            }
            ("jsonb", "boolean") => Some(change(Cast::Explicit, true, true)),
            ("jsonb", _) if rank(b).is_some() => Some(change(Cast::Explicit, true, true)),
            _ => None,
        };
        if let Some(known) = known {
            return known;
        }
    }
    if textual(to) || citext(to) {
        return change(Cast::Assignment, true, limited);
    }
    if textual(from) || citext(from) {
        return change(Cast::Explicit, true, true);
    }
    change(Cast::Missing, true, true)
}

/// Tells whether every value of the one type fits into the other, of the same name or kind.
fn widens(from: &DataType, to: &DataType) -> bool {
    if to.modifiers.is_empty() {
        return true;
    }
    let numbers = |text: &str| -> Option<Vec<i64>> {
        text.split(',').map(|part| part.parse().ok()).collect()
    };
    let (Some(a), Some(b)) = (numbers(&from.modifiers), numbers(&to.modifiers)) else {
        return false;
    };
    match (from.name.as_str(), a.as_slice(), b.as_slice()) {
        ("numeric", [p, s], [q, t]) => s == t && q >= p,
        // The padding of `character(n)` and the length of `bit(n)` are part of the value.
        ("character", [n], [m]) => m > n,
        ("bit", [n], [m]) => n == m,
        (_, [n], [m]) => m >= n,
        _ => false,
    }
}

/// Tells whether a `numeric` with a precision has all digits that a number can have, before the point
/// and behind it.
fn holds(from: &DataType, to: &DataType) -> bool {
    let digits = |ty: &DataType| -> Option<(i64, i64)> {
        match ty.name.as_str() {
            "smallint" => Some((5, 0)),
            "integer" => Some((10, 0)),
            "bigint" => Some((19, 0)),
            "numeric" => {
                let (precision, scale) = ty.modifiers.split_once(',')?;
                let scale = scale.parse::<i64>().ok()?;
                Some((precision.parse::<i64>().ok()? - scale, scale))
            }
            _ => None,
        }
    };
    let plain = from.schema.is_none() && to.schema.is_none();
    match (digits(from), digits(to)) {
        (Some((before, behind)), Some((room_before, room_behind))) => {
            plain && to.name == "numeric" && room_before >= before && room_behind >= behind
        }
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// The order in which numbers convert to each other by themselves.
fn rank(name: &str) -> Option<u8> {
    Some(match name {
        "smallint" => 0,
        "integer" => 1,
        "bigint" => 2,
        "numeric" => 3,
        "real" => 4,
        "double precision" => 5,
        _ => return None,
    })
}

/// A type as it was written, taken apart.
#[derive(Default)]
struct Spelled {
    schema: Option<String>,
    name: String,
    quoted: bool,
    modifiers: String,
    array: bool,
}

fn read(text: &str) -> Result<Spelled, String> {
    let mut spelled = Spelled::default();
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.trim();
    let wrong = |why: &str| Err(format!("type `{text}`: {why}"));
    while let Some(c) = rest.chars().next() {
        match c {
            '"' => {
                let (word, after) =
                    quoted_word(rest).ok_or(format!("type `{text}`: a quote is not closed"))?;
                if spelled.quoted && spelled.schema.is_none() || !words.is_empty() {
                    return wrong("a quoted name stands alone");
                }
                words.push(word);
                spelled.quoted = true;
                rest = after;
            }
            '.' => {
                if spelled.schema.is_some() || words.len() != 1 {
                    return wrong("a dot stands between a schema and a name");
                }
                spelled.schema = words.pop();
                spelled.quoted = false;
                rest = &rest[1..];
            }
            '(' => {
                let Some(end) = rest.find(')') else {
                    return wrong("a parenthesis is not closed");
                };
                if !spelled.modifiers.is_empty() {
                    return wrong("modifiers stand there twice");
                }
                spelled.modifiers = rest[1..end]
                    .chars()
                    .filter(|c| !c.is_whitespace())
                    .collect();
                rest = &rest[end + 1..];
            }
            '[' => {
                let Some(end) = rest.find(']') else {
                    return wrong("a bracket is not closed");
                };
                spelled.array = true;
                rest = &rest[end + 1..];
            }
            c if c.is_whitespace() => rest = rest.trim_start(),
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
                    .unwrap_or(rest.len());
                let word = rest[..end].to_lowercase();
                rest = &rest[end..];
                if word == "array" && !words.is_empty() {
                    spelled.array = true;
                } else if spelled.quoted {
                    return wrong("a quoted name stands alone");
                } else {
                    words.push(word);
                }
            }
            _ => return wrong(&format!("`{c}` is not expected")),
        }
    }
    if words.is_empty() {
        return wrong("there is no name");
    }
    spelled.name = words.join(" ");
    Ok(spelled)
}

/// Returns the name in quotes at the front, and what follows it.
fn quoted_word(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '"' {
            word.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == '"') {
            word.push('"');
            chars.next();
        } else {
            return Some((word, &text[at + 1..]));
        }
    }
    None
}

fn is_plain(name: &str) -> bool {
    BUILTIN.binary_search(&name).is_ok()
        || matches!(
            name,
            "int2"
                | "int4"
                | "int8"
                | "float4"
                | "float8"
                | "bool"
                | "varchar"
                | "timestamptz"
                | "timetz"
                | "varbit"
        )
}

/// How many digits of a second there are at most.
const SECOND_DIGITS: u32 = 6;

/// Tells whether the modifier of a type is how many digits of a second it has.
fn is_time(name: &str) -> bool {
    name.starts_with("time") || name.starts_with("interval")
}

/// Returns the server's name and modifiers for an SQL word or words.
fn canonical(name: &str, modifiers: String, text: &str) -> Result<(String, String), String> {
    let or = |default: &str| {
        if modifiers.is_empty() {
            default.to_owned()
        } else {
            modifiers.clone()
        }
    };
    let (name, modifiers) = match name {
        "int" | "int4" | "integer" => ("integer", modifiers),
        "int2" | "smallint" => ("smallint", modifiers),
        "int8" | "bigint" => ("bigint", modifiers),
        "serial" | "serial4" => ("serial", modifiers),
        "serial8" | "bigserial" => ("bigserial", modifiers),
        "serial2" | "smallserial" => ("smallserial", modifiers),
        "float4" | "real" => ("real", modifiers),
        "float8" | "double precision" => ("double precision", modifiers),
        "float" => match modifiers.parse::<u8>() {
            Ok(1..=24) => ("real", String::new()),
            Ok(25..=53) => ("double precision", String::new()),
            Err(_) if modifiers.is_empty() => ("double precision", modifiers),
            Ok(_) | Err(_) => {
                return Err(format!("type `{text}`: the precision of float is 1 to 53"));
            }
        },
        "decimal" | "dec" | "numeric" => {
            let scale = if modifiers.is_empty() || modifiers.contains(',') {
                ""
            } else {
                ",0"
            };
            ("numeric", modifiers + scale)
        }
        "bool" | "boolean" => ("boolean", modifiers),
        "varchar"
        | "character varying"
        | "char varying"
        | "national character varying"
        | "national char varying"
        | "nchar varying" => ("character varying", modifiers),
        "char" | "character" | "nchar" | "national character" | "national char" => {
            ("character", or("1"))
        }
        "bpchar" if !modifiers.is_empty() => ("character", modifiers),
        "bit" => ("bit", or("1")),
        "varbit" | "bit varying" => ("bit varying", modifiers),
        "timestamp" | "timestamp without time zone" => ("timestamp without time zone", modifiers),
        "timestamptz" | "timestamp with time zone" => ("timestamp with time zone", modifiers),
        "time" | "time without time zone" => ("time without time zone", modifiers),
        "timetz" | "time with time zone" => ("time with time zone", modifiers),
        _ => (name, modifiers),
    };
    if name.contains(' ') && BUILTIN.binary_search(&name).is_err() && !name.starts_with("interval ")
    {
        return Err(format!(
            "type `{text}`: is not known; a name with blanks stands in double quotes"
        ));
    }
    Ok((name.to_owned(), modifiers))
}

/// What `pg_catalog` holds for columns, by the names that `format_type` prints; sorted.
const BUILTIN: &[&str] = &[
    "\"bit\"",
    "\"char\"",
    "aclitem",
    "bigint",
    "bit",
    "bit varying",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "character",
    "character varying",
    "cid",
    "cidr",
    "circle",
    "date",
    "datemultirange",
    "daterange",
    "double precision",
    "gtsvector",
    "inet",
    "int2vector",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "pg_brin_bloom_summary",
    "pg_brin_minmax_multi_summary",
    "pg_dependencies",
    "pg_lsn",
    "pg_mcv_list",
    "pg_ndistinct",
    "pg_node_tree",
    "pg_snapshot",
    "point",
    "polygon",
    "real",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "smallint",
    "text",
    "tid",
    "time with time zone",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "uuid",
    "xid",
    "xid8",
    "xml",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_becomes_the_server_s() {
        let mut sorted = BUILTIN.to_vec();
        sorted.sort_unstable();
        assert_eq!(BUILTIN, sorted);
        for (text, canonical) in [
            ("int", "integer"),
            ("VARCHAR(200)", "character varying(200)"),
            ("timestamptz(3)", "timestamp(3) with time zone"),
            (
                "timestamp ( 3 ) without time zone",
                "timestamp(3) without time zone",
            ),
            ("decimal(12, 2)", "numeric(12,2)"),
            ("numeric(5)", "numeric(5,0)"),
            ("float(24)", "real"),
            ("text[]", "text[]"),
            ("text [][3]", "text[]"),
            ("integer array", "integer[]"),
            ("_int4", "integer[]"),
            ("\"Weird Type\"", "\"Weird Type\""),
            ("public.\"Weird Type\"[]", "public.\"Weird Type\"[]"),
            ("public.citext", "public.citext"),
            ("bit", "bit(1)"),
            ("\"bit\"", "\"bit\""),
            ("char", "character(1)"),
            ("\"char\"", "\"char\""),
            ("pg_catalog.int4", "integer"),
            ("interval day to second(3)", "interval day to second(3)"),
            ("bpchar", "bpchar"),
        ] {
            let parsed = parse_type(text).unwrap();
            assert_eq!(spell(&parsed), canonical, "{text}");
            assert_eq!(parse_type(canonical).unwrap(), parsed, "{canonical}");
        }
        assert!(parse_type("varchar(2").is_err());
        assert!(parse_type("big int").is_err());
        for time in [
            "timestamp",
            "timestamptz",
            "time",
            "timetz",
            "interval",
            "interval day to second",
        ] {
            assert!(parse_type(&format!("{time}(6)")).is_ok(), "{time}");
            let error = parse_type(&format!("{time}(9)[]")).unwrap_err();
            assert!(error.contains("keeps 6 digits of a second"), "{error}");
        }
    }

    #[test]
    fn a_wider_type_costs_nothing() {
        let change = |a, b| type_change(&parse_type(a).unwrap(), &parse_type(b).unwrap());
        assert!(!change("varchar(10)", "varchar(20)").rewrite);
        assert!(!change("varchar(10)", "text").rewrite);
        assert!(change("text", "varchar(10)").narrowing);
        assert!(change("int", "bigint").rewrite);
        assert!(!change("int", "bigint").narrowing);
        assert!(change("bigint", "int").narrowing);
        assert!(!change("numeric(10,2)", "numeric(12,2)").rewrite);
        assert!(change("numeric(10,2)", "numeric(12,4)").rewrite);
        assert!(!change("numeric(10,2)", "numeric(12,4)").narrowing);
        assert!(change("numeric(10,2)", "numeric(12,5)").narrowing);
        assert!(change("numeric(12,4)", "numeric(14,2)").narrowing);
        assert!(change("numeric", "numeric(14,2)").narrowing);
        assert!(!change("int", "numeric(12,2)").narrowing);
        assert!(change("int", "numeric(10,2)").narrowing);
        assert!(change("bigint", "numeric(12,2)").narrowing);
        assert_eq!(change("text", "uuid").cast, Cast::Explicit);
        assert_eq!(change("uuid", "bigint").cast, Cast::Missing);
    }
}
