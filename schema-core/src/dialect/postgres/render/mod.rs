//! Writes changes as PostgreSQL statements.

mod alike;
mod anew;
mod backfill;
mod column;
mod condition;
mod constraint;
mod done;
mod index;
mod kept;
mod known;
mod namespace;
mod new_column;
mod not_null;
mod object;
mod part_name;
mod partition;
mod partitioned;
mod retype;
mod script;
mod sequence;
mod swap;
mod table;
mod types;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use self::anew::Anew;
use self::column::rename_column;
use self::condition::has_plain_constraint;
use self::constraint::alter_constraint;
use self::index::{alter_index, create_statistics, tie_index};
use self::namespace::{alter_extension, create_extension};
use self::object::{comment, comment_on, rename};
use self::sequence::create_sequence;
use self::table::{add_parent, drop_parent, row_type};
use self::types::{add_label, alter_composite, create_type, rename_label, rename_range};
use crate::change::{Change, Kept, Object};
use crate::dialect::postgres::form::Form;
use crate::dialect::postgres::versions::lacking;
use crate::facts::Facts;
#[cfg(feature = "postgres")]
use crate::schema::{Column, Constraint, Index, Parameters};
use crate::schema::{Ident, Name, Quoted, Schema, UserType};
use crate::step::{Hazard, HazardKind, Statement, Step};

#[cfg(feature = "live")]
pub(crate) use self::new_column::is_volatile;
#[cfg(feature = "live")]
pub(crate) use self::retype::conversion;
pub use self::script::script;
#[cfg(feature = "postgres")]
pub(super) use self::script::{concurrent_index, drop_leftover, is_leftover, unfinished};

/// Sizes below which a table blocks nobody for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderOptions {
    /// Rows.
    pub small_rows: u64,
    /// Bytes.
    pub small_bytes: u64,
}

/// Writes ordered changes as steps.
///
/// # Errors
///
/// What PostgreSQL cannot do, each as `object: reason`.
pub fn render(
    changes: &[Change],
    live: &Schema,
    desired: &Schema,
    facts: &Facts,
    options: &RenderOptions,
) -> Result<Vec<Step>, Vec<String>> {
    let mut was: BTreeMap<Name, Name> = BTreeMap::new();
    for change in changes {
        if let Change::RenameTable { from, to } = change {
            was.insert(to.clone(), from.clone());
        }
    }
    let mut by_table: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        if let Some(table) = change.table() {
            by_table.entry(table).or_default().push(at);
        }
    }
    let mut writer = Writer {
        changes,
        by_table,
        live,
        desired,
        facts,
        options,
        was,
        given: RefCell::default(),
        lent: RefCell::default(),
        later: RefCell::default(),
        kept_names: RefCell::default(),
        led: BTreeSet::new(),
        carried_out: RefCell::default(),
        anew: Anew::new(changes, live),
        constraint_names: OnceCell::new(),
        types_said: OnceCell::new(),
        parents: OnceCell::new(),
        kept: OnceCell::new(),
    };
    let mut errors = lacking(desired, facts.version);
    errors.extend(writer.unseen_partitions());
    let mut steps = Vec::new();
    let joined = writer.joined();
    writer.led = joined.values().flatten().copied().collect();
    let together = writer.anew.until_come(changes);
    for (at, change) in changes.iter().enumerate() {
        writer.anew.together.set(at < together);
        if writer.led.contains(&at) {
            continue;
        }
        let places = joined.get(&at).map_or(&[][..], Vec::as_slice);
        let others: Vec<&Change> = places.iter().map(|at| &changes[*at]).collect();
        match writer.step(change, &others) {
            Ok(mut step) => {
                writer.carried_out.borrow_mut().extend(places);
                step.statements.extend(writer.late_names());
                steps.push(step);
            }
            Err(reason) => errors.push(reason),
        }
    }
    if errors.is_empty() {
        Ok(steps)
    } else {
        Err(errors)
    }
}

/// Returns the statements that make a type.
#[cfg(feature = "postgres")]
pub(super) fn create_type_sql(name: &Name, ty: &UserType) -> String {
    let mut out = Draft::default();
    create_type(&mut out, name, ty);
    let statements = out.statements.into_iter().map(|statement| statement.sql);
    statements.collect::<Vec<_>>().join("; ")
}

/// Returns a column as a table says it.
#[cfg(feature = "postgres")]
pub(super) fn column_sql(column: &Column) -> String {
    new_column::column_sql(column)
}

/// Returns a constraint without its name.
#[cfg(feature = "postgres")]
pub(super) fn bare_constraint_sql(constraint: &Constraint) -> String {
    constraint::constraint_sql(constraint)
}

/// Returns the statement that makes an index where nobody is at work.
#[cfg(feature = "postgres")]
pub(super) fn bare_index_sql(table: &Name, index: &Index) -> String {
    index::index_sql(table, index, index::How::Plain)
}

/// Returns storage parameters as they stand between parentheses.
#[cfg(feature = "postgres")]
pub(super) fn parameters_sql(parameters: &Parameters) -> String {
    table::parameters(parameters)
}

/// Names by schema.
type KeptNames = BTreeMap<Option<Ident>, BTreeSet<Ident>>;

struct Writer<'a> {
    changes: &'a [Change],
    /// The places of the changes of each table.
    by_table: BTreeMap<&'a Name, Vec<usize>>,
    live: &'a Schema,
    desired: &'a Schema,
    facts: &'a Facts,
    options: &'a RenderOptions,
    /// New names of renamed tables to old ones.
    was: BTreeMap<Name, Name>,
    /// Names that parts of partitions have got so far.
    given: RefCell<BTreeSet<Name>>,
    /// Indexes of partitions that have become parts of new ones above so far.
    lent: RefCell<BTreeSet<Name>>,
    /// Parts of partitions that have other names so far than they are to have, and those.
    later: RefCell<Vec<(Name, Ident)>>,
    /// Names that what is there has, by schema, and how many changes were carried out by then.
    kept_names: RefCell<(usize, KeptNames)>,
    /// The places of changes that another one carries out.
    led: BTreeSet<usize>,
    /// Those of them that have been so far.
    carried_out: RefCell<BTreeSet<usize>>,
    /// Partitioned tables that are made anew.
    anew: Anew,
    /// Names of constraints before and after, once they are asked for.
    constraint_names: OnceCell<not_null::ConstraintNames>,
    /// Names of types that something live has or is made of, once they are asked for.
    types_said: OnceCell<BTreeSet<Name>>,
    /// Tables that others are partitions of or inherit from, before or after, once asked for.
    parents: OnceCell<BTreeSet<Name>>,
    /// What tables keep of what those above let go of.
    kept: OnceCell<Kept>,
}

/// What a change becomes, before it is a step.
#[derive(Default)]
struct Draft {
    statements: Vec<Statement>,
    hazards: Vec<Hazard>,
    note: String,
}

impl Draft {
    fn push(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    fn hazard(&mut self, kind: HazardKind, message: String) {
        self.hazards.push(Hazard { kind, message });
    }
}

impl Writer<'_> {
    /// Returns the changes of a table with their places.
    fn changes_of(&self, table: &Name) -> impl Iterator<Item = (usize, &Change)> {
        let places = self.by_table.get(table).into_iter().flatten();
        places.map(|at| (*at, &self.changes[*at]))
    }

    /// Writes a change, together with others that the same statements carry out.
    fn step(&self, change: &Change, others: &[&Change]) -> Result<Step, String> {
        let mut out = Draft {
            note: "instant".into(),
            ..Draft::default()
        };
        match change {
            Change::CreateNamespace { name, namespace } => {
                out.push(
                    Form::CreateSchema.sql(format!("CREATE SCHEMA IF NOT EXISTS {}", Quoted(name))),
                );
                comment(
                    &mut out,
                    &Object::Namespace(name.clone()),
                    namespace.comment.as_ref(),
                );
            }
            Change::DropNamespace { name } => {
                out.push(Form::DropSchema.sql(format!("DROP SCHEMA IF EXISTS {}", Quoted(name))));
            }
            Change::CreateExtension { name, extension } => {
                create_extension(&mut out, name, extension);
            }
            Change::AlterExtension { name, from, to } => alter_extension(&mut out, name, from, to),
            Change::DropExtension { name } => {
                out.push(
                    Form::DropExtension.sql(format!("DROP EXTENSION IF EXISTS {}", Quoted(name))),
                );
                out.hazard(
                    HazardKind::BreaksRunningApp,
                    format!("extension {name}: what uses it fails"),
                );
            }
            Change::CreateType { name, ty } => {
                create_type(&mut out, name, ty);
                self.give_back(&mut out, name, None);
            }
            Change::DropType { name, ty } => {
                let keyword = ty.keyword().to_uppercase();
                out.push(Form::DropType.sql(format!("DROP {keyword} IF EXISTS {}", Quoted(name))));
            }
            Change::RenameType { from, to, ty } => {
                let keyword = ty.keyword().to_uppercase();
                rename(&mut out, &keyword, from, to);
                if let UserType::Range(range) = ty
                    && from.name != to.name
                {
                    let multi = self.facts.version >= 140_000;
                    rename_range(&mut out, from, to, range, multi);
                }
                if *to == from.aside() {
                    self.lost_in_replacement(&mut out, from, ty);
                } else {
                    out.hazard(
                        HazardKind::BreaksRunningApp,
                        format!("type {from}: the release that is running knows it by this name"),
                    );
                }
            }
            Change::AddLabel { ty, label, place } => add_label(&mut out, ty, label, place),
            Change::RenameLabel { ty, from, to } => rename_label(&mut out, ty, from, to),
            Change::ReplaceEnum {
                name,
                from,
                to,
                columns,
            } => {
                self.replace_enum(&mut out, name, from, to, columns);
            }
            Change::AlterDomain { name, from, to } => self.alter_domain(&mut out, name, from, to),
            Change::AlterComposite { name, from, to } => alter_composite(&mut out, name, from, to),
            Change::CreateSequence { name, sequence } => create_sequence(&mut out, name, sequence),
            Change::DropSequence { name } => {
                out.push(
                    Form::DropSequence.sql(format!("DROP SEQUENCE IF EXISTS {}", Quoted(name))),
                );
                out.hazard(
                    HazardKind::DataLoss,
                    format!(
                        "sequence {} is dropped, with its last value",
                        name.before_aside()
                    ),
                );
            }
            Change::RenameSequence { from, to } => {
                rename(&mut out, "SEQUENCE", from, to);
                if *to != from.aside() {
                    out.hazard(
                        HazardKind::BreaksRunningApp,
                        format!(
                            "sequence {from}: the release that is running may know it by this name"
                        ),
                    );
                }
            }
            Change::AlterSequence { name, from, to } => {
                // What numbered its column so far goes with it.
                for other in others {
                    if let Change::AlterColumn {
                        table,
                        column,
                        change,
                    } = other
                    {
                        self.alter_column(&mut out, table, column, change, &[])?;
                    } else if let Change::CreateSequence { name, sequence } = other {
                        create_sequence(&mut out, name, sequence);
                    }
                }
                self.alter_sequence(&mut out, name, from, to);
            }
            Change::CreateTable { table } => {
                self.create_table(&mut out, table);
                if self.is_anew(&table.name) {
                    self.give_back_table(&mut out, table);
                }
            }
            Change::DropTable { table } => self.drop_table(&mut out, table),
            Change::RenameTable { from, to } => {
                rename(&mut out, "TABLE", from, to);
                // What gives way is dropped, which says more.
                if *to != from.aside() {
                    out.hazard(
                        HazardKind::BreaksRunningApp,
                        format!("table {from}: the release that is running knows it by this name"),
                    );
                }
            }
            Change::AlterTable { table, from, to } => self.alter_table(&mut out, table, from, to),
            Change::AttachPartition { table, partition } => {
                self.attach_partition(&mut out, table, partition);
            }
            Change::DetachPartition { table, partition } => {
                self.detach_partition(&mut out, table, partition);
            }
            Change::AddParent { table, parent } => out.push(add_parent(table, parent)),
            Change::DropParent { table, parent } => drop_parent(&mut out, table, parent),
            Change::AlterRowType { table, to, .. } => out.push(row_type(table, to.as_ref())),
            Change::AddColumn {
                table,
                column,
                backfill,
            } => {
                self.add_column(&mut out, table, column, backfill.as_ref());
            }
            Change::DropColumn {
                table,
                column,
                kept_below,
            } => self.drop_column(&mut out, table, column, *kept_below),
            Change::RenameColumn { table, from, to } => rename_column(&mut out, table, from, to),
            Change::AlterColumn {
                table,
                column,
                change,
            } => {
                self.alter_column(&mut out, table, column, change, others)?;
            }
            Change::AddConstraint { table, constraint } => match others.first() {
                Some(Change::DropConstraint {
                    constraint: old, ..
                }) => {
                    self.swap_constraint(&mut out, table, old, constraint);
                    self.lost_values(&mut out, table, old);
                }
                Some(_) | None => self.add_constraint(&mut out, table, constraint),
            },
            Change::DropConstraint { table, constraint } => {
                self.drop_constraint(&mut out, table, constraint);
                self.lost_values(&mut out, table, constraint);
            }
            Change::RenameConstraint { table, from, to } => {
                out.push(
                    Form::RenameConstraint
                        .sql(format!(
                            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                            Quoted(table),
                            Quoted(from),
                            Quoted(to)
                        ))
                        .guard(has_plain_constraint(table, from)),
                );
            }
            Change::ValidateConstraint { table, constraint } => {
                self.validate_constraint(&mut out, table, constraint);
            }
            Change::AlterConstraint { table, from, to } => {
                alter_constraint(&mut out, table, from, to);
            }
            Change::CreateIndex { table, index } => {
                if index.inherited {
                    self.create_part(&mut out, table, index);
                } else if index.invalid {
                    self.create_index_alone(&mut out, table, index);
                } else if self.by_partition(table) && !self.takes_keys(table, index) {
                    self.index_partitions(&mut out, table, index, others);
                } else if others.is_empty() || self.partitioned(table) {
                    self.create_index(&mut out, table, index);
                } else {
                    self.swap_index(&mut out, table, index);
                }
            }
            Change::DropIndex { table, index } => self.drop_index(&mut out, table, index),
            Change::RenameIndex { table, from, to } => {
                let from = table.sibling(from.clone());
                out.push(Form::RenameIndex.sql(format!(
                    "ALTER INDEX IF EXISTS {} RENAME TO {}",
                    Quoted(&from),
                    Quoted(to)
                )));
            }
            Change::AlterIndex { table, from, to } => alter_index(&mut out, table, from, to),
            Change::CreateStatistics { name, statistics } => {
                create_statistics(&mut out, name, statistics);
            }
            Change::DropStatistics { name, .. } => {
                out.push(
                    Form::DropStatistics.sql(format!("DROP STATISTICS IF EXISTS {}", Quoted(name))),
                );
            }
            Change::AlterStatistics { name, to, .. } => {
                let target = to.target.unwrap_or(-1);
                out.push(Form::AlterStatistics.sql(format!(
                    "ALTER STATISTICS {} SET STATISTICS {target}",
                    Quoted(name)
                )));
            }
            Change::TieIndex { index, from, to } => tie_index(&mut out, index, from, to),
            Change::SetComment { object, to, .. } => out.push(comment_on(object, to.as_ref())),
            Change::DropOther { other, again } => {
                out.push(Form::DropOther.sql(other.drop.clone()));
                if *again {
                    out.hazard(
                        HazardKind::Recreates,
                        format!("{} {} is dropped and made again", other.kind, other.name),
                    );
                }
            }
            Change::CreateOther { other } => {
                for sql in &other.create {
                    out.push(Form::CreateOther.sql(sql.trim_end().trim_end_matches(';')));
                }
            }
            Change::CreateFunction { function } => {
                for sql in &function.create {
                    out.push(Form::CreateFunction.sql(sql.trim_end().trim_end_matches(';')));
                }
            }
        }
        let changes = || others.iter().copied().chain([change]);
        Ok(Step {
            changes: changes().cloned().collect(),
            statements: out.statements,
            hazards: out.hazards,
            note: out.note,
            done: changes().filter_map(|it| self.is_done(it)).collect(),
            over: (changes().filter(|it| self.is_done(it).is_none()))
                .filter_map(|it| self.is_over(it))
                .collect(),
            once: changes().any(|it| self.is_once(it)),
        })
    }
}

/// For people: `~2.1 GB`.
fn bytes(n: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    for (size, unit) in UNITS {
        if n >= size {
            let tenths = n * 10 / size;
            return format!("~{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{n} bytes")
}
