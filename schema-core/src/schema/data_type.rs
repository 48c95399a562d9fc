//! The type of a column, in parts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Ident, Name};

/// A type: its name, modifiers, and whether it is an array of them.
///
/// `numeric(12,2)` is `name: "numeric", modifiers: "12,2"`; `timestamp(3) with time zone` is
/// `name: "timestamp with time zone", modifiers: "3"`; `public.mood[]` has a schema and `array`.
/// Before normalization `name` may be any spelling; afterwards it is the database's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct DataType {
    /// The schema of a user's or an extension's type; `None` for the built-in ones.
    pub schema: Option<Ident>,
    /// The name, unquoted, without modifiers.
    pub name: String,
    /// What stands in the parentheses, without blanks; empty for none.
    pub modifiers: String,
    /// An array (PostgreSQL does not tell dimensions apart).
    pub array: bool,
}

impl DataType {
    /// Makes a built-in type without modifiers.
    pub fn builtin(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Makes a user's type.
    pub fn named(name: &Name) -> Self {
        Self {
            schema: name.schema.clone(),
            name: name.name.as_str().into(),
            ..Self::default()
        }
    }

    /// Tells whether two are one type but for modifiers.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let whole = |ty: &Self| (ty.schema.clone(), ty.name.clone(), ty.array);
        whole(self) == whole(other)
    }

    /// The least and the greatest number that a sequence of this type gives.
    pub(crate) fn numbers(&self) -> (i64, i64) {
        match self.name.as_str() {
            "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
            "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        }
    }

    /// Tells whether values, or the elements of an array, are texts of the server's own.
    pub(crate) fn is_of_text(&self) -> bool {
        const TEXTS: [&str; 6] = [
            "text",
            "character varying",
            "varchar",
            "character",
            "bpchar",
            "char",
        ];
        let known = |text: &&str| text.eq_ignore_ascii_case(&self.name);
        self.schema.is_none() && TEXTS.iter().any(known)
    }

    /// Returns the type of the elements of an array.
    pub(crate) fn element(&self) -> Self {
        Self {
            array: false,
            ..self.clone()
        }
    }

    /// Returns the name of the user's type that this is, or is an array of.
    pub fn user(&self) -> Option<Name> {
        let schema = self.schema.clone()?;
        Some(Name {
            schema: Some(schema),
            name: Ident::new(&self.name),
        })
    }
}

/// For people: `timestamp(3) with time zone`, `mood[]`.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = self
            .schema
            .as_ref()
            .filter(|schema| schema.as_str() != "public")
        {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.spell(&self.name))
    }
}

impl DataType {
    /// Returns `name` with this type's modifiers and array brackets at their places.
    pub fn spell(&self, name: &str) -> String {
        let array = if self.array { "[]" } else { "" };
        if self.modifiers.is_empty() {
            return format!("{name}{array}");
        }
        // The modifiers of times stand within the name.
        let split = [" with time zone", " without time zone"]
            .iter()
            .find(|suffix| self.schema.is_none() && name.ends_with(**suffix));
        match split {
            Some(suffix) => {
                let stem = &name[..name.len() - suffix.len()];
                format!("{stem}({}){suffix}{array}", self.modifiers)
            }
            None => format!("{name}({}){array}", self.modifiers),
        }
    }
}
