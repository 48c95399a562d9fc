//! Writes changes as SQLite statements.

mod ddl;
mod hazards;
mod script;

use std::collections::BTreeMap;

use self::ddl::{column_constraint_sql, column_sql};
pub(super) use self::ddl::{create_index, create_table};
use self::hazards::{hazards, lost_values, lost_words};
#[cfg(feature = "sqlite")]
pub(super) use self::script::rebuilds_or_drops;
pub use self::script::{needs_foreign_keys_off, script};
use super::rebuild::{self, Rebuild};
use super::{names, sql};
use crate::change::Change;
use crate::facts::Facts;
use crate::schema::{
    Column, Constraint, ConstraintKind, GeneratedKind, Ident, Index, Name, Other, Quoted, Schema,
    Table, quote_literal,
};
use crate::step::{Statement, Step, Work};

/// Returns the steps that carry out the changes, which come in an order that works.
///
/// Foreign keys of a table that is made here stand within its CREATE TABLE. All changes of a table
/// that ALTER TABLE cannot make are one step: the rebuild, at the place of the last of them.
///
/// # Errors
///
/// One message for each change that SQLite has no statement for.
pub fn render(
    changes: &[Change],
    live: &Schema,
    desired: &Schema,
    facts: &Facts,
) -> Result<Vec<Step>, Vec<String>> {
    let errors: Vec<String> = changes.iter().filter_map(unsupported).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let after = rebuild::replay(live, changes);
    let stories = stories(changes, live);
    // SQLite gives a trigger the new names when something is renamed: what is made again from its own
    // text must be there before.
    let first: Vec<bool> = stories
        .iter()
        .map(|story| {
            let table = story.live.as_ref();
            changes.iter().any(is_rename) && live.others.iter().any(|it| fires_on(it, table))
        })
        .collect();
    let mut steps = Vec::new();
    for (story, _) in stories.iter().zip(&first).filter(|(_, first)| **first) {
        let all: Vec<&Change> = story.changes.iter().map(|at| &changes[*at]).collect();
        let (Some(result), Some(before)) = (after.get(&story.name), before(live, story, &all))
        else {
            continue;
        };
        if story.is_dropped || !needs_rebuild(&all, &before, result) {
            continue;
        }
        let renames: Vec<&Change> = all.iter().copied().filter(|it| is_rename(it)).collect();
        let old: Vec<Change> = (all.iter())
            .map(|change| rebuild::change_with_old_names(change, &renames))
            .collect();
        let result = in_order(result, desired.tables.get(&story.name).map(|it| &**it));
        let name = story.live.as_ref().unwrap_or(&story.name);
        let parts = Rebuild {
            before: &live.tables[name],
            after: &rebuild::with_old_names(&result, changes),
            changes: &old.iter().collect::<Vec<_>>(),
            triggers: (live.others.iter())
                .filter(|other| fires_on(other, Some(name)))
                .collect(),
            temporary: names::free(name, live, facts),
            text: facts.texts.get(name.name.as_str()).map(String::as_str),
        };
        steps.push(rebuild(&parts, &all, name, facts));
    }
    let mut others: BTreeMap<&Name, &Other> = live
        .others
        .iter()
        .map(|other| (&other.name, other))
        .collect();
    for (at, change) in changes.iter().enumerate() {
        if let Change::DropOther { other, .. } = change {
            others.remove(&other.name);
        }
        if let Change::CreateOther { other } = change {
            others.insert(&other.name, other);
        }
        let story = stories.iter().position(|story| story.changes.contains(&at));
        let Some((story, first)) = story.map(|n| (&stories[n], first[n])) else {
            steps.extend(single(change, facts));
            continue;
        };
        let all: Vec<&Change> = story.changes.iter().map(|at| &changes[*at]).collect();
        if story.is_dropped {
            if matches!(change, Change::DropTable { .. }) {
                steps.push(drop_table(&all, facts));
            }
            continue;
        }
        let Some(result) = after.get(&story.name) else {
            steps.extend(single(change, facts));
            continue;
        };
        let Some(before) = before(live, story, &all) else {
            if matches!(change, Change::CreateTable { .. }) {
                steps.push(create(&all, result));
            }
            if matches!(change, Change::CreateIndex { .. }) {
                steps.extend(single(change, facts));
            }
            continue;
        };
        let read = comes_again(&all) && is_read_by_a_view(live, story);
        if !read && !needs_rebuild(&all, &before, result) {
            steps.extend(in_place(change, &all, result, facts));
            continue;
        }
        if is_rename(change) {
            steps.extend(single(change, facts));
        }
        if !first && story.changes.last() == Some(&at) {
            let result = in_order(result, desired.tables.get(&story.name).map(|it| &**it));
            let own = |other: &&Other| {
                fires_on(other, Some(&story.name)) || fires_on(other, story.live.as_ref())
            };
            // Renaming rewrites the text of the tables that reference what is renamed.
            let rewritten = changes.iter().any(is_rename);
            let text = facts.texts.get(story.name.name.as_str());
            let parts = Rebuild {
                before: &before,
                after: &result,
                changes: &all,
                triggers: others.values().copied().filter(own).collect(),
                temporary: names::free(&story.name, live, facts),
                text: text.map(String::as_str).filter(|_| !rewritten),
            };
            let live = story.live.as_ref().unwrap_or(&story.name);
            steps.push(rebuild(&parts, &all, live, facts));
        }
    }
    Ok(steps)
}

/// Tells whether a column goes and comes again, computed otherwise.
fn comes_again(changes: &[&Change]) -> bool {
    changes.iter().any(|gone| {
        let Change::DropColumn { column: gone, .. } = gone else {
            return false;
        };
        let same = |it: &&Change| matches!(it, Change::AddColumn { column, .. } if column.name == gone.name);
        changes.iter().any(same)
    })
}

/// Tells whether a view reads a table: it stands in the way of a column that goes, even where that
/// comes again.
fn is_read_by_a_view(live: &Schema, story: &Story) -> bool {
    let names = [Some(&story.name), story.live.as_ref()];
    live.others.iter().any(|other| {
        let mut tokens = other.create.iter().flat_map(|sql| super::sql::tokens(sql));
        other.kind == "view"
            && tokens.any(|token| {
                names
                    .iter()
                    .flatten()
                    .any(|name| token.names(name.name.as_str()))
            })
    })
}

/// Tells whether an object is a trigger of a table.
fn fires_on(other: &Other, table: Option<&Name>) -> bool {
    other.kind == "trigger" && table.is_some() && other.table.as_ref() == table
}

/// What happens to one table, under whatever name.
pub(super) struct Story {
    /// Its name in the live database; `None` for a table that is made.
    pub(super) live: Option<Name>,
    /// Its last name.
    pub(super) name: Name,
    /// It ends with DROP TABLE.
    pub(super) is_dropped: bool,
    /// Positions in the list of changes.
    pub(super) changes: Vec<usize>,
}

/// Tells which changes are about which table: a name may pass from one to another.
pub(super) fn stories(changes: &[Change], live: &Schema) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    let mut by_name: BTreeMap<Name, usize> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        let Some(table) = change.table().filter(|_| is_of_table(change)) else {
            continue;
        };
        let table = if let Change::RenameTable { from, .. } = change {
            from
        } else {
            table
        };
        let is_made = matches!(change, Change::CreateTable { .. });
        let n = match by_name.get(table) {
            Some(n) if !is_made => *n,
            Some(_) | None => {
                stories.push(Story {
                    live: (!is_made && live.tables.contains_key(table)).then(|| table.clone()),
                    name: table.clone(),
                    is_dropped: false,
                    changes: Vec::new(),
                });
                by_name.insert(table.clone(), stories.len() - 1);
                stories.len() - 1
            }
        };
        stories[n].changes.push(at);
        if let Change::RenameTable { from, to } = change {
            by_name.remove(from);
            by_name.insert(to.clone(), n);
            stories[n].name = to.clone();
        }
        if matches!(change, Change::DropTable { .. }) {
            stories[n].is_dropped = true;
            by_name.remove(table);
        }
    }
    stories
}

/// Returns the step that copies the table, which is called `live` before the plan.
fn rebuild(parts: &Rebuild<'_>, changes: &[&Change], live: &Name, facts: &Facts) -> Step {
    let changes: Vec<&Change> = changes
        .iter()
        .copied()
        .filter(|change| !is_rename(change))
        .collect();
    Step {
        statements: rebuild::statements(parts),
        hazards: changes
            .iter()
            .flat_map(|change| hazards(change, facts))
            .chain(lost_values(&changes))
            .chain(lost_words(live, facts))
            .collect(),
        changes: changes.into_iter().cloned().collect(),
        note: match facts.size(live).rows {
            0 => "rebuilds the table, which is empty".into(),
            _ => "rebuilds the table: every row is copied".into(),
        },
        ..Step::default()
    }
}

/// Tells whether a change gives a table or a column another name.
pub(super) fn is_rename(change: &Change) -> bool {
    matches!(
        change,
        Change::RenameTable { .. } | Change::RenameColumn { .. }
    )
}

/// Tells whether a change is about the definition of a table; comments and triggers are not.
fn is_of_table(change: &Change) -> bool {
    !matches!(
        change,
        Change::SetComment { .. } | Change::DropOther { .. } | Change::CreateOther { .. }
    )
}

fn unsupported(change: &Change) -> Option<String> {
    let message = |what: &str, lacks: &str| Some(format!("{what}: SQLite has no {lacks}"));
    match change {
        Change::CreateNamespace { name, .. } | Change::DropNamespace { name } => {
            message(&format!("schema `{name}`"), "schemas")
        }
        Change::CreateExtension { name, .. }
        | Change::AlterExtension { name, .. }
        | Change::DropExtension { name } => message(&format!("extension `{name}`"), "extensions"),
        Change::CreateType { name, .. }
        | Change::DropType { name, .. }
        | Change::RenameType { from: name, .. }
        | Change::AddLabel { ty: name, .. }
        | Change::RenameLabel { ty: name, .. }
        | Change::ReplaceEnum { name, .. }
        | Change::AlterDomain { name, .. }
        | Change::AlterComposite { name, .. } => message(&format!("type `{name}`"), "types"),
        Change::CreateSequence { name, .. }
        | Change::DropSequence { name }
        | Change::RenameSequence { from: name, .. }
        | Change::AlterSequence { name, .. } => message(&format!("sequence `{name}`"), "sequences"),
        Change::AttachPartition { table, .. } | Change::DetachPartition { table, .. } => {
            message(&format!("table `{table}`"), "partitions")
        }
        Change::AddParent { table, .. } | Change::DropParent { table, .. } => {
            message(&format!("table `{table}`"), "inheritance")
        }
        Change::AlterRowType { table, .. } => message(&format!("table `{table}`"), "types"),
        Change::CreateStatistics { name, .. }
        | Change::DropStatistics { name, .. }
        | Change::AlterStatistics { name, .. } => {
            message(&format!("statistics `{name}`"), "extended statistics")
        }
        Change::CreateTable { .. }
        | Change::DropTable { .. }
        | Change::RenameTable { .. }
        | Change::AlterTable { .. }
        | Change::AddColumn { .. }
        | Change::DropColumn { .. }
        | Change::RenameColumn { .. }
        | Change::AlterColumn { .. }
        | Change::AddConstraint { .. }
        | Change::DropConstraint { .. }
        | Change::RenameConstraint { .. }
        | Change::ValidateConstraint { .. }
        | Change::AlterConstraint { .. }
        | Change::CreateIndex { .. }
        | Change::DropIndex { .. }
        | Change::RenameIndex { .. }
        | Change::AlterIndex { .. }
        | Change::TieIndex { .. }
        | Change::SetComment { .. }
        | Change::DropOther { .. }
        | Change::CreateOther { .. } => None,
        Change::CreateFunction { function } => {
            message(&format!("function `{}`", function.name), "functions")
        }
    }
}

/// Returns the live table under its last name, with the columns' renames made.
fn before(live: &Schema, story: &Story, changes: &[&Change]) -> Option<Table> {
    let name = story.live.as_ref()?;
    let mut only = Schema::default();
    only.tables
        .insert(name.clone(), live.tables.get(name)?.clone());
    let renames: Vec<Change> = changes
        .iter()
        .filter(|change| is_rename(change))
        .map(|change| (*change).clone())
        .collect();
    let tables = &mut rebuild::replay(&only, &renames);
    tables
        .remove(&story.name)
        .map(crate::schema::Shared::into_inner)
}

/// Returns the table with its columns in the order of the model; others come last.
fn in_order(table: &Table, desired: Option<&Table>) -> Table {
    let mut table = table.clone();
    if let Some(desired) = desired {
        table.columns.sort_by_key(|column| {
            let mut columns = desired.columns.iter();
            let at = columns.position(|wanted| wanted.name == column.name);
            at.unwrap_or(usize::MAX)
        });
    }
    table
}

/// Tells whether one of the table's changes is beyond ALTER TABLE.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`unsupported` lists every variant"
)]
fn needs_rebuild(changes: &[&Change], before: &Table, after: &Table) -> bool {
    changes.iter().any(|change| match change {
        Change::AddColumn { column, .. } => !can_add(column),
        Change::DropColumn { column, .. } => !can_drop(&column.name, before, after),
        Change::AddConstraint { constraint, .. } => home(constraint, changes, after).is_none(),
        Change::AlterColumn { .. }
        | Change::DropConstraint { .. }
        | Change::RenameConstraint { .. }
        | Change::AlterConstraint { .. }
        | Change::AlterTable { .. } => true,
        _ => false,
    })
}

/// Tells whether ADD COLUMN takes the column whatever rows there are.
fn can_add(column: &Column) -> bool {
    let default = column.default.as_ref().map(|default| default.as_str());
    let constant =
        default.is_none_or(|default| sql::is_literal(default) && !sql::is_clock(default));
    let stored = column
        .generated
        .as_ref()
        .is_some_and(|generated| generated.kind == GeneratedKind::Stored);
    let computed = column.generated.is_some();
    constant && !stored && (column.nullable || computed || default.is_some())
}

/// Tells whether DROP COLUMN can: nothing names the column.
fn can_drop(column: &Ident, before: &Table, after: &Table) -> bool {
    let free = before
        .constraints
        .iter()
        .all(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => {
                !key.columns.contains(column)
            }
            ConstraintKind::Check { expr, .. } => !sql::mentions(expr.as_str(), column.as_str()),
            ConstraintKind::ForeignKey(key) => !key.columns.contains(column),
            ConstraintKind::Exclude(_) => true,
        });
    let computes = after.columns.iter().any(|other| {
        let generated = other.generated.as_ref();
        generated.is_some_and(|made| sql::mentions(made.expr.as_str(), column.as_str()))
    });
    free && !computes
}

/// Returns the new column in whose definition a new constraint can stand.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`unsupported` lists every variant"
)]
fn home<'a>(constraint: &Constraint, changes: &[&'a Change], after: &Table) -> Option<&'a Column> {
    let added = |name: &Ident| {
        changes.iter().find_map(|change| match change {
            Change::AddColumn { column, .. } if column.name == *name && can_add(column) => {
                Some(column)
            }
            _ => None,
        })
    };
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) => match key.columns.as_slice() {
            // With foreign keys on, SQLite wants the default NULL.
            [one] => added(one).filter(|column| column.default.is_none()),
            _ => None,
        },
        ConstraintKind::Check { expr, .. } => {
            let mut named = after
                .columns
                .iter()
                .filter(|column| sql::mentions(expr.as_str(), column.name.as_str()));
            let first = named.next()?;
            named.next().is_none().then(|| added(&first.name))?
        }
        ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) | ConstraintKind::Exclude(_) => {
            None
        }
    }
}

fn create(changes: &[&Change], made: &Table) -> Step {
    let sql = create_table(made, &made.name);
    Step {
        changes: changes
            .iter()
            .filter(|change| !matches!(change, Change::CreateIndex { .. }))
            .map(|change| (*change).clone())
            .collect(),
        statements: vec![Statement::new(sql.replacen(
            "CREATE TABLE",
            "CREATE TABLE IF NOT EXISTS",
            1,
        ))],
        hazards: Vec::new(),
        note: "instant".into(),
        ..Step::default()
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`unsupported` lists every variant"
)]
fn drop_table(changes: &[&Change], facts: &Facts) -> Step {
    let statements = changes
        .iter()
        .filter_map(|change| match change {
            Change::DropTable { table } => Some(Statement::new(format!(
                "DROP TABLE IF EXISTS {}",
                Quoted(&table.name)
            ))),
            _ => None,
        })
        .collect();
    let hazards = changes
        .iter()
        .filter(|change| matches!(change, Change::DropTable { .. }))
        .flat_map(|change| hazards(change, facts))
        .collect();
    Step {
        changes: changes.iter().map(|change| (*change).clone()).collect(),
        statements,
        hazards,
        note: "instant".into(),
        ..Step::default()
    }
}

/// Returns the step of a change that ALTER TABLE can make; none when another step includes it.
fn in_place(change: &Change, all: &[&Change], after: &Table, facts: &Facts) -> Option<Step> {
    if let Change::RenameIndex { table, to, .. } = change {
        let renamed = after
            .indexes
            .iter()
            .find(|index| index.name.as_ref() == Some(to));
        let mut step = single(change, facts)?;
        step.statements
            .extend(renamed.map(|index| create_index_statement(table, index)));
        step.note = "builds the index anew".into();
        return Some(step);
    }
    let Change::AddColumn {
        table,
        column,
        backfill,
    } = change
    else {
        let folded = matches!(
            change,
            Change::AddConstraint { .. } | Change::ValidateConstraint { .. }
        );
        return (!folded).then(|| single(change, facts)).flatten();
    };
    let mut changes = vec![change.clone()];
    let mut definition = column_sql(column);
    for other in all {
        let Change::AddConstraint { constraint, .. } = other else {
            continue;
        };
        if home(constraint, all, after).is_some_and(|home| home.name == column.name) {
            definition.push_str(&format!(" {}", column_constraint_sql(constraint)));
            changes.push((*other).clone());
        }
    }
    let guard = format!("NOT {}", has_column(table, &column.name));
    let mut statements = vec![
        Statement::new(format!(
            "ALTER TABLE {} ADD COLUMN {definition}",
            Quoted(table)
        ))
        .guard(guard.clone()),
    ];
    if let Some(value) = backfill {
        let update = format!(
            "UPDATE {} SET {} = {value}",
            Quoted(table),
            Quoted(&column.name)
        );
        statements.push(Statement::new(update).guard(guard).work(Work::Rewrite));
    }
    let note = match backfill {
        Some(_) => "writes every row",
        None => "instant",
    };
    Some(Step {
        changes,
        statements,
        hazards: hazards(change, facts),
        note: note.into(),
        ..Step::default()
    })
}

fn has_column(table: &Name, column: &Ident) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pragma_table_xinfo({}) WHERE name = {})",
        quote_literal(table.name.as_str()),
        quote_literal(column.as_str())
    )
}

/// Returns the step of a change that stands alone; none for what SQLite does not keep.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`unsupported` lists every variant"
)]
fn single(change: &Change, facts: &Facts) -> Option<Step> {
    let mut note = "instant";
    let statements = match change {
        Change::RenameTable { from, to } => {
            let old = quote_literal(from.name.as_str());
            vec![
                Statement::new(format!(
                    "ALTER TABLE {} RENAME TO {}",
                    Quoted(from),
                    Quoted(to)
                ))
                .guard(format!(
                    "EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = {old})"
                )),
            ]
        }
        Change::RenameColumn { table, from, to } => vec![
            Statement::new(format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                Quoted(table),
                Quoted(from),
                Quoted(to)
            ))
            .guard(has_column(table, from)),
        ],
        Change::DropColumn { table, column, .. } => {
            note = "writes every row";
            vec![
                Statement::new(format!(
                    "ALTER TABLE {} DROP COLUMN {}",
                    Quoted(table),
                    Quoted(&column.name)
                ))
                .guard(has_column(table, &column.name))
                .work(Work::Rewrite),
            ]
        }
        Change::CreateIndex { table, index } => {
            note = "reads the table";
            vec![create_index_statement(table, index)]
        }
        Change::DropIndex { index, .. } => vec![drop_index(index.name.as_ref())],
        Change::RenameIndex { from, .. } => vec![drop_index(Some(from))],
        Change::DropTable { table } => vec![Statement::new(format!(
            "DROP TABLE IF EXISTS {}",
            Quoted(&table.name)
        ))],
        Change::DropOther { other, .. } => vec![Statement::new(&*other.drop)],
        Change::CreateOther { other } => {
            let name = quote_literal(other.name.name.as_str());
            let guard = format!(
                "NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type IN ('view', 'trigger') \
                 AND name = {name})"
            );
            let statements = other.create.iter();
            statements
                .map(|sql| Statement::new(sql).guard(guard.clone()))
                .collect()
        }
        _ => return None,
    };
    Some(Step {
        changes: vec![change.clone()],
        statements,
        hazards: hazards(change, facts),
        note: note.into(),
        ..Step::default()
    })
}

fn drop_index(name: Option<&Ident>) -> Statement {
    let name = name.cloned().unwrap_or_default();
    Statement::new(format!("DROP INDEX IF EXISTS {}", Quoted(&name)))
}

fn create_index_statement(table: &Name, index: &Index) -> Statement {
    Statement::new(create_index(table, index)).work(Work::Index)
}
