//! The one place where a name or a value becomes SQL.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Ident, Name};

/// A family of databases, for what models must spell differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// PostgreSQL 13 and later.
    Postgres,
    /// SQLite.
    Sqlite,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        })
    }
}

/// A name, quoted: always, so that no list of reserved words is needed and case is kept.
///
/// ```
/// use schema_core::schema::{Ident, Quoted};
/// assert_eq!(Quoted(&Ident::new("say \"hi\"")).to_string(), "\"say \"\"hi\"\"\"");
/// ```
pub struct Quoted<'a, T: ?Sized>(pub &'a T);

impl fmt::Display for Quoted<'_, Ident> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(f, self.0.as_str())
    }
}

impl fmt::Display for Quoted<'_, str> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(f, self.0)
    }
}

impl fmt::Display for Quoted<'_, Name> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.0.schema {
            write_quoted(f, schema.as_str())?;
            f.write_str(".")?;
        }
        write_quoted(f, self.0.name.as_str())
    }
}

impl fmt::Display for Quoted<'_, Vec<Ident>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, ident) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { ", " })?;
            write_quoted(f, ident.as_str())?;
        }
        Ok(())
    }
}

/// Plain lower-case names that are no keyword of SQL are left bare: plans are read by people.
fn write_quoted(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && KEYWORDS.binary_search(&name).is_err();
    if plain {
        return f.write_str(name);
    }
    write!(f, "\"{}\"", name.replace('"', "\"\""))
}

/// Returns a string as an SQL literal; backslashes mean themselves (`standard_conforming_strings`).
pub fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Returns the value of an SQL text that has another name by now: old and new ones.
pub(crate) fn renamed_value(value: &str, renamed: &[(String, String)]) -> String {
    let cases = renamed
        .iter()
        .map(|(old, new)| format!(" WHEN {} THEN {}", quote_literal(old), quote_literal(new)));
    format!("CASE {value}{} ELSE {value} END", cases.collect::<String>())
}

/// A value that a model gives as a Rust literal: `default_value = 0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A number as it was written, such as `-1.50`.
    Number(&'static str),
    /// Text, an enum's label, JSON.
    Text(&'static str),
    /// Bytes.
    Bytes(&'static [u8]),
}

impl Literal {
    /// Returns the value as SQL.
    pub fn to_sql(self, family: Family) -> String {
        match self {
            Self::Bool(value) => match family {
                Family::Postgres => value.to_string(),
                // SQLite has no type for it: 0 and 1 are what a driver stores.
                Family::Sqlite => u8::from(value).to_string(),
            },
            Self::Int(value) => value.to_string(),
            Self::Number(text) => text.into(),
            Self::Text(text) => quote_literal(text),
            Self::Bytes(bytes) => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                match family {
                    Family::Postgres => format!("'\\x{hex}'"),
                    Family::Sqlite => format!("x'{hex}'"),
                }
            }
        }
    }
}

/// Words that need quotes as a name on some version of some database: what PostgreSQL 13 to 18
/// (`pg_get_keywords()` but for the unreserved ones) and SQLite 3.54 (`sqlite3_keyword_name`) list.
const KEYWORDS: &[&str] = &[
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "autoincrement",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "filter",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "glob",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "inout",
    "insert",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "nothing",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "over",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "regexp",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "set",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "transaction",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];
