//! What will be done, in which transactions, at what cost.

mod anew;
mod approve;
mod around;
mod below;
pub(crate) mod called;
mod depth;
mod give_way;
mod group;
mod locks;
mod names;
mod numbers;
mod order;
mod recreate;
mod unmanaged;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

pub use crate::diff::{Extra, Leftover, Refusal};
pub use approve::{Approved, Policy};
#[cfg(feature = "postgres")]
pub(crate) use recreate::kept_cure;

use crate::change::{Change, replay};
use crate::dialect;
use crate::diff::diff;
use crate::facts::Facts;
use crate::schema::{Family, Ident, Name, Other, Schema, Shared, Table};
use crate::step::{Hazard, Step};
use crate::wording::some_of;

/// Ordered groups of steps, tied to the schemas that they were made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The kind of database.
    pub family: Family,
    /// A hash of the live and the desired schema, in hexadecimal.
    pub fingerprint: String,
    /// What is changed, in order.
    pub changes: Vec<Change>,
    /// How, by transaction.
    pub groups: Vec<Group>,
    /// What cannot be done. A plan with one cannot be applied.
    pub refusals: Vec<Refusal>,
    /// What is in the database and in no model, and stays.
    pub leftovers: Vec<Leftover>,
    /// Remarks for the reader.
    pub notes: Vec<String>,
    /// Tables that are what the models say.
    pub in_sync: Vec<TableSummary>,
    /// What it depends on besides the schemas.
    pub facts: Facts,
    /// Where the tables are written: `src/models.rs:12`. Empty when the desired schema is no model.
    pub sources: BTreeMap<Name, String>,
}

/// Steps that commit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// In a transaction; else its one statement stands alone (CONCURRENTLY).
    pub transaction: bool,
    /// The steps.
    pub steps: Vec<Step>,
}

/// A table in sync, in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSummary {
    /// Its name.
    pub name: Name,
    /// How many columns.
    pub columns: usize,
    /// How many constraints.
    pub constraints: usize,
    /// How many indexes, without those of constraints.
    pub indexes: usize,
}

/// What a plan depends on besides the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanOptions {
    /// What happens to what no model names.
    pub extra: Extra,
    /// Up to so many rows a table blocks nobody for long.
    pub small_rows: u64,
    /// Up to so many bytes a table blocks nobody for long.
    pub small_bytes: u64,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            extra: Extra::Keep,
            small_rows: 10_000,
            small_bytes: 16 << 20,
        }
    }
}

impl Plan {
    /// Tells whether there is nothing to do and nothing refused.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.refusals.is_empty()
    }

    /// Adds what was found to be refused; a table that it is about is not known to be in sync, and
    /// what it is about is not left alone.
    pub fn refuse(&mut self, refusals: Vec<Refusal>) {
        self.leftovers
            .retain(|left| !refusals.iter().any(|it| it.object == left.object));
        self.in_sync
            .retain(|table| !refusals.iter().any(|it| is_about(it, &table.name)));
        self.refusals.extend(refusals);
    }

    /// Returns the hazards of all steps, in order.
    pub fn hazards(&self) -> Vec<&Hazard> {
        self.steps().flat_map(|step| &step.hazards).collect()
    }

    /// Returns all steps, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.groups.iter().flat_map(|group| &group.steps)
    }

    /// Tells whether a function of the desired database is made with it.
    pub fn makes(&self, function: &Other) -> bool {
        called::is_made(&self.changes, function)
    }

    /// Returns how many statements there are.
    pub fn statements(&self) -> usize {
        self.steps().map(|step| step.statements.len()).sum()
    }
}

/// Makes the plan that turns `live` into `desired`; both are normalized.
pub fn plan(
    family: Family,
    live: &Schema,
    desired: &Schema,
    facts: &Facts,
    options: &PlanOptions,
) -> Plan {
    let desired = &*dialect::adopt(family, desired, live);
    // Two things that take long with many tables, and have nothing to do with each other.
    let (fingerprint, mut diff) = std::thread::scope(|scope| {
        let fingerprint = scope.spawn(|| fingerprint(live, desired));
        let diff = diff(live, desired, options.extra);
        (fingerprint.join(), diff)
    });
    let fingerprint = fingerprint.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let mut changes = Vec::new();
    if !diff.changes.is_empty() || family == Family::Postgres && recreate::lent::differs(&diff) {
        recreate::recreate(family, &mut diff);
        called::made(&mut diff);
        changes = order::order(&mut diff);
    }
    let mut refusals = std::mem::take(&mut diff.refusals);
    if let Err(error) = replay(live.clone(), &changes) {
        let change = &changes[error.index];
        refusals.push(Refusal::new(
            format!("plan, change {}", error.index + 1),
            format!("{change}: {}", error.message),
            "this is a bug: please report it with the output of `sync dump`",
        ));
    }
    let clashes = match family {
        _ if changes.is_empty() => Vec::new(),
        Family::Postgres => names::clashes(live, &changes),
        Family::Sqlite => dialect::sqlite::clashes(live, facts, &changes),
    };
    for (name, by) in clashes {
        refusals.push(Refusal::new(
            format!("relation {name}"),
            format!("{by} has this name"),
            "rename or drop that by hand first, or choose another name",
        ));
    }
    let of_types = match family {
        Family::Postgres => names::clashes_of_types(live, &changes),
        Family::Sqlite => Vec::new(),
    };
    for (name, by) in of_types {
        refusals.push(Refusal::new(
            format!("type {name}"),
            format!("{by} has this name, and the rows of a table or a view are a type of its name"),
            "rename or drop that by hand first, or choose another name",
        ));
    }
    let steps = if refusals.is_empty() {
        dialect::render(family, &changes, live, &diff.desired, facts, options)
    } else {
        Ok(Vec::new())
    };
    let steps = steps.unwrap_or_else(|reasons| {
        refusals.extend(reasons.into_iter().map(|reason| {
            let (object, message) = reason.split_once(": ").unwrap_or(("plan", &reason));
            Refusal::new(object, message, "")
        }));
        Vec::new()
    });
    let mut in_sync = in_sync(&diff.desired, live, &changes);
    in_sync.retain(|table| !refusals.iter().any(|it| is_about(it, &table.name)));
    let mut leftovers = diff.leftovers;
    let others = live.others.iter();
    let kept = others.filter(|other| !unmanaged::is_dropped(&changes, other));
    // What both have is none; where it is defined otherwise, a note says so.
    let kept = kept.filter(|other| !desired.others.iter().any(|it| it.is(other)));
    for other in kept {
        leftovers.push(Leftover {
            object: other.name.to_string(),
            kind: other.kind.clone(),
            message: "not managed: left alone".into(),
            warn: false,
        });
    }
    let room = locks::Locks::new(live, facts);
    let (groups, divided) = group::group(family, steps, &diff.anew, room);
    Plan {
        family,
        fingerprint,
        groups,
        refusals,
        leftovers,
        notes: (facts.notes.iter().cloned())
            .chain(diff.notes)
            .chain(lacks(live, desired, &changes))
            .chain(unmanaged::unlike(desired, live, &changes))
            .chain(divided.then(|| locks::DIVIDED.to_owned()))
            .collect(),
        in_sync,
        changes,
        facts: facts.clone(),
        sources: desired.hints.sources.clone(),
    }
}

/// The columns that changes add.
fn added_columns(changes: &[Change]) -> BTreeSet<(Name, Ident)> {
    let added = |change: &Change| {
        if let Change::AddColumn { table, column, .. } = change {
            Some((table.clone(), column.name.clone()))
        } else {
            None
        }
    };
    changes.iter().filter_map(added).collect()
}

/// Says what the tables that change do not get, and what those of another database have that these
/// have not.
fn lacks(live: &Schema, desired: &Schema, changes: &[Change]) -> Vec<String> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let by_model = !desired.hints.sources.is_empty();
    for (table, lacks) in &desired.hints.lacks {
        let there = live.hints.lacks.get(table);
        let changed = changes.iter().any(|change| change.table() == Some(table));
        for (what, object) in lacks {
            let had = there.is_some_and(|there| there.iter().any(|(had, _)| had == what));
            let told = match by_model {
                true => changed,
                false => !had,
            };
            if told {
                all.entry(what).or_default().insert(object);
            }
        }
    }
    for (table, had) in live.hints.lacks.iter().filter(|_| !by_model) {
        let wanted = desired.hints.lacks.get(table);
        let wanted = |what: &String| wanted.is_some_and(|it| it.iter().any(|(it, _)| it == what));
        if desired.tables.contains_key(table) {
            let unwanted = had.iter().filter(|(what, _)| !wanted(what));
            for (what, object) in unwanted {
                all.entry(what).or_default().insert(object);
            }
        }
    }
    let line = |(what, objects): (&str, BTreeSet<&str>)| {
        format!("{what}: {}", some_of(objects.into_iter().map(Into::into)))
    };
    all.into_iter().map(line).collect()
}

/// Tells whether a table is refused, or a column of it.
fn is_about(refusal: &Refusal, table: &Name) -> bool {
    let name = table.to_string();
    let object = &refusal.object;
    let object = (object.strip_prefix("table "))
        .or_else(|| object.strip_prefix("column "))
        .unwrap_or(object);
    let part = object.strip_prefix(&name);
    part.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Tables that both sides have and no change is about.
fn in_sync(desired: &Schema, live: &Schema, changes: &[Change]) -> Vec<TableSummary> {
    let touched = |name: &Name| changes.iter().any(|change| change.table() == Some(name));
    let tables = desired.tables.values();
    tables
        .filter(|table| live.tables.contains_key(&table.name) && !touched(&table.name))
        .map(|table| TableSummary {
            name: table.name.clone(),
            columns: table.columns.len(),
            constraints: table.constraints.len(),
            indexes: table.indexes.len(),
        })
        .collect()
}

/// Returns a hash of both schemas, in hexadecimal.
///
/// A model that only moved in its file is the same model. Of a table that is the same on both sides
/// the second one says the name alone.
pub fn fingerprint(live: &Schema, desired: &Schema) -> String {
    let mut hash = Sha256::new();
    let differs = |name: &Name, table: &Shared<Table>| live.tables.get(name) != Some(table);
    let mut differing = desired.clone();
    differing.tables.retain(|name, table| differs(name, table));
    let mut same: Vec<&Name> = desired.tables.keys().collect();
    same.retain(|name| !differing.tables.contains_key(name));
    for mut schema in [live.clone(), differing] {
        schema.hints.sources.clear();
        schema.hints.fields.clear();
        schema.hints.lacks.clear();
        write_to(&mut hash, &schema);
    }
    write_to(&mut hash, &same);
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn write_to(hash: &mut Sha256, value: &impl Serialize) {
    let text = std::io::BufWriter::new(Hashed(hash));
    serde_json::to_writer(text, value).expect("a schema has string keys alone");
    hash.update([0]);
}

/// Hashes what is written, so that the text of a large schema is nowhere as a whole.
struct Hashed<'a>(&'a mut Sha256);

impl std::io::Write for Hashed<'_> {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.update(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Table;

    #[test]
    fn a_model_that_moved_in_its_file_has_the_same_fingerprint() {
        let at = |place: &str, name: &str| {
            let name = Name::bare(name);
            let mut schema = Schema::default();
            let table = Table {
                name: name.clone(),
                ..Table::default()
            };
            schema.tables.insert(name.clone(), table.into());
            schema.hints.sources.insert(name.clone(), place.into());
            let column = (name, "id".into());
            schema
                .hints
                .fields
                .insert(column, format!("Model{place}.id"));
            fingerprint(&Schema::default(), &schema)
        };
        assert_eq!(at("src/a.rs:1", "t"), at("src/b.rs:99", "t"));
        assert_ne!(at("src/a.rs:1", "t"), at("src/a.rs:1", "u"));
    }
}
