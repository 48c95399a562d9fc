//! Whether the user may do what a plan does: asked before the first statement.

use std::collections::{BTreeMap, BTreeSet};

use super::probe::is_filled;
use super::{Checkup, DbError, Session};
use crate::change::{Change, ColumnChange};
use crate::plan::{Plan, Refusal};
use crate::schema::{Column, ConstraintKind, Ident, Name, Quoted, Schema};
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
    let checkup = session.rights().await?;
    let user = session.info().user.clone().unwrap_or_default();
    let mut needs = Needs::of_changes(&plan.changes);
    needs.seen.extend(plan.changes.iter().filter_map(|change| {
        if let Change::AddColumn { table, column, .. } = change {
            is_filled(plan, table, column).then(|| without_value(table, column))
        } else {
            None
        }
    }));
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
    needs.tables.extend(schema.tables.keys().cloned());
    needs.types.extend(schema.types.keys().cloned());
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
    /// Tables that only their owner alters.
    tables: BTreeSet<Name>,
    /// Types that only their owner alters.
    types: BTreeSet<Name>,
    /// Tables to which a foreign key leads.
    referenced: BTreeSet<Name>,
    /// Tables of which every row has to be seen, by what it is seen for.
    seen: BTreeMap<Name, String>,
}

impl Needs {
    fn of_changes(changes: &[Change]) -> Self {
        let mut needs = Self {
            creates_in: changes.iter().filter_map(creates_in).collect(),
            tables: changes.iter().filter_map(altered_table).cloned().collect(),
            types: changes.iter().filter_map(altered_type).cloned().collect(),
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

    /// Tables and types that only their owner alters.
    fn owned(&self, checkup: &Checkup, user: &Ident) -> Vec<Refusal> {
        let mut owners: BTreeMap<&Ident, BTreeSet<(&str, &Name)>> = BTreeMap::new();
        for name in &self.tables {
            if let Some(owner) = checkup.others_tables.get(name) {
                owners.entry(owner).or_default().insert(("table", name));
            }
        }
        for name in &self.types {
            if let Some(owner) = checkup.others_types.get(name) {
                owners.entry(owner).or_default().insert(("type", name));
            }
        }
        let refusal = |(owner, objects): (&Ident, BTreeSet<(&str, &Name)>)| {
            let list = objects
                .iter()
                .map(|(kind, name)| format!("{kind} `{name}`"));
            let mut refusal = Refusal::new(
                format!("owner {owner}"),
                format!(
                    "only the owner alters {}, and `{user}` is neither that nor a member of it",
                    some_of(list)
                ),
                &format!("give sync the URL of {owner}"),
            );
            let (kind, name) = objects.first().expect("an owner comes with an object");
            refusal.cures.push(format!(
                "ALTER {} {} OWNER TO {}{}",
                kind.to_uppercase(),
                Quoted(*name),
                Quoted(user),
                if objects.len() > 1 {
                    ", and the others"
                } else {
                    ""
                }
            ));
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

/// Returns the table that only its owner changes so, under the name that it has now.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most changes are of their table"
)]
fn altered_table(change: &Change) -> Option<&Name> {
    match change {
        Change::CreateTable { .. } | Change::DropOther { .. } | Change::CreateOther { .. } => None,
        Change::RenameTable { from, .. } => Some(from),
        other => other.table(),
    }
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
        _ => None,
    }
}
