//! Types: which Rust type a column's is, and the enums and newtypes for those that somebody made.

use std::fmt::Write;

use super::names::{Names, variants};
use super::words::{sql_type, text};
use crate::schema::{
    DataType, Domain, DomainCheck, EnumType, Family, Name, Quoted, Schema, UserType, object_name,
};

/// A Rust type, and the words on the field where it does not say the whole SQL type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RustType {
    pub(super) name: String,
    pub(super) word: Option<String>,
    /// It is a type that values of the column are read as.
    pub(super) known: bool,
}

/// What a type needs besides `schema-core` itself: a crate, and the feature of the same name.
pub(super) const CRATES: [(&str, &str, &str); 4] = [
    ("chrono::", "chrono", "chrono"),
    ("rust_decimal::", "rust_decimal", "rust_decimal"),
    ("serde_json::", "serde_json", "json"),
    ("uuid::", "uuid", "uuid"),
];

/// Returns the Rust type of a column. `here` is how the types of the models are reached.
pub(super) fn rust_type(
    family: Family,
    ty: &DataType,
    schema: &Schema,
    names: &Names,
    here: &str,
) -> RustType {
    match family {
        Family::Sqlite => sqlite(ty),
        Family::Postgres => postgres(ty, schema, names, here),
    }
}

fn postgres(ty: &DataType, schema: &Schema, names: &Names, here: &str) -> RustType {
    let plain = |name: &str, exact: bool| (name.to_owned(), exact);
    let mut known = true;
    let (name, exact) = match ty.user() {
        Some(name) => match schema.types.get(&name) {
            Some(UserType::Enum(_) | UserType::Domain(_)) => {
                (format!("{here}{}", names.types[&name]), true)
            }
            Some(UserType::Composite(_) | UserType::Range(_)) | None => {
                known = ty.name == "citext";
                plain("String", false)
            }
        },
        None => match ty.name.as_str() {
            "boolean" => plain("bool", true),
            "smallint" => plain("i16", true),
            "integer" => plain("i32", true),
            "bigint" => plain("i64", true),
            "real" => plain("f32", true),
            "double precision" => plain("f64", true),
            "text" => plain("String", true),
            "bytea" => plain("Vec<u8>", true),
            "inet" => plain("std::net::IpAddr", true),
            "interval" => plain("std::time::Duration", true),
            "uuid" => plain("uuid::Uuid", true),
            "jsonb" => plain("serde_json::Value", true),
            "json" => plain("serde_json::Value", false),
            "date" => plain("chrono::NaiveDate", true),
            "time without time zone" => plain("chrono::NaiveTime", true),
            "timestamp without time zone" => plain("chrono::NaiveDateTime", true),
            "timestamp with time zone" => plain("chrono::DateTime<chrono::Utc>", true),
            "numeric" => plain("rust_decimal::Decimal", true),
            "character varying" | "character" | "bpchar" | "name" => plain("String", false),
            _ => {
                known = false;
                plain("String", false)
            }
        },
    };
    let is_varchar = ty.schema.is_none() && ty.name == "character varying";
    let word = if is_varchar && !ty.array && !ty.modifiers.is_empty() {
        Some(format!("max_length = {}", ty.modifiers))
    } else if !exact || !ty.modifiers.is_empty() {
        Some(format!("type = {}", text(sql_type(ty))))
    } else {
        None
    };
    let name = if ty.array {
        format!("Vec<{name}>")
    } else {
        name
    };
    RustType { name, word, known }
}

/// SQLite takes any words for a type: the Rust type is what sqlx reads a value of it as.
fn sqlite(ty: &DataType) -> RustType {
    let has = |part: &str| ty.name.contains(part);
    let mut known = true;
    let (name, own) = match ty.name.as_str() {
        "BOOLEAN" | "BOOL" => ("bool", "BOOLEAN"),
        "DATE" => ("chrono::NaiveDate", "DATE"),
        "TIME" => ("chrono::NaiveTime", "TIME"),
        "DATETIME" => ("chrono::NaiveDateTime", "DATETIME"),
        name if name.starts_with("TIMESTAMP") => ("chrono::NaiveDateTime", "DATETIME"),
        "UUID" => ("uuid::Uuid", "BLOB"),
        "SMALLINT" | "INT2" | "TINYINT" => ("i16", "INTEGER"),
        "JSON" | "JSONB" => ("serde_json::Value", "TEXT"),
        _ if has("INT") => ("i64", "INTEGER"),
        _ if has("CHAR") || has("CLOB") || has("TEXT") => ("String", "TEXT"),
        "" => ("Vec<u8>", "BLOB"),
        _ if has("BLOB") => ("Vec<u8>", "BLOB"),
        // The driver reads numbers of a column without a type of its own as floating point.
        _ if has("REAL") || has("FLOA") || has("DOUB") || has("DEC") || has("NUM") => {
            ("f64", "REAL")
        }
        "STRING" => ("String", "TEXT"),
        _ => {
            known = false;
            ("String", "TEXT")
        }
    };
    let declared = ty.spell(&ty.name);
    let word = (declared != own).then(|| match ty.name.as_str() {
        "" => "type(sqlite = \"\")".to_owned(),
        _ => format!("type = {}", text(&declared)),
    });
    RustType {
        name: name.to_owned(),
        word,
        known,
    }
}

/// Writes an enum.
pub(super) fn enum_text(name: &Name, ty: &EnumType, model: &str) -> String {
    let mut out = String::from("\n");
    if let Some(comment) = &ty.comment {
        doc(&mut out, comment);
    }
    out.push_str("#[derive(Clone, Copy, Debug, PartialEq, Eq, SyncEnum)]\n");
    head(&mut out, name, ty.comment.as_ref(), Vec::new());
    let _ = writeln!(out, "#[sqlx(type_name = {})]", text(&name.name));
    let _ = writeln!(out, "pub enum {model} {{");
    for (variant, label) in variants(&ty.labels).iter().zip(&ty.labels) {
        if variant != label {
            let _ = writeln!(out, "    #[sqlx(rename = {})]", text(label));
        }
        let _ = writeln!(out, "    {variant},");
    }
    out.push_str("}\n");
    out
}

/// Writes a newtype for a domain, and returns what it cannot say.
pub(super) fn domain_text(
    name: &Name,
    domain: &Domain,
    inner: &RustType,
    model: &str,
) -> (String, Option<Domain>) {
    let mut out = String::from("\n");
    if let Some(comment) = &domain.comment {
        doc(&mut out, comment);
    }
    out.push_str("#[derive(Clone, Debug, PartialEq, SyncType)]\n");
    let mut words = vec![format!("domain = {}", text(&name.name))];
    // A newtype has no `max_length`.
    if inner.word.is_some() {
        words.push(format!("type = {}", text(sql_type(&domain.base))));
    }
    let not_null = object_name(name.name.as_str(), "", "not_null");
    let mut detail = Domain {
        not_null: domain.not_null,
        not_null_name: (domain.not_null_name.clone()).filter(|it| it.as_str() != not_null),
        not_null_comment: domain.not_null_comment.clone(),
        default: domain.default.clone(),
        collation: domain.collation.clone(),
        ..Domain::default()
    };
    for (at, check) in domain.checks.iter().enumerate() {
        let label = if at == 0 {
            "check".to_owned()
        } else {
            format!("check{at}")
        };
        let own = object_name(name.name.as_str(), "", &label);
        let said = DomainCheck {
            name: Some(own.into()),
            expr: check.expr.clone(),
            not_valid: false,
            comment: None,
        };
        // Details find their check by the words that the server printed.
        if *check == said {
            words.push(format!("check = {}", text(check.expr.as_str())));
        } else {
            words.push(format!("check = {}", text(check.expr.sql())));
            detail.checks.push(check.clone());
        }
    }
    head(&mut out, name, domain.comment.as_ref(), words);
    let _ = writeln!(out, "pub struct {model}(pub {});", inner.name);
    let detail = (detail != Domain::default()).then_some(detail);
    (out, detail)
}

fn head(out: &mut String, name: &Name, comment: Option<&String>, mut words: Vec<String>) {
    if let Some(schema) = name.schema.as_ref().filter(|it| it.as_str() != "public") {
        words.push(format!("schema = {}", text(schema)));
    }
    words.extend(comment.map(|comment| format!("comment = {}", text(comment))));
    if !words.is_empty() {
        let _ = writeln!(out, "#[sync({})]", words.join(", "));
    }
}

/// Writes a comment as a doc comment, for the reader.
pub(super) fn doc(out: &mut String, comment: &str) {
    for line in comment.lines() {
        let line = line.replace('\r', "");
        let blank = if line.trim().is_empty() { "" } else { " " };
        let _ = writeln!(out, "///{blank}{}", line.trim());
    }
}

/// Returns a domain that is what its checks and base say, for people: `domain email (text)`.
pub(super) fn unsaid_domain(name: &Name, detail: &Domain) -> String {
    let mut what = Vec::new();
    if detail.not_null {
        what.push("NOT NULL");
    }
    if detail.default.is_some() {
        what.push("the default");
    }
    if detail.collation.is_some() {
        what.push("the collation");
    }
    if !detail.checks.is_empty() {
        what.push("names of checks");
    }
    format!("domain {}: {}", Quoted(name), what.join(", "))
}
