//! What stands in the way of a run before it begins: rights, a standby, a pooler, the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::plan::Refusal;
use crate::schema::{Ident, Name, Other, Quoted};

/// What a database says of itself and of its user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkup {
    /// The user may create schemas in the database.
    pub creates_schemas: bool,
    /// The schemas, and whether the user may create tables there; empty where there are none.
    pub schemas: BTreeMap<Ident, bool>,
    /// What is of other owners, which the user cannot alter, and its owners: tables and types, and
    /// anything else where that was asked for.
    pub others: BTreeMap<Owned, Ident>,
    /// Tables of other owners by those that they are below of, where that was asked for.
    pub others_below: BTreeMap<Name, BTreeSet<Name>>,
    /// Tables to which the user may make no foreign key.
    pub unreferable: BTreeSet<Name>,
    /// Tables whose policies hide rows from the user, its owner or not.
    pub hidden: BTreeSet<Name>,
    /// Extensions that the server has, and whether the user may create them.
    pub extensions: BTreeMap<Ident, bool>,
    /// Why nothing can be written: a standby, a setting, the rights on a file.
    pub read_only: Option<Refusal>,
    /// Statements of one session are run by several of the server's: a pooler by transactions.
    pub pooled: bool,
    /// How far the server's clock is from the one here.
    pub clock: Duration,
}

/// Something that has an owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owned {
    /// What it is: `table`, `view`, `function`.
    pub kind: String,
    /// Its name; that of a schema or an extension is in none.
    pub name: Name,
    /// The signature of a function, or empty.
    pub signature: String,
}

impl Owned {
    /// Names something that is no function.
    pub(crate) fn new(kind: &str, name: Name) -> Self {
        Self {
            kind: kind.to_owned(),
            name,
            signature: String::new(),
        }
    }

    /// Names an unmanaged object.
    pub(super) fn other(other: &Other) -> Self {
        Self {
            kind: other.kind.clone(),
            name: other.name.clone(),
            signature: other.signature.clone(),
        }
    }

    /// Names it with its kind, for the reader.
    pub(super) fn title(&self) -> String {
        format!("{} `{}{}`", self.kind, self.name, self.arguments())
    }

    /// Returns the statement that makes it a role's own. An extension stays whose it is, and an
    /// index is whose its table is.
    pub(super) fn given_to(&self, role: &Ident) -> Option<String> {
        let has_one = !matches!(self.kind.as_str(), "extension" | "index");
        has_one.then(|| {
            format!(
                "ALTER {} {}{} OWNER TO {}",
                self.kind.to_uppercase(),
                Quoted(&self.name),
                self.arguments(),
                Quoted(role)
            )
        })
    }

    /// The arguments of a function, in their brackets.
    fn arguments(&self) -> String {
        match self.kind.as_str() {
            "function" | "procedure" => format!("({})", self.signature),
            "aggregate" if self.signature.is_empty() => "(*)".to_owned(),
            "aggregate" => format!("({})", self.signature),
            _ => String::new(),
        }
    }

    /// Tells whether its owner is asked for with any plan.
    pub(super) fn is_always_asked_for(&self) -> bool {
        matches!(self.kind.as_str(), "table" | "type")
    }
}
