//! Names: kept as written, quoted only where they become SQL.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A name of one thing, unquoted: `users`, `Order Lines`, `reply-to`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ident(String);

impl Ident {
    /// Takes a name as written.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether it is a name of ours, of what is there only while a plan is carried out.
    pub(crate) fn is_temporary(&self) -> bool {
        self.0.starts_with("_sync_")
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Ident {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Ident {
    fn from(name: String) -> Self {
        Self(name)
    }
}

/// How the name of what waits for its end begins.
const OLD: &str = "_sync_old_";

/// Returns a name that is ours alone, for what is there while a plan is carried out.
pub(crate) fn temporary(kind: &str, name: &str) -> Ident {
    let whole = format!("_sync_{kind}_{name}");
    if whole.len() <= LIMIT {
        return Ident::new(whole);
    }
    // FNV-1a: two long names that begin alike stay apart.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    Ident::new(format!("{}_{hash:08x}", clip(&whole, LIMIT - 9)))
}

/// A name and the schema that it is in, if the database has schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// The schema; `None` on SQLite, and before normalization where a model names none.
    pub schema: Option<Ident>,
    /// The name itself.
    pub name: Ident,
}

impl Name {
    /// Makes a name without a schema.
    pub fn bare(name: impl Into<Ident>) -> Self {
        Self {
            schema: None,
            name: name.into(),
        }
    }

    /// Makes a name in a schema.
    pub fn new(schema: impl Into<Ident>, name: impl Into<Ident>) -> Self {
        Self {
            schema: Some(schema.into()),
            name: name.into(),
        }
    }

    /// Returns the name under which it waits for its end when something else takes its own.
    pub(crate) fn aside(&self) -> Self {
        self.sibling(temporary("old", self.name.as_str()))
    }

    /// Returns the name that what waits for its end has had; of a long one what is left of it.
    pub(crate) fn before_aside(&self) -> Self {
        match self.name.as_str().strip_prefix(OLD) {
            Some(own) => self.sibling(own),
            None => self.clone(),
        }
    }

    /// Tells whether it is where another name waits for its end.
    pub(crate) fn is_aside(&self) -> bool {
        self.name.as_str().starts_with(OLD)
    }

    /// Returns another name in the same schema.
    pub fn sibling(&self, name: impl Into<Ident>) -> Self {
        Self {
            schema: self.schema.clone(),
            name: name.into(),
        }
    }
}

/// For people: `public` is left out, nothing is quoted.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) if schema.as_str() != "public" => write!(f, "{schema}.{}", self.name),
            Some(_) | None => write!(f, "{}", self.name),
        }
    }
}

// A name is one string in JSON, so that it can be a key: `schema.name`, with dots and backslashes
// within a part escaped by a backslash.
impl Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let escape = |part: &Ident| part.as_str().replace('\\', "\\\\").replace('.', "\\.");
        match &self.schema {
            Some(schema) => {
                serializer.serialize_str(&format!("{}.{}", escape(schema), escape(&self.name)))
            }
            None => serializer.serialize_str(&escape(&self.name)),
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for c in text.chars() {
            match c {
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                '.' if !escaped => parts.push(String::new()),
                _ => parts.last_mut().expect("starts with one part").push(c),
            }
            escaped = false;
        }
        let name = parts.pop().expect("starts with one part");
        match parts.len() {
            0 => Ok(Self::bare(name)),
            1 => Ok(Self::new(parts.remove(0), name)),
            _ => Err(serde::de::Error::custom(format!(
                "`{text}` is not a name of one or two parts"
            ))),
        }
    }
}

/// The longest name, in bytes: PostgreSQL's NAMEDATALEN less one.
const LIMIT: usize = 63;

/// Returns the name that PostgreSQL gives to the sequence of a column.
pub(crate) fn sequence_name(table: &Name, column: &Ident) -> Name {
    table.sibling(object_name(table.name.as_str(), column.as_str(), "seq"))
}

/// Returns the name that PostgreSQL gives to the NOT NULL of a column.
pub(crate) fn own_not_null(table: &Name, column: &Ident) -> Ident {
    let name = object_name(table.name.as_str(), column.as_str(), "not_null");
    Ident::new(name)
}

/// Returns the name that the server makes of a table, columns and a label: the parts joined with
/// `_`, the longer of the first two cut until all fit. The rule is PostgreSQL's `makeObjectName`.
///
/// ```
/// use schema_core::schema::object_name;
/// assert_eq!(object_name("orders", "number", "key"), "orders_number_key");
/// assert_eq!(object_name("orders", "", "pkey"), "orders_pkey");
/// ```
pub fn object_name(table: &str, columns: &str, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(!columns.is_empty());
    let room = LIMIT.saturating_sub(overhead);
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let (table, columns) = (clip(table, first), clip(columns, second));
    if columns.is_empty() {
        format!("{table}_{label}")
    } else {
        format!("{table}_{columns}_{label}")
    }
}

/// Returns at most `bytes` bytes, without cutting a character.
pub(crate) fn clip(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::object_name;

    #[test]
    fn long_names_are_cut_as_the_server_does() {
        let table = "longname_longname_longname_longname_longname_longname_longname";
        let column = "column_name_that_is_really_long_and_more";
        assert_eq!(
            object_name(table, column, "key"),
            "longname_longname_longname_lo_column_name_that_is_really_lo_key".to_owned()
        );
    }
}
