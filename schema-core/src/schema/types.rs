//! Types, sequences and statistics that stand beside tables.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{DataType, Expr, Ident, Name, Schema, SequenceOptions, clip, object_name};

/// A type that somebody made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserType {
    /// `CREATE TYPE .. AS ENUM`.
    Enum(EnumType),
    /// `CREATE DOMAIN`.
    Domain(Domain),
    /// `CREATE TYPE .. AS (..)`.
    Composite(Composite),
    /// `CREATE TYPE .. AS RANGE`.
    Range(Range),
}

impl Domain {
    /// Returns its default and what it asks of values.
    pub(crate) fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let checks = self.checks.iter().map(|check| &check.expr);
        self.default.iter().chain(checks)
    }
}

impl UserType {
    /// Returns what it is called: `type`, `domain`.
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::Domain(_) => "domain",
            Self::Enum(_) | Self::Composite(_) | Self::Range(_) => "type",
        }
    }

    /// Returns the types that it is made of.
    pub fn parts(&self) -> Vec<&DataType> {
        match self {
            Self::Enum(_) => Vec::new(),
            Self::Domain(ty) => vec![&ty.base],
            Self::Composite(ty) => ty.fields.iter().map(|field| &field.ty).collect(),
            Self::Range(ty) => vec![&ty.subtype],
        }
    }

    /// Returns the types that it is made of, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut DataType> {
        match self {
            Self::Enum(_) => Vec::new(),
            Self::Domain(ty) => vec![&mut ty.base],
            Self::Composite(ty) => ty.fields.iter_mut().map(|field| &mut field.ty).collect(),
            Self::Range(ty) => vec![&mut ty.subtype],
        }
    }

    /// Returns the comment on it.
    pub fn comment(&self) -> Option<&String> {
        match self {
            Self::Enum(ty) => ty.comment.as_ref(),
            Self::Domain(ty) => ty.comment.as_ref(),
            Self::Composite(ty) => ty.comment.as_ref(),
            Self::Range(ty) => ty.comment.as_ref(),
        }
    }

    /// Returns the place of its comment.
    pub fn comment_mut(&mut self) -> &mut Option<String> {
        match self {
            Self::Enum(ty) => &mut ty.comment,
            Self::Domain(ty) => &mut ty.comment,
            Self::Composite(ty) => &mut ty.comment,
            Self::Range(ty) => &mut ty.comment,
        }
    }
}

/// An enum: a list of labels whose order matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnumType {
    /// The labels in order.
    pub labels: Vec<String>,
    /// The comment on it.
    pub comment: Option<String>,
}

/// A domain: a type with conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Domain {
    /// The type beneath.
    pub base: DataType,
    /// NOT NULL.
    pub not_null: bool,
    /// The name of that (PostgreSQL 17); `None` where nobody declared one.
    #[serde(default)]
    pub not_null_name: Option<Ident>,
    /// The comment on that (PostgreSQL 17).
    #[serde(default)]
    pub not_null_comment: Option<String>,
    /// The default.
    pub default: Option<Expr>,
    /// The collation, when it is not the type's own.
    pub collation: Option<Name>,
    /// The conditions.
    pub checks: Vec<DomainCheck>,
    /// The comment on it.
    pub comment: Option<String>,
}

impl Domain {
    /// Returns the name of its NOT NULL: the declared one, or the server's own.
    pub(crate) fn name_of_not_null(&self, name: &Name) -> Ident {
        let own = || Ident::new(object_name(name.name.as_str(), "", "not_null"));
        self.not_null_name.clone().unwrap_or_else(own)
    }
}

/// A condition of a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainCheck {
    /// Its name; `None` where nobody declared one.
    pub name: Option<Ident>,
    /// What `value` must be.
    pub expr: Expr,
    /// Existing values are not proven.
    #[serde(default)]
    pub not_valid: bool,
    /// The comment on it.
    #[serde(default)]
    pub comment: Option<String>,
}

/// A row type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composite {
    /// The fields in order.
    pub fields: Vec<CompositeField>,
    /// The comment on it.
    pub comment: Option<String>,
}

/// A field of a row type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompositeField {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: DataType,
    /// The collation, when it is not the type's own.
    pub collation: Option<Name>,
    /// The comment on it.
    pub comment: Option<String>,
}

/// A range type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Range {
    /// What stands in `AS RANGE (..)`, in the server's order: `subtype`, `subtype_opclass` ...
    pub options: Vec<(String, String)>,
    /// The type that it ranges over.
    pub subtype: DataType,
    /// The comment on it.
    pub comment: Option<String>,
}

impl Range {
    /// Returns the name of the type of several ranges that comes with a range (PostgreSQL 14): one
    /// that somebody gave, or the server's own.
    pub fn multirange(&self, name: &Name) -> Name {
        let mut options = self.options.iter();
        let given = options.find_map(|(key, value)| {
            let (schema, own) = value.split_once('.').unwrap_or(("", value));
            let plain = |part: &str| part.trim_matches('"').replace("\"\"", "\"");
            (key == "multirange_type_name").then(|| (plain(schema), plain(own)))
        });
        match given {
            Some((schema, own)) if schema.is_empty() => name.sibling(Ident::new(own)),
            Some((schema, own)) => Name::new(schema, own),
            None => own_multirange(name),
        }
    }
}

impl Schema {
    /// Returns the range that a type of several ranges comes with; any other type is itself.
    pub fn ranged<'a>(&'a self, ty: &'a Name) -> &'a Name {
        if self.types.contains_key(ty) {
            return ty;
        }
        let of = |(name, other): &(&Name, &UserType)| match other {
            UserType::Range(range) => range.multirange(name) == *ty,
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) => false,
        };
        self.types.iter().find(of).map_or(ty, |(name, _)| name)
    }

    /// Returns the names of the types that columns have and types are made of, also those of rows.
    pub(crate) fn types_said(&self) -> BTreeSet<Name> {
        let columns = self.tables.values().flat_map(|table| &table.columns);
        let parts = self.types.values().flat_map(|ty| ty.parts());
        let types = columns.map(|column| &column.ty).chain(parts);
        types.filter_map(|ty| ty.user()).collect()
    }

    /// Returns the types whose values hold rows of some tables or views: domains over those, what has
    /// fields of them, and what is made of such types.
    pub(crate) fn types_within(&self, rows: &BTreeSet<Name>) -> BTreeSet<Name> {
        let mut found = BTreeSet::new();
        loop {
            let holds = |ty: &UserType| {
                let mut parts = ty.parts().into_iter().filter_map(|part| part.user());
                parts.any(|part| rows.contains(&part) || found.contains(self.ranged(&part)))
            };
            let more = (self.types.iter())
                .filter(|(name, ty)| !found.contains(*name) && holds(ty))
                .map(|(name, _)| name.clone());
            let more: Vec<Name> = more.collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }
}

/// Returns the name that the server gives to the type of several ranges.
pub(crate) fn own_multirange(name: &Name) -> Name {
    let range = name.name.as_str();
    let multirange = if range.contains("range") {
        range.replacen("range", "multirange", 1)
    } else {
        format!("{}_multirange", clip(range, 63 - "_multirange".len()))
    };
    name.sibling(clip(&multirange, 63))
}

/// A sequence that stands alone or belongs to a serial column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sequence {
    /// The type: `bigint` if not said.
    pub ty: DataType,
    /// Start, increment, bounds.
    pub options: SequenceOptions,
    /// The column that it goes with.
    pub owned_by: Option<(Name, Ident)>,
    /// Not written to the log (PostgreSQL 15).
    pub unlogged: bool,
    /// The comment on it.
    pub comment: Option<String>,
}

/// Extended statistics: `CREATE STATISTICS`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statistics {
    /// The table.
    pub table: Name,
    /// `ndistinct`, `dependencies`, `mcv`; empty for expressions alone.
    pub kinds: Vec<String>,
    /// Columns and expressions, in the server's order.
    pub on: Vec<Expr>,
    /// The columns among them.
    pub columns: Vec<Ident>,
    /// The statistics target.
    pub target: Option<i32>,
    /// The comment on it.
    pub comment: Option<String>,
}

impl Statistics {
    /// Returns what stands after `ON`.
    pub(crate) fn said(&self) -> String {
        let on: Vec<&str> = self.on.iter().map(Expr::sql).collect();
        on.join(", ")
    }
}
