//! Whether the user may do what a plan does: asked before the first statement.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checkup, DbError, Session};
use crate::change::Change;
use crate::plan::{Plan, Refusal, some_of};
use crate::schema::{ConstraintKind, Ident, Name, Quoted};

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
    let user = Ident::new(session.info().user.as_deref().unwrap_or_default());
    Ok(judge(&checkup, &user, &plan.changes))
}

fn judge(checkup: &Checkup, user: &Ident, changes: &[Change]) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if let Some(reason) = &checkup.read_only {
        refusals.push(Refusal::new(
            "server",
            format!("{reason}: nothing can be written"),
            "name the primary in the URL, for a user who may write",
        ));
    }
    // A missing schema is the user's own when the plan makes it.
    let in_schemas: BTreeSet<Ident> = changes.iter().filter_map(creates_in).collect();
    for schema in in_schemas {
        if checkup.schemas.get(&schema) == Some(&false) {
            refusals.push(Refusal::new(
                format!("schema {schema}"),
                format!("`{user}` may create nothing in it"),
                &format!(
                    "GRANT CREATE ON SCHEMA {} TO {}",
                    Quoted(&schema),
                    Quoted(user)
                ),
            ));
        }
    }
    for change in changes {
        if let Change::CreateNamespace { name, .. } = change
            && !checkup.creates_schemas
        {
            refusals.push(Refusal::new(
                format!("schema {name}"),
                format!("is missing, and `{user}` may not create it"),
                &format!(
                    "CREATE SCHEMA {} AUTHORIZATION {}",
                    Quoted(name),
                    Quoted(user)
                ),
            ));
        }
        if let Change::CreateExtension { name, .. } = change {
            refusals.extend(extension(checkup, user, name));
        }
    }
    refusals.extend(owned(checkup, user, changes));
    refusals.extend(referenced(checkup, user, changes));
    refusals
}

fn extension(checkup: &Checkup, user: &Ident, name: &Ident) -> Option<Refusal> {
    let object = format!("extension {name}");
    match checkup.extensions.get(name) {
        Some(true) => None,
        Some(false) => Some(Refusal::new(
            object,
            format!("`{user}` may not create it"),
            &format!(
                "let a superuser do so in this database: CREATE EXTENSION {}",
                Quoted(name)
            ),
        )),
        None => Some(Refusal::new(
            object,
            "the server does not have it",
            "install its package on the server; pg_available_extensions lists what there is",
        )),
    }
}

/// Tables and types that only their owner alters.
fn owned(checkup: &Checkup, user: &Ident, changes: &[Change]) -> Vec<Refusal> {
    let mut owners: BTreeMap<&Ident, BTreeSet<(&str, &Name)>> = BTreeMap::new();
    for change in changes {
        if let Some(name) = altered_table(change)
            && let Some(owner) = checkup.others_tables.get(name)
        {
            owners.entry(owner).or_default().insert(("table", name));
        }
        if let Some(name) = altered_type(change)
            && let Some(owner) = checkup.others_types.get(name)
        {
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

/// Tables of others to which a foreign key leads.
fn referenced(checkup: &Checkup, user: &Ident, changes: &[Change]) -> Vec<Refusal> {
    let mut tables = BTreeSet::new();
    for change in changes {
        if let Change::AddConstraint { constraint, .. } = change
            && let ConstraintKind::ForeignKey(key) = &constraint.kind
        {
            tables.insert(&key.table);
        }
    }
    tables.retain(|table| checkup.unreferable.contains(*table));
    let refusal = |table: &Name| {
        Refusal::new(
            table.to_string(),
            format!("`{user}` may not make a foreign key to it"),
            &format!("GRANT REFERENCES ON {} TO {}", Quoted(table), Quoted(user)),
        )
    };
    tables.into_iter().map(refusal).collect()
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
