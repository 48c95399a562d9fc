//! What differs between two normalized schemas: total, pure, and without a guess.
//!
//! Declared renames come first and are performed on a copy of the live schema, so that everything
//! after them compares like with like. Then objects are compared by name and parts by name or, where
//! nobody named them, by definition.

mod anew;
mod column;
mod constraint;
mod incomplete;
mod index;
mod inherited;
mod names;
mod parents;
mod rename;
mod replace;
mod replica;
mod settle;
mod table;
mod typed;
mod types;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use index::sorts_otherwise;
pub(crate) use names::{constraint_name, index_name};
pub(crate) use rename::{live_name, renamed_columns};
pub(crate) use replace::{contained, replaced_by};
pub(crate) use settle::{comes_above, same_constraint, same_index};

use crate::change::{Change, Kept, Object, replay};
use crate::schema::{Ident, Name, Schema, Table, bookkeeping};
use crate::wording::{nowhere, some_of};

pub(crate) use names::own as own_name;

/// What is compared besides the two schemas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extra {
    /// What no model names is left alone and reported.
    #[default]
    Keep,
    /// What no model names is dropped.
    Prune,
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// What is to be done, not yet in order.
    pub changes: Vec<Change>,
    /// What is in the database and in no model, and stays.
    pub leftovers: Vec<Leftover>,
    /// What is desired otherwise than it is and stays, for no statement changes it where it stands.
    pub notes: Vec<String>,
    /// Parts that stay, by what is said of them.
    staying: Vec<(String, Vec<String>)>,
    /// What cannot be done, with the reason and the cure.
    pub refusals: Vec<Refusal>,
    /// The desired schema with every part named.
    pub desired: Schema,
    /// The live schema after the declared renames, without what is made anew.
    pub live: Schema,
    /// Partitioned tables that are made anew: dropped when their partitions have left them.
    pub anew: BTreeSet<Name>,
    /// Columns that go from a table, and stay in those that inherit from it.
    pub(crate) kept_below: BTreeSet<(Name, Ident)>,
}

/// Something in the database that no model names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leftover {
    /// What it is called: `orders.legacy_code`.
    pub object: String,
    /// `table`, `column`, `index`, `constraint`, `type`, `sequence`, `view` ...
    pub kind: String,
    /// What that means.
    pub message: String,
    /// It will hurt: inserts will fail.
    pub warn: bool,
}

/// A reasoned no.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// What it is about.
    pub object: String,
    /// Why not.
    pub message: String,
    /// The query that finds the rows in the way.
    pub find: Option<String>,
    /// What to do about it.
    pub cures: Vec<String>,
}

impl Refusal {
    /// Makes a refusal without a query.
    pub fn new(object: impl Into<String>, message: impl Into<String>, cure: &str) -> Self {
        Self {
            object: object.into(),
            message: message.into(),
            find: None,
            cures: if cure.is_empty() {
                Vec::new()
            } else {
                vec![cure.to_owned()]
            },
        }
    }
}

/// Compares two normalized schemas.
pub fn diff(live: &Schema, desired: &Schema, extra: Extra) -> Diff {
    let mut anew = BTreeSet::new();
    loop {
        let mut out = compare(live, desired, extra, &anew);
        let more: BTreeSet<Name> = out.anew.difference(&anew).cloned().collect();
        let stopped = more
            .iter()
            .filter_map(|name| anew::stopped(name, extra, &out));
        let stopped: Vec<Refusal> = stopped.collect();
        if more.is_empty() || !stopped.is_empty() {
            out.refusals.extend(stopped);
            return out;
        }
        // One that is below another comes to light when that is made anew.
        anew.extend(more);
    }
}

/// Compares, where it is known that some tables are made anew, and finds which have to be.
fn compare(live: &Schema, desired: &Schema, extra: Extra, anew: &BTreeSet<Name>) -> Diff {
    let mut out = Diff {
        desired: desired.clone(),
        anew: anew.clone(),
        ..Diff::default()
    };
    rename::renames(live, desired, &mut out);
    let mut renamed = match replay(live.clone(), &out.changes) {
        Ok(renamed) => renamed,
        Err(error) => {
            out.refusals.push(Refusal::new(
                "renamed_from",
                error.message,
                "correct renamed_from",
            ));
            return out;
        }
    };
    // It goes when its tool has gone, by the hand of somebody who knows that.
    for (name, tool) in bookkeeping::take(&mut renamed, |name| desired.tables.contains_key(name)) {
        let message = format!("the bookkeeping of {tool}: never dropped");
        out.leftover(&name, "table", &message);
        // With it stays the schema that is there for it.
        let home = name
            .schema
            .filter(|it| !desired.namespaces.contains_key(it));
        home.map(|home| renamed.namespaces.remove(&home));
    }
    anew::take_off(anew, &mut renamed, &mut out);
    index::collate_as_columns(&mut renamed, desired);
    settle::settle(&renamed, &mut out.desired);
    let mut desired = out.desired.clone();
    parents::parents(&mut renamed, &mut desired, extra, &mut out);
    out.live = renamed.clone();
    let sides = Sides {
        live: &renamed,
        desired: &desired,
        extra,
        kept: Kept::new(&desired),
    };
    namespaces(&sides, &mut out);
    extensions(&sides, &mut out);
    types::types(&sides, &mut out);
    types::sequences(&sides, &mut out);
    table::tables(&sides, &mut out);
    inherited::inherited(&sides, &mut out);
    types::taken_anew(&sides, &mut out);
    types::statistics(&sides, &mut out);
    replica::replica_identities(&desired, &mut out);
    typed::typed(&sides, &mut out);
    anew::number_later(&mut out);
    out.anew.extend(anew::retyped(&out));
    keep_unsaid_comments(&sides, &mut out);
    out.tell_what_stays();
    out.leftovers.sort();
    out
}

/// Leaves comments alone that somebody made on what a model has no word to comment on.
fn keep_unsaid_comments(sides: &Sides<'_>, out: &mut Diff) {
    if sides.extra == Extra::Prune || sides.desired.hints.sources.is_empty() {
        return;
    }
    out.changes.retain(|change| {
        !matches!(change, Change::SetComment { object, to: None, .. } if !object.is_said_by_models())
    });
}

/// The two schemas, and what to do with what only the database has.
struct Sides<'a> {
    live: &'a Schema,
    desired: &'a Schema,
    extra: Extra,
    /// What tables keep of what those above let go of.
    kept: Kept,
}

impl Sides<'_> {
    /// Returns what a live table is to be; one that is another's stays as it is.
    fn after<'b>(&'b self, live: &'b Table) -> Option<&'b Table> {
        match self.desired.hints.unmanaged.contains(&live.name) {
            true => Some(live),
            false => self.desired.tables.get(&live.name).map(|table| &**table),
        }
    }
}

impl Diff {
    fn comment(&mut self, object: Object, from: Option<&String>, to: Option<&String>) {
        if from != to {
            self.changes.push(Change::SetComment {
                object,
                from: from.cloned(),
                to: to.cloned(),
            });
        }
    }

    /// An index is to go with these extensions, and no more with others.
    fn tie(&mut self, index: Name, from: &BTreeSet<Ident>, to: &BTreeSet<Ident>) {
        if from != to {
            self.changes.push(Change::TieIndex {
                index,
                from: from.clone(),
                to: to.clone(),
            });
        }
    }

    fn leftover(&mut self, object: impl ToString, kind: &str, message: &str) {
        self.leftovers.push(Leftover {
            object: object.to_string(),
            kind: kind.to_owned(),
            message: message.to_owned(),
            warn: false,
        });
    }

    /// Says of a part of a table that it is desired otherwise, and stays as it is.
    fn stays(&mut self, table: &Name, part: &Ident, message: &str) {
        let part = dotted(table, part);
        match self.staying.iter_mut().find(|(said, _)| said == message) {
            Some((_, parts)) => parts.push(part),
            None => self.staying.push((message.to_owned(), vec![part])),
        }
    }

    /// Says once what is said of many parts.
    fn tell_what_stays(&mut self) {
        let staying = std::mem::take(&mut self.staying).into_iter();
        let told = staying.map(|(said, parts)| format!("{}: {said}", some_of(parts.into_iter())));
        self.notes.extend(told);
    }
}

/// Says of something that the database has alone that it stays.
fn left_alone(sides: &Sides<'_>) -> String {
    let nowhere = nowhere(&sides.desired.hints.sources);
    format!("in the database, {nowhere}: left alone")
}

fn namespaces(sides: &Sides<'_>, out: &mut Diff) {
    for (name, namespace) in &sides.desired.namespaces {
        match sides.live.namespaces.get(name) {
            None if only_unmanaged(sides.desired, name) => {}
            None => {
                let (name, namespace) = (name.clone(), namespace.clone());
                out.changes
                    .push(Change::CreateNamespace { name, namespace });
            }
            // Models do not have `public` made.
            Some(live)
                if name.as_str() != "public"
                    || namespace.comment.is_some()
                    || sides.desired.hints.sources.is_empty() =>
            {
                out.comment(
                    Object::Namespace(name.clone()),
                    live.comment.as_ref(),
                    namespace.comment.as_ref(),
                );
            }
            Some(_) => {}
        }
    }
    for name in sides.live.namespaces.keys() {
        if sides.desired.namespaces.contains_key(name) || name.as_str() == "public" {
            continue;
        }
        match sides.extra {
            Extra::Prune => out
                .changes
                .push(Change::DropNamespace { name: name.clone() }),
            Extra::Keep => out.leftover(name, "schema", &left_alone(sides)),
        }
    }
}

/// Tells whether all that a schema is for are tables that models only refer to.
fn only_unmanaged(desired: &Schema, namespace: &Ident) -> bool {
    let of = |name: &&Name| name.schema.as_ref() == Some(namespace);
    let tables: Vec<&Name> = desired.tables.keys().filter(of).collect();
    let unmanaged = |name: &&Name| desired.hints.unmanaged.contains(*name);
    let mut others = (desired.types.keys())
        .chain(desired.sequences.keys())
        .chain(desired.statistics.keys());
    let extensions = desired.extensions.values();
    !tables.is_empty()
        && tables.iter().all(unmanaged)
        && others.find(of).is_none()
        && !extensions
            .filter_map(|it| it.schema.as_ref())
            .any(|it| it == namespace)
}

fn extensions(sides: &Sides<'_>, out: &mut Diff) {
    for (name, extension) in &sides.desired.extensions {
        let Some(live) = sides.live.extensions.get(name) else {
            let (name, extension) = (name.clone(), extension.clone());
            out.changes
                .push(Change::CreateExtension { name, extension });
            continue;
        };
        let moved = extension.schema.is_some() && extension.schema != live.schema;
        let updated = extension.version.is_some() && extension.version != live.version;
        if moved || updated {
            out.changes.push(Change::AlterExtension {
                name: name.clone(),
                from: live.clone(),
                to: extension.clone(),
            });
        }
        // A model says neither its version nor its own comment.
        if extension.comment.is_some() || extension.version.is_some() {
            out.comment(
                Object::Extension(name.clone()),
                live.comment.as_ref(),
                extension.comment.as_ref(),
            );
        }
    }
    // From the end, as they are made from the beginning: `postgis_topology` needs `postgis`.
    for name in sides.live.extensions.keys().rev() {
        if sides.desired.extensions.contains_key(name) || name.as_str() == "plpgsql" {
            continue;
        }
        // An extension may serve functions and views that no model knows; it goes only on request.
        match sides.extra {
            Extra::Prune => out
                .changes
                .push(Change::DropExtension { name: name.clone() }),
            Extra::Keep => {
                let message = format!(
                    "installed, {}: left alone",
                    nowhere(&sides.desired.hints.sources)
                );
                out.leftover(name, "extension", &message);
            }
        }
    }
}

/// Keys of both maps, those of `desired` first in `(key, live, desired)`.
fn pairs<'a, V>(
    live: &'a BTreeMap<Name, V>,
    desired: &'a BTreeMap<Name, V>,
) -> Vec<(&'a Name, Option<&'a V>, Option<&'a V>)> {
    let mut pairs: Vec<_> = desired
        .iter()
        .map(|(name, value)| (name, live.get(name), Some(value)))
        .collect();
    pairs.extend(
        live.iter()
            .filter(|(name, _)| !desired.contains_key(name))
            .map(|(name, value)| (name, Some(value), None)),
    );
    pairs
}

/// `table.column`, for people.
pub(crate) fn dotted(table: &Name, part: &Ident) -> String {
    format!("{table}.{part}")
}
