//! Whether the user may do what a plan does: asked before the first statement.

use std::collections::{BTreeMap, BTreeSet};

use super::probe::is_filled;
use super::{Checkup, DbError, Owned, Session};
use crate::change::{Change, ColumnChange, Object};
use crate::plan::{Plan, Refusal};
use crate::schema::{Column, Constraint, ConstraintKind, Ident, Name, Other, Quoted, Schema};
use crate::wording::some_of;

/// Returns what the user lacks to carry a plan out, each with its cure. An apply refuses it so.
///
/// # Errors
///
/// What the server says.
pub async fn lacking(session: &mut Session, plan: &Plan) -> Result<Vec<Refusal>, DbError> {
    if plan.changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut checkup = session.rights().await?;
    let user = session.info().user.clone().unwrap_or_default();
    let mut needs = Needs::of_changes(&plan.changes);
    needs.seen.extend(plan.changes.iter().filter_map(|change| {
        if let Change::AddColumn { table, column, .. } = change {
            is_filled(plan, table, column).then(|| without_value(table, column))
        } else {
            None
        }
    }));
    if needs.altered().any(|owned| !owned.is_always_asked_for()) {
        session.others(&mut checkup).await?;
    }
    if !needs.above.is_empty() && !checkup.others.is_empty() {
        session.below(&mut checkup).await?;
    }
    Ok(needs.judge(&checkup, &Ident::new(user)))
}

/// Returns what the user lacks for changes, and for those to come of any object of a schema; that
/// nothing can be written at all is not among it.
pub fn lacks(checkup: &Checkup, user: &str, schema: &Schema, changes: &[Change]) -> Vec<Refusal> {
    let checkup = Checkup {
        read_only: None,
        ..checkup.clone()
    };
    let mut needs = Needs::of_changes(changes);
    let names = schema.tables.keys().chain(schema.types.keys());
    for name in names.filter_map(|name| name.schema.clone()) {
        if checkup.schemas.contains_key(&name) {
            needs.creates_in.insert(name);
        } else {
            needs.schemas.insert(name);
        }
    }
    let tables = schema.tables.keys().cloned();
    needs
        .owned
        .extend(tables.map(|name| Owned::new("table", name)));
    let types = schema.types.keys().cloned();
    needs
        .owned
        .extend(types.map(|name| Owned::new("type", name)));
    needs.judge(&checkup, &Ident::new(user))
}

/// What is changed, by the right that it takes.
#[derive(Default)]
struct Needs {
    /// Schemas that get something new. One that is missing is the user's own when the plan makes it.
    creates_in: BTreeSet<Ident>,
    /// Schemas that are made.
    schemas: BTreeSet<Ident>,
    /// Extensions that are made.
    extensions: BTreeSet<Ident>,
    /// What only its owner alters.
    owned: BTreeSet<Owned>,
    /// What its owner drops, and whoever owns its schema.
    dropped: BTreeSet<Owned>,
    /// Tables of which something is altered in all tables below them too.
    above: BTreeSet<Name>,
    /// Tables to which a foreign key leads.
    referenced: BTreeSet<Name>,
    /// Tables of which every row has to be seen, by what it is seen for.
    seen: BTreeMap<Name, String>,
}

impl Needs {
    fn of_changes(changes: &[Change]) -> Self {
        let mut needs = Self {
            creates_in: changes.iter().filter_map(creates_in).collect(),
            owned: changes.iter().flat_map(altered).collect(),
            dropped: changes.iter().filter_map(dropped).collect(),
            above: changes.iter().filter_map(altered_below).cloned().collect(),
            ..Self::default()
        };
        for change in changes {
            if let Change::CreateNamespace { name, .. } = change {
                needs.schemas.insert(name.clone());
            }
            if let Change::CreateExtension { name, .. } = change {
                needs.extensions.insert(name.clone());
            }
            if let Change::AddConstraint { constraint, .. } = change
                && let ConstraintKind::ForeignKey(key) = &constraint.kind
            {
                needs.referenced.insert(key.table.clone());
            }
            needs.seen.extend(read_in_full(change));
        }
        needs
    }

    fn judge(&self, checkup: &Checkup, user: &Ident) -> Vec<Refusal> {
        let mut refusals: Vec<Refusal> = checkup.read_only.iter().cloned().collect();
        for schema in &self.creates_in {
            if checkup.schemas.get(schema) == Some(&false) {
                refusals.push(Refusal::new(
                    format!("schema {schema}"),
                    format!("`{user}` may create nothing in it"),
                    &format!(
                        "GRANT CREATE ON SCHEMA {} TO {}",
                        Quoted(schema),
                        Quoted(user)
                    ),
                ));
            }
        }
        for schema in &self.schemas {
            if !checkup.creates_schemas {
                refusals.push(Refusal::new(
                    format!("schema {schema}"),
                    format!("is missing, and `{user}` may not create it"),
                    &format!(
                        "CREATE SCHEMA {} AUTHORIZATION {}",
                        Quoted(schema),
                        Quoted(user)
                    ),
                ));
            }
        }
        let extensions = self.extensions.iter();
        refusals.extend(extensions.filter_map(|name| extension(checkup, user, name)));
        refusals.extend(self.owned(checkup, user));
        refusals.extend(self.referenced(checkup, user));
        refusals.extend(self.hidden(checkup, user));
        refusals
    }

    /// Everything that the user has to own.
    fn altered(&self) -> impl Iterator<Item = &Owned> {
        self.owned.iter().chain(&self.dropped)
    }

    /// What only its owner alters.
    fn owned(&self, checkup: &Checkup, user: &Ident) -> Vec<Refusal> {
        let below = self.above.iter().filter_map(|table| {
            let below = checkup.others_below.get(table)?;
            Some(below.iter().map(|name| Owned::new("table", name.clone())))
        });
        let dropped = self.dropped.iter();
        let dropped = dropped.filter(|owned| is_in_a_schema_of_others(checkup, owned));
        let altered: BTreeSet<Owned> = (self.owned.iter().chain(dropped).cloned())
            .chain(below.flatten())
            .collect();
        let mut owners: BTreeMap<&Ident, Vec<&Owned>> = BTreeMap::new();
        for owned in &altered {
            if let Some(owner) = checkup.others.get(owned) {
                owners.entry(owner).or_default().push(owned);
            }
        }
        let refusal = |(owner, objects): (&Ident, Vec<&Owned>)| {
            let mut refusal = Refusal::new(
                format!("owner {owner}"),
                format!(
                    "only the owner alters {}, and `{user}` is neither that nor a member of it",
                    some_of(objects.iter().map(|owned| owned.title()))
                ),
                &format!("give sync the URL of {owner}"),
            );
            let given = objects.iter().find_map(|owned| owned.given_to(user));
            refusal.cures.extend(given.map(|given| {
                let others = if objects.len() > 1 {
                    ", and the others"
                } else {
                    ""
                };
                given + others
            }));
            refusal
        };
        owners.into_iter().map(refusal).collect()
    }

    /// Tables of which the user does not see every row.
    fn hidden(&self, checkup: &Checkup, user: &Ident) -> Vec<Refusal> {
        let seen = self.seen.iter();
        let hidden = seen.filter(|(table, _)| checkup.hidden.contains(table));
        let refusal = |(table, why): (&Name, &String)| {
            let mut refusal = Refusal::new(
                table.to_string(),
                format!("its policies hide rows from `{user}`: {why}"),
                &format!(
                    "ALTER ROLE {} BYPASSRLS, or give sync the URL of a role that has it",
                    Quoted(user)
                ),
            );
            refusal.cures.push(format!(
                "for the run: ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
                Quoted(table)
            ));
            refusal
        };
        hidden.map(refusal).collect()
    }

    /// Tables of others to which a foreign key leads.
    fn referenced(&self, checkup: &Checkup, user: &Ident) -> Vec<Refusal> {
        let refusal = |table: &Name| {
            Refusal::new(
                table.to_string(),
                format!("`{user}` may not make a foreign key to it"),
                &format!("GRANT REFERENCES ON {} TO {}", Quoted(table), Quoted(user)),
            )
        };
        let tables = self.referenced.intersection(&checkup.unreferable);
        tables.map(refusal).collect()
    }
}

/// Tables of which a change has to see every row, and for what: a policy would hide some from it.
fn read_in_full(change: &Change) -> Vec<(Name, String)> {
    if let Change::AddConstraint { table, constraint }
    | Change::ValidateConstraint { table, constraint } = change
        && let ConstraintKind::ForeignKey(key) = &constraint.kind
        && !constraint.not_valid
        && !constraint.not_enforced
    {
        let name = constraint.name.as_ref().map_or("", Ident::as_str);
        let why =
            format!("the foreign key {name} of {table} would be taken for proven without them");
        vec![(table.clone(), why.clone()), (key.table.clone(), why)]
    } else if let Change::AlterColumn {
        table,
        column,
        change:
            ColumnChange::Values { .. }
            | ColumnChange::Fill { .. }
            | ColumnChange::SetNotNull { backfill: Some(_) },
    } = change
    {
        vec![without_value(table, column)]
    } else {
        Vec::new()
    }
}

/// A table of which every row has to be seen, to be given a value.
fn without_value(table: &Name, column: &Column) -> (Name, String) {
    let why = format!("{} would get no value there", column.name);
    (table.clone(), why)
}

/// An extension that the user may not make. One that the server does not have is refused with the
/// plan.
fn extension(checkup: &Checkup, user: &Ident, name: &Ident) -> Option<Refusal> {
    let denied = checkup.extensions.get(name) == Some(&false);
    denied.then(|| {
        Refusal::new(
            format!("extension {name}"),
            format!("`{user}` may not create it"),
            &format!(
                "let a superuser do so in this database: CREATE EXTENSION {}",
                Quoted(name)
            ),
        )
    })
}

/// Returns the schema that gets a new relation or type, or a new name for one.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most changes alter what is there"
)]
fn creates_in(change: &Change) -> Option<Ident> {
    let name = match change {
        Change::CreateType { name, .. }
        | Change::CreateSequence { name, .. }
        | Change::CreateStatistics { name, .. } => name,
        Change::CreateTable { table } => &table.name,
        Change::CreateFunction { function } => &function.name,
        Change::CreateOther { other } if other.table.is_none() => &other.name,
        Change::RenameTable { to, .. }
        | Change::RenameType { to, .. }
        | Change::RenameSequence { to, .. } => to,
        Change::CreateIndex { table, .. } | Change::RenameIndex { table, .. } => table,
        Change::AddConstraint { table, constraint } if has_index(&constraint.kind) => table,
        _ => return None,
    };
    name.schema.clone()
}

fn has_index(kind: &ConstraintKind) -> bool {
    match kind {
        ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) | ConstraintKind::Exclude(_) => {
            true
        }
        ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_) => false,
    }
}

/// Tells whether something is where the user does not own the schema either.
fn is_in_a_schema_of_others(checkup: &Checkup, owned: &Owned) -> bool {
    owned.name.schema.as_ref().is_none_or(|schema| {
        let schema = Owned::new("schema", Name::bare(schema.clone()));
        checkup.others.contains_key(&schema)
    })
}

/// Returns what only its owner changes so, under the names that it has now.
fn altered(change: &Change) -> Vec<Owned> {
    let tables = altered_tables(change).into_iter().cloned();
    let mut altered: Vec<Owned> = tables.map(|name| Owned::new("table", name)).collect();
    let ty = altered_type(change).cloned();
    altered.extend(ty.map(|name| Owned::new("type", name)));
    if let Change::DropOther { other, again } = change {
        altered.extend(altered_other(other, *again));
    }
    altered.extend(altered_else(change));
    altered
}

/// Returns the tables that only their owner changes so, under the names that they have now.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most changes are of their table"
)]
fn altered_tables(change: &Change) -> Vec<&Name> {
    match change {
        Change::CreateTable { table } => table.parents().collect(),
        Change::DropOther { .. } | Change::CreateOther { .. } => Vec::new(),
        Change::RenameTable { from, .. } => vec![from],
        Change::AttachPartition { table, partition }
        | Change::DetachPartition { table, partition } => vec![table, &partition.parent],
        Change::AddParent { table, parent } => vec![table, parent],
        other => other.table().into_iter().collect(),
    }
}

/// Returns the table with which those below it change too.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most changes are of one table"
)]
fn altered_below(change: &Change) -> Option<&Name> {
    match change {
        Change::AddColumn { table, .. } | Change::RenameColumn { table, .. } => Some(table),
        Change::DropColumn {
            table, kept_below, ..
        } => (!kept_below).then_some(table),
        Change::AlterColumn { table, change, .. } => matches!(
            change,
            ColumnChange::Type { .. }
                | ColumnChange::DropNotNull { alone: false }
                | ColumnChange::SetNotNull { .. }
        )
        .then_some(table),
        Change::AddConstraint { table, constraint }
        | Change::DropConstraint { table, constraint } => is_had_below(constraint).then_some(table),
        _ => None,
    }
}

/// Tells whether tables that inherit from that of a constraint have it too.
fn is_had_below(constraint: &Constraint) -> bool {
    matches!(
        constraint.kind,
        ConstraintKind::Check {
            no_inherit: false,
            ..
        }
    )
}

/// Returns the type that only its owner changes so, under the name that it has now.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most changes are of no type"
)]
fn altered_type(change: &Change) -> Option<&Name> {
    match change {
        Change::DropType { name, .. }
        | Change::ReplaceEnum { name, .. }
        | Change::AlterDomain { name, .. }
        | Change::AlterComposite { name, .. } => Some(name),
        Change::RenameType { from, .. } => Some(from),
        Change::AddLabel { ty, .. } | Change::RenameLabel { ty, .. } => Some(ty),
        Change::SetComment { object, .. } => match object {
            // A column may be a field of a type.
            Object::Type(name)
            | Object::Domain(name)
            | Object::DomainConstraint(name, _)
            | Object::Column(name, _) => Some(name),
            Object::Namespace(_)
            | Object::Extension(_)
            | Object::Sequence(_)
            | Object::Table(_)
            | Object::Constraint(..)
            | Object::Index(_)
            | Object::Statistics(_) => None,
        },
        _ => None,
    }
}

/// Returns what has to be one's own for an unmanaged object to make way.
fn altered_other(other: &Other, again: bool) -> Vec<Owned> {
    let mut altered = Vec::new();
    if let Some(table) = &other.table {
        // A rule or a trigger may be a view's.
        let kinds = ["table", "view", "materialized view"];
        altered.extend(kinds.map(|kind| Owned::new(kind, table.clone())));
        if other.kind == "place in publication" {
            let publication = Name::bare(other.name.name.clone());
            altered.push(Owned::new("publication", publication));
        }
    } else if again {
        altered.push(Owned::other(other));
    }
    altered
}

/// Returns the sequence, extension, schema, index or statistics that only its owner changes so.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most changes are of a table or a type"
)]
fn altered_else(change: &Change) -> Option<Owned> {
    let bare = |kind, name: &Ident| Some(Owned::new(kind, Name::bare(name.clone())));
    let named = |kind, name: &Name| Some(Owned::new(kind, name.clone()));
    match change {
        Change::DropNamespace { name } => bare("schema", name),
        Change::AlterExtension { name, .. } | Change::DropExtension { name } => {
            bare("extension", name)
        }
        Change::AlterSequence { name, .. } | Change::RenameSequence { from: name, .. } => {
            named("sequence", name)
        }
        Change::AlterStatistics { name, .. } => named("statistics", name),
        Change::TieIndex { index, .. } => named("index", index),
        Change::SetComment { object, .. } => match object {
            Object::Namespace(name) => bare("schema", name),
            Object::Extension(name) => bare("extension", name),
            Object::Sequence(name) => named("sequence", name),
            Object::Index(name) => named("index", name),
            Object::Statistics(name) => named("statistics", name),
            Object::Type(_)
            | Object::Domain(_)
            | Object::Table(_)
            | Object::Column(..)
            | Object::Constraint(..)
            | Object::DomainConstraint(..) => None,
        },
        _ => None,
    }
}

/// Returns what its owner drops so, and whoever owns its schema.
#[expect(clippy::wildcard_enum_match_arm, reason = "most changes drop nothing")]
fn dropped(change: &Change) -> Option<Owned> {
    match change {
        Change::DropSequence { name } => Some(Owned::new("sequence", name.clone())),
        Change::DropStatistics { name, .. } => Some(Owned::new("statistics", name.clone())),
        Change::DropOther { other, again } => {
            (other.table.is_none() && !again).then(|| Owned::other(other))
        }
        _ => None,
    }
}
