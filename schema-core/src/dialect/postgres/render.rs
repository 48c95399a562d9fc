//! Writes changes as PostgreSQL statements.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::types::{Cast, spell, type_change};
use crate::change::{Change, ColumnChange, LabelPlace, Object};
use crate::facts::Facts;
use crate::schema::{
    Action, Column, Constraint, ConstraintKind, Domain, ExcludeElement, GeneratedKind, Ident,
    Identity, Index, IndexKey, IndexPart, Key, Match, Name, Quoted, ReplicaIdentity, Schema,
    Sequence, SequenceOptions, Statistics, Table, TableOptions, UserType, clip, quote_literal,
};
use crate::step::{Hazard, HazardKind, Lock, Statement, Step, Txn, Work};

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
    let writer = Writer {
        live,
        desired,
        facts,
        options,
        was,
    };
    let mut errors = Vec::new();
    let mut steps = Vec::new();
    for change in changes {
        match writer.step(change) {
            Ok(step) => steps.push(step),
            Err(reason) => errors.push(reason),
        }
    }
    if errors.is_empty() {
        Ok(steps)
    } else {
        Err(errors)
    }
}

struct Writer<'a> {
    live: &'a Schema,
    desired: &'a Schema,
    facts: &'a Facts,
    options: &'a RenderOptions,
    /// New names of renamed tables to old ones.
    was: BTreeMap<Name, Name>,
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

fn exclusive(sql: String) -> Statement {
    Statement::new(sql).lock(Lock::AccessExclusive)
}

impl Writer<'_> {
    /// A table that was there before this plan and is not small: others may be at work on it.
    fn busy(&self, table: &Name) -> bool {
        let old = self.was.get(table).unwrap_or(table);
        if !self.live.tables.contains_key(old) {
            return false;
        }
        let size = self.size(table);
        size.rows > self.options.small_rows || size.bytes > self.options.small_bytes
    }

    /// The size, with that of its partitions.
    fn size(&self, table: &Name) -> crate::facts::Size {
        let old = self.was.get(table).unwrap_or(table);
        let mut size = self.facts.size(old);
        for child in crate::change::children(self.live, old) {
            let below = self.size(&child);
            size.rows += below.rows;
            size.bytes += below.bytes;
        }
        size
    }

    fn figures(&self, table: &Name) -> String {
        let size = self.size(table);
        format!("~{} rows, {}", size.rows, bytes(size.bytes))
    }

    fn partitioned(&self, table: &Name) -> bool {
        self.desired
            .tables
            .get(table)
            .is_some_and(|table| table.partition_by.is_some())
    }

    fn step(&self, change: &Change) -> Result<Step, String> {
        let mut out = Draft {
            note: "instant".into(),
            ..Draft::default()
        };
        match change {
            Change::CreateNamespace { name, namespace } => {
                out.push(Statement::new(format!(
                    "CREATE SCHEMA IF NOT EXISTS {}",
                    Quoted(name)
                )));
                comment(
                    &mut out,
                    &Object::Namespace(name.clone()),
                    namespace.comment.as_ref(),
                );
            }
            Change::DropNamespace { name } => {
                out.push(Statement::new(format!(
                    "DROP SCHEMA IF EXISTS {}",
                    Quoted(name)
                )));
            }
            Change::CreateExtension { name, extension } => {
                let mut sql = format!("CREATE EXTENSION IF NOT EXISTS {}", Quoted(name));
                if let Some(schema) = &extension.schema {
                    let _ = write!(sql, " WITH SCHEMA {}", Quoted(schema));
                }
                if let Some(version) = &extension.version {
                    let _ = write!(sql, " VERSION {}", quote_literal(version));
                }
                out.push(Statement::new(sql));
                comment(
                    &mut out,
                    &Object::Extension(name.clone()),
                    extension.comment.as_ref(),
                );
            }
            Change::AlterExtension { name, from, to } => {
                if let Some(version) = to.version.as_ref().filter(|_| from.version != to.version) {
                    out.push(Statement::new(format!(
                        "ALTER EXTENSION {} UPDATE TO {}",
                        Quoted(name),
                        quote_literal(version)
                    )));
                }
                if let Some(schema) = to.schema.as_ref().filter(|_| from.schema != to.schema) {
                    out.push(Statement::new(format!(
                        "ALTER EXTENSION {} SET SCHEMA {}",
                        Quoted(name),
                        Quoted(schema)
                    )));
                }
            }
            Change::DropExtension { name } => {
                out.push(Statement::new(format!(
                    "DROP EXTENSION IF EXISTS {}",
                    Quoted(name)
                )));
                out.hazard(
                    HazardKind::BreaksRunningApp,
                    format!("extension {name}: what uses it fails"),
                );
            }
            Change::CreateType { name, ty } => create_type(&mut out, name, ty),
            Change::DropType { name, ty } => {
                let keyword = ty.keyword().to_uppercase();
                out.push(Statement::new(format!(
                    "DROP {keyword} IF EXISTS {}",
                    Quoted(name)
                )));
            }
            Change::RenameType { from, to, ty } => {
                let keyword = ty.keyword().to_uppercase();
                rename(&mut out, &keyword, from, to);
                out.hazard(
                    HazardKind::BreaksRunningApp,
                    format!("type {from}: the release that is running knows it by this name"),
                );
            }
            Change::AddLabel { ty, label, place } => {
                let place = match place {
                    LabelPlace::Before(other) => format!(" BEFORE {}", quote_literal(other)),
                    LabelPlace::After(other) => format!(" AFTER {}", quote_literal(other)),
                    LabelPlace::Only => String::new(),
                };
                let sql = format!(
                    "ALTER TYPE {} ADD VALUE IF NOT EXISTS {}{place}",
                    Quoted(ty),
                    quote_literal(label)
                );
                // A new value cannot be used before the transaction that adds it has committed.
                out.push(Statement::new(sql).txn(Txn::Own));
            }
            Change::RenameLabel { ty, from, to } => {
                let guard = format!(
                    "EXISTS (SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({}) AND enumlabel = {})",
                    literal(ty),
                    quote_literal(from)
                );
                let sql = format!(
                    "ALTER TYPE {} RENAME VALUE {} TO {}",
                    Quoted(ty),
                    quote_literal(from),
                    quote_literal(to)
                );
                out.push(Statement::new(sql).guard(guard));
                out.hazard(
                    HazardKind::BreaksRunningApp,
                    format!("value {ty}.{from}: the release that is running knows it by this name"),
                );
            }
            Change::ReplaceEnum {
                name,
                from,
                to,
                columns,
            } => {
                self.replace_enum(&mut out, name, from, to, columns);
            }
            Change::AlterDomain { name, from, to } => alter_domain(&mut out, name, from, to),
            Change::AlterComposite { name, from, to } => {
                for field in from.fields.iter() {
                    if !to.fields.iter().any(|other| other.name == field.name) {
                        out.push(Statement::new(format!(
                            "ALTER TYPE {} DROP ATTRIBUTE IF EXISTS {} CASCADE",
                            Quoted(name),
                            Quoted(&field.name)
                        )));
                        out.hazard(
                            HazardKind::DataLoss,
                            format!("type {name}: attribute {} is dropped", field.name),
                        );
                    }
                }
                for field in &to.fields {
                    let collate = collate(field.collation.as_ref());
                    let old = from.fields.iter().find(|other| other.name == field.name);
                    match old {
                        None => out.push(
                            Statement::new(format!(
                                "ALTER TYPE {} ADD ATTRIBUTE {} {}{collate} CASCADE",
                                Quoted(name),
                                Quoted(&field.name),
                                spell(&field.ty)
                            ))
                            .guard(format!(
                                "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {})",
                                literal(name),
                                quote_literal(field.name.as_str())
                            )),
                        ),
                        Some(old) if old.ty != field.ty || old.collation != field.collation => {
                            out.push(Statement::new(format!(
                                "ALTER TYPE {} ALTER ATTRIBUTE {} TYPE {}{collate} CASCADE",
                                Quoted(name),
                                Quoted(&field.name),
                                spell(&field.ty)
                            )));
                        }
                        Some(_) => {}
                    }
                }
            }
            Change::CreateSequence { name, sequence } => {
                let unlogged = if sequence.unlogged { "UNLOGGED " } else { "" };
                let ty = sequence_type(sequence);
                out.push(Statement::new(format!(
                    "CREATE {unlogged}SEQUENCE IF NOT EXISTS {} AS {ty}{}",
                    Quoted(name),
                    sequence_options(&sequence.options)
                )));
                comment(
                    &mut out,
                    &Object::Sequence(name.clone()),
                    sequence.comment.as_ref(),
                );
            }
            Change::DropSequence { name } => {
                out.push(Statement::new(format!(
                    "DROP SEQUENCE IF EXISTS {}",
                    Quoted(name)
                )));
                out.hazard(
                    HazardKind::DataLoss,
                    format!("sequence {name} is dropped, with its last value"),
                );
            }
            Change::RenameSequence { from, to } => {
                rename(&mut out, "SEQUENCE", from, to);
            }
            Change::AlterSequence { name, from, to } => alter_sequence(&mut out, name, from, to),
            Change::CreateTable { table } => self.create_table(&mut out, table),
            Change::DropTable { table } => {
                out.push(exclusive(format!(
                    "DROP TABLE IF EXISTS {}",
                    Quoted(&table.name)
                )));
                out.hazard(
                    HazardKind::DataLoss,
                    format!(
                        "table {} is dropped ({})",
                        table.name,
                        self.figures(&table.name)
                    ),
                );
            }
            Change::RenameTable { from, to } => {
                rename(&mut out, "TABLE", from, to);
                out.hazard(
                    HazardKind::BreaksRunningApp,
                    format!("table {from}: the release that is running knows it by this name"),
                );
            }
            Change::AlterTable { table, from, to } => self.alter_table(&mut out, table, from, to),
            Change::AttachPartition { table, partition } => {
                let guard = format!(
                    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({}))",
                    literal(table)
                );
                out.push(
                    exclusive(format!(
                        "ALTER TABLE {} ATTACH PARTITION {} {}",
                        Quoted(&partition.parent),
                        Quoted(table),
                        partition.bound
                    ))
                    .guard(guard)
                    .work(Work::Scan),
                );
                if self.busy(table) {
                    out.note = format!(
                        "reads the table to check the bound ({})",
                        self.figures(table)
                    );
                    out.hazard(
                        HazardKind::BlockingScan,
                        format!(
                            "table {table}: is read in full ({}) under ACCESS EXCLUSIVE",
                            self.figures(table)
                        ),
                    );
                }
            }
            Change::DetachPartition { table, partition } => {
                let guard = format!(
                    "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass({}))",
                    literal(table)
                );
                out.push(
                    exclusive(format!(
                        "ALTER TABLE {} DETACH PARTITION {}",
                        Quoted(&partition.parent),
                        Quoted(table)
                    ))
                    .guard(guard),
                );
            }
            Change::AddColumn {
                table,
                column,
                backfill,
            } => {
                self.add_column(&mut out, table, column, backfill.as_ref());
            }
            Change::DropColumn { table, column } => {
                out.push(exclusive(format!(
                    "ALTER TABLE {} DROP COLUMN IF EXISTS {}",
                    Quoted(table),
                    Quoted(&column.name)
                )));
                if column.generated.is_none() {
                    out.hazard(
                        HazardKind::DataLoss,
                        format!(
                            "column {table}.{} is dropped ({})",
                            column.name,
                            self.figures(table)
                        ),
                    );
                }
            }
            Change::RenameColumn { table, from, to } => {
                let guard = format!(
                    "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {})",
                    literal(table),
                    quote_literal(from.as_str())
                );
                out.push(
                    exclusive(format!(
                        "ALTER TABLE {} RENAME COLUMN {} TO {}",
                        Quoted(table),
                        Quoted(from),
                        Quoted(to)
                    ))
                    .guard(guard),
                );
                out.hazard(
                    HazardKind::BreaksRunningApp,
                    format!(
                        "column {table}.{from}: the release that is running knows it by this name"
                    ),
                );
            }
            Change::AlterColumn {
                table,
                column,
                change,
            } => {
                self.alter_column(&mut out, table, column, change)?;
            }
            Change::AddConstraint { table, constraint } => {
                self.add_constraint(&mut out, table, constraint);
            }
            Change::DropConstraint { table, constraint } => {
                let name = constraint.name.clone().unwrap_or_default();
                out.push(exclusive(format!(
                    "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
                    Quoted(table),
                    Quoted(&name)
                )));
            }
            Change::RenameConstraint { table, from, to } => {
                out.push(
                    exclusive(format!(
                        "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                        Quoted(table),
                        Quoted(from),
                        Quoted(to)
                    ))
                    .guard(has_constraint(table, from)),
                );
            }
            Change::ValidateConstraint { table, constraint } => {
                let name = constraint.name.clone().unwrap_or_default();
                out.push(validate(table, &name));
                out.note = format!("validated while writers go on ({})", self.figures(table));
            }
            Change::AlterConstraint { table, from, to } => {
                let name = to
                    .name
                    .clone()
                    .or_else(|| from.name.clone())
                    .unwrap_or_default();
                let mut words = String::new();
                if from.deferrable != to.deferrable
                    || from.initially_deferred != to.initially_deferred
                {
                    words.push_str(if to.deferrable {
                        " DEFERRABLE"
                    } else {
                        " NOT DEFERRABLE"
                    });
                    words.push_str(if to.initially_deferred {
                        " INITIALLY DEFERRED"
                    } else {
                        " INITIALLY IMMEDIATE"
                    });
                }
                out.push(exclusive(format!(
                    "ALTER TABLE {} ALTER CONSTRAINT {}{words}",
                    Quoted(table),
                    Quoted(&name)
                )));
            }
            Change::CreateIndex { table, index } => self.create_index(&mut out, table, index),
            Change::DropIndex { table, index } => {
                let name = table.sibling(index.name.clone().unwrap_or_default());
                if self.busy(table) && !self.partitioned(table) {
                    out.push(
                        Statement::new(format!(
                            "DROP INDEX CONCURRENTLY IF EXISTS {}",
                            Quoted(&name)
                        ))
                        .txn(Txn::None)
                        .lock(Lock::ShareUpdateExclusive),
                    );
                } else {
                    out.push(exclusive(format!("DROP INDEX IF EXISTS {}", Quoted(&name))));
                }
            }
            Change::RenameIndex { table, from, to } => {
                let from = table.sibling(from.clone());
                out.push(Statement::new(format!(
                    "ALTER INDEX IF EXISTS {} RENAME TO {}",
                    Quoted(&from),
                    Quoted(to)
                )));
            }
            Change::AlterIndex { table, from, to } => {
                let name = table.sibling(to.name.clone().unwrap_or_default());
                storage(&mut out, "INDEX", &name, &from.with, &to.with);
                for (part, target) in &to.statistics {
                    if from.statistics.get(part) != Some(target) {
                        out.push(Statement::new(format!(
                            "ALTER INDEX {} ALTER COLUMN {part} SET STATISTICS {target}",
                            Quoted(&name)
                        )));
                    }
                }
                for part in from.statistics.keys() {
                    if !to.statistics.contains_key(part) {
                        out.push(Statement::new(format!(
                            "ALTER INDEX {} ALTER COLUMN {part} SET STATISTICS -1",
                            Quoted(&name)
                        )));
                    }
                }
            }
            Change::CreateStatistics { name, statistics } => {
                create_statistics(&mut out, name, statistics);
            }
            Change::DropStatistics { name, .. } => {
                out.push(Statement::new(format!(
                    "DROP STATISTICS IF EXISTS {}",
                    Quoted(name)
                )));
            }
            Change::AlterStatistics { name, to, .. } => {
                let target = to.target.unwrap_or(-1);
                out.push(Statement::new(format!(
                    "ALTER STATISTICS {} SET STATISTICS {target}",
                    Quoted(name)
                )));
            }
            Change::SetComment { object, to, .. } => out.push(comment_on(object, to.as_ref())),
            Change::DropOther { other } => {
                out.push(exclusive(other.drop.clone()));
                out.hazard(
                    HazardKind::Recreates,
                    format!("{} {} is dropped and made again", other.kind, other.name),
                );
            }
            Change::CreateOther { other } => {
                for sql in &other.create {
                    out.push(Statement::new(sql.trim_end().trim_end_matches(';')));
                }
            }
        }
        Ok(Step {
            changes: vec![change.clone()],
            statements: out.statements,
            hazards: out.hazards,
            note: out.note,
        })
    }

    fn create_table(&self, out: &mut Draft, table: &Table) {
        let name = &table.name;
        let mut parts = Vec::new();
        let partition = table.partition_of.as_ref();
        for column in &table.columns {
            if partition.is_some() || (column.inherited && !table.inherits.is_empty()) {
                continue;
            }
            parts.push(column_sql(column));
        }
        for constraint in table.constraints.iter().filter(|part| !part.inherited) {
            if !matches!(constraint.kind, ConstraintKind::ForeignKey(_)) && !constraint.not_valid {
                parts.push(named_constraint(constraint));
            }
        }
        let unlogged = if table.options.unlogged {
            "UNLOGGED "
        } else {
            ""
        };
        let body = if parts.is_empty() {
            if partition.is_some() {
                String::new()
            } else {
                " ()".into()
            }
        } else {
            format!(" (\n  {}\n)", parts.join(",\n  "))
        };
        let mut sql = format!("CREATE {unlogged}TABLE IF NOT EXISTS {}", Quoted(name));
        match partition {
            Some(partition) => {
                let _ = write!(
                    sql,
                    " PARTITION OF {}{body} {}",
                    Quoted(&partition.parent),
                    partition.bound
                );
            }
            None => sql.push_str(&body),
        }
        if !table.inherits.is_empty() {
            let parents: Vec<String> = table
                .inherits
                .iter()
                .map(|parent| Quoted(parent).to_string())
                .collect();
            let _ = write!(sql, " INHERITS ({})", parents.join(", "));
        }
        if let Some(by) = &table.partition_by {
            let _ = write!(
                sql,
                " PARTITION BY {} ({})",
                by.strategy.to_uppercase(),
                by.key
            );
        }
        if let Some(method) = &table.options.access_method {
            let _ = write!(sql, " USING {}", Quoted(method));
        }
        if !table.options.with.is_empty() {
            let _ = write!(sql, " WITH ({})", parameters(&table.options.with));
        }
        if let Some(tablespace) = &table.options.tablespace {
            let _ = write!(sql, " TABLESPACE {}", Quoted(tablespace));
        }
        let lock = if partition
            .is_some_and(|partition| self.live.tables.contains_key(&partition.parent))
        {
            Lock::AccessExclusive
        } else {
            Lock::None
        };
        out.push(Statement::new(sql).lock(lock));
        if let Some(partition) = partition {
            self.partition_columns(out, table, &partition.parent);
        }
        for constraint in table
            .constraints
            .iter()
            .filter(|part| part.not_valid && !part.inherited)
        {
            if !matches!(constraint.kind, ConstraintKind::ForeignKey(_)) {
                out.push(add_constraint_sql(name, constraint, " NOT VALID"));
            }
        }
        let plain = TableOptions {
            unlogged: table.options.unlogged,
            with: table.options.with.clone(),
            tablespace: table.options.tablespace.clone(),
            access_method: table.options.access_method.clone(),
            ..TableOptions::default()
        };
        let own = TableOptions {
            replica_identity: match &table.options.replica_identity {
                ReplicaIdentity::Index(_) => ReplicaIdentity::Default,
                other @ (ReplicaIdentity::Default
                | ReplicaIdentity::Full
                | ReplicaIdentity::Nothing) => other.clone(),
            },
            clustered_on: None,
            ..table.options.clone()
        };
        // The index of a replica identity comes after the indexes, as a change of its own, whose
        // `from` is the server's default.
        if own.replica_identity == table.options.replica_identity {
            self.alter_table(out, name, &plain, &own);
        } else {
            let own = TableOptions {
                replica_identity: ReplicaIdentity::Default,
                ..own
            };
            self.alter_table(out, name, &plain, &own);
        }
        for column in &table.columns {
            for (sql, _) in column_settings(name, &Column::default(), column) {
                out.push(Statement::new(sql));
            }
            comment(
                out,
                &Object::Column(name.clone(), column.name.clone()),
                column.comment.as_ref(),
            );
        }
        comment(out, &Object::Table(name.clone()), table.comment.as_ref());
        for constraint in table.constraints.iter().filter(|part| !part.inherited) {
            if matches!(constraint.kind, ConstraintKind::ForeignKey(_)) {
                continue;
            }
            if let Some(part) = &constraint.name {
                let object = Object::Constraint(name.clone(), part.clone());
                comment(out, &object, constraint.comment.as_ref());
            }
        }
    }

    /// Where a partition's columns differ from its parent's.
    fn partition_columns(&self, out: &mut Draft, table: &Table, parent: &Name) {
        let Some(parent) = self.desired.tables.get(parent) else {
            return;
        };
        for column in &table.columns {
            let Some(above) = parent.column(&column.name) else {
                continue;
            };
            if column.default != above.default && column.generated.is_none() {
                out.push(set_default(&table.name, column, column.default.as_ref()));
            }
            if !column.nullable && above.nullable {
                out.push(exclusive(format!(
                    "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                    Quoted(&table.name),
                    Quoted(&column.name)
                )));
            }
        }
    }

    fn add_column(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        backfill: Option<&crate::schema::Expr>,
    ) {
        let add = |column: &Column| {
            exclusive(format!(
                "ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}",
                Quoted(table),
                column_sql(column)
            ))
        };
        let volatile = column
            .default
            .as_ref()
            .is_some_and(|default| is_volatile(default.as_str()));
        let rewrites = volatile
            || column.identity.is_some()
            || column
                .generated
                .as_ref()
                .is_some_and(|generated| generated.kind == GeneratedKind::Stored);
        match backfill {
            Some(value) => {
                // Add it empty, fill it, then demand it.
                let open = Column {
                    nullable: true,
                    default: None,
                    not_null_name: None,
                    ..column.clone()
                };
                out.push(add(&open));
                if column.default.is_some() {
                    out.push(set_default(table, column, column.default.as_ref()));
                }
                self.backfill(out, table, column, value.as_str());
                if !column.nullable {
                    self.set_not_null(out, table, column);
                }
                out.note = format!("existing rows become {value} ({})", self.figures(table));
            }
            None if volatile && self.busy(table) => {
                let open = Column {
                    nullable: true,
                    default: None,
                    not_null_name: None,
                    ..column.clone()
                };
                out.push(add(&open));
                out.push(set_default(table, column, column.default.as_ref()));
                let value = column.default.clone().unwrap_or_default();
                self.backfill(out, table, column, value.as_str());
                if !column.nullable {
                    self.set_not_null(out, table, column);
                }
                out.note = format!(
                    "existing rows get their values afterwards ({})",
                    self.figures(table)
                );
            }
            None => {
                let work = if rewrites { Work::Rewrite } else { Work::Brief };
                out.push(add(column).work(work));
                if rewrites && self.busy(table) {
                    out.note = format!("rewrites the table ({})", self.figures(table));
                    out.hazard(
                        HazardKind::Rewrite,
                        format!(
                            "table {table}: column {} rewrites it ({}) under ACCESS EXCLUSIVE: readers and writers wait",
                            column.name,
                            self.figures(table)
                        ),
                    );
                }
            }
        }
        let needed = !column.nullable
            && column.default.is_none()
            && column.identity.is_none()
            && column.generated.is_none();
        if needed && self.size(table).rows > 0 {
            out.hazard(
                HazardKind::BreaksRunningApp,
                format!(
                    "column {table}.{}: NOT NULL without default: inserts of the release that is running fail",
                    column.name
                ),
            );
        }
        for (sql, _) in column_settings(table, &Column::default(), column) {
            out.push(Statement::new(sql));
        }
        comment(
            out,
            &Object::Column(table.clone(), column.name.clone()),
            column.comment.as_ref(),
        );
    }

    fn backfill(&self, out: &mut Draft, table: &Name, column: &Column, value: &str) {
        let busy = self.busy(table);
        let statement = Statement::new(format!(
            "UPDATE {} SET {} = {value} WHERE {} IS NULL",
            Quoted(table),
            Quoted(&column.name),
            Quoted(&column.name)
        ));
        out.push(if busy {
            statement.txn(Txn::Own).work(Work::Scan)
        } else {
            statement
        });
    }

    fn set_not_null(&self, out: &mut Draft, table: &Name, column: &Column) {
        let set = || {
            exclusive(format!(
                "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                Quoted(table),
                Quoted(&column.name)
            ))
        };
        if !self.busy(table) {
            out.push(set().work(Work::Scan));
            self.name_not_null(out, table, column, None);
            return;
        }
        out.note = format!("validated while writers go on ({})", self.figures(table));
        let probe = format!("_sync_nn_{}_{}", table.name, column.name);
        let probe = Ident::new(clip(&probe, 63));
        out.push(
            exclusive(format!(
                "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID",
                Quoted(table),
                Quoted(&probe),
                Quoted(&column.name)
            ))
            .guard(format!("NOT {}", has_constraint(table, &probe))),
        );
        out.push(validate(table, &probe));
        out.push(set());
        out.push(exclusive(format!(
            "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
            Quoted(table),
            Quoted(&probe)
        )));
        self.name_not_null(out, table, column, None);
    }

    /// PostgreSQL 18 names NOT NULL constraints.
    fn name_not_null(&self, out: &mut Draft, table: &Name, column: &Column, from: Option<&Ident>) {
        if self.facts.version < 180_000 {
            return;
        }
        let plain = Ident::new(crate::schema::object_name(
            table.name.as_str(),
            column.name.as_str(),
            "not_null",
        ));
        let from = from.cloned().unwrap_or_else(|| plain.clone());
        let to = column.not_null_name.clone().unwrap_or(plain);
        if from != to {
            out.push(
                exclusive(format!(
                    "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                    Quoted(table),
                    Quoted(&from),
                    Quoted(&to)
                ))
                .guard(has_constraint(table, &from)),
            );
        }
    }

    fn alter_column(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        change: &ColumnChange,
    ) -> Result<(), String> {
        let alter = format!(
            "ALTER TABLE {} ALTER COLUMN {}",
            Quoted(table),
            Quoted(&column.name)
        );
        match change {
            ColumnChange::Type { from, using } => {
                self.retype(out, table, column, from, using.as_ref());
            }
            ColumnChange::DropNotNull => out.push(exclusive(format!("{alter} DROP NOT NULL"))),
            ColumnChange::SetNotNull { backfill } => {
                if let Some(value) = backfill {
                    self.backfill(out, table, column, value.as_str());
                }
                self.set_not_null(out, table, column);
                if column.default.is_none() && column.identity.is_none() {
                    out.hazard(
                        HazardKind::BreaksRunningApp,
                        format!(
                            "column {table}.{}: NOT NULL without default: inserts of NULL by the release that is running fail",
                            column.name
                        ),
                    );
                }
            }
            ColumnChange::ValidateNotNull => {
                let name = column.not_null_name.clone().unwrap_or_else(|| {
                    Ident::new(crate::schema::object_name(
                        table.name.as_str(),
                        column.name.as_str(),
                        "not_null",
                    ))
                });
                out.push(validate(table, &name));
            }
            ColumnChange::RenameNotNull { from, .. } => {
                self.name_not_null(out, table, column, from.as_ref());
            }
            ColumnChange::Default { to, .. } => out.push(set_default(table, column, to.as_ref())),
            ColumnChange::Identity { from, to } => match (from, to) {
                (None, Some(identity)) => {
                    let guard = format!(
                        "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {} AND attidentity <> '')",
                        literal(table),
                        quote_literal(column.name.as_str())
                    );
                    out.push(
                        exclusive(format!("{alter} ADD {}", identity_sql(identity))).guard(guard),
                    );
                    // Numbers go on after those that are there.
                    let step = identity.options.increment.unwrap_or(1);
                    let end = if step < 0 { "min" } else { "max" };
                    out.push(Statement::new(format!(
                        "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({}, {}), m.value) FROM (SELECT {end}({}) AS value FROM {}) m WHERE m.value IS NOT NULL",
                        literal(table),
                        quote_literal(column.name.as_str()),
                        Quoted(&column.name),
                        Quoted(table)
                    )));
                }
                (Some(_), None) => out.push(exclusive(format!("{alter} DROP IDENTITY IF EXISTS"))),
                (Some(from), Some(to)) => {
                    let mut words = Vec::new();
                    if from.always != to.always {
                        words.push(format!(
                            "SET GENERATED {}",
                            if to.always { "ALWAYS" } else { "BY DEFAULT" }
                        ));
                    }
                    if from.options != to.options {
                        words.extend(
                            changed_options(&from.options, &to.options)
                                .into_iter()
                                .map(|option| format!("SET {option}")),
                        );
                    }
                    if !words.is_empty() {
                        out.push(exclusive(format!("{alter} {}", words.join(" "))));
                    }
                    if from.sequence != to.sequence {
                        let plain = |sequence: &Option<Name>| {
                            sequence.clone().unwrap_or_else(|| {
                                table.sibling(crate::schema::object_name(
                                    table.name.as_str(),
                                    column.name.as_str(),
                                    "seq",
                                ))
                            })
                        };
                        let (from, to) = (plain(&from.sequence), plain(&to.sequence));
                        rename(out, "SEQUENCE", &from, &to);
                    }
                }
                (None, None) => {}
            },
            ColumnChange::Generated { to: None, .. } => {
                out.push(exclusive(format!("{alter} DROP EXPRESSION IF EXISTS")));
            }
            ColumnChange::Generated { to: Some(_), .. } => {
                return Err(format!(
                    "column {table}.{}: cannot become computed in place",
                    column.name
                ));
            }
            ColumnChange::Storage { .. }
            | ColumnChange::Compression { .. }
            | ColumnChange::Statistics { .. } => {
                let before = match change {
                    ColumnChange::Storage { from, .. } => Column {
                        storage: from.clone().or_else(|| Some(String::new())),
                        compression: column.compression.clone(),
                        statistics: column.statistics,
                        options: column.options.clone(),
                        ..Column::default()
                    },
                    ColumnChange::Compression { from, .. } => Column {
                        storage: column.storage.clone(),
                        compression: from.clone().or_else(|| Some(String::new())),
                        statistics: column.statistics,
                        options: column.options.clone(),
                        ..Column::default()
                    },
                    ColumnChange::Statistics { from, .. } => Column {
                        storage: column.storage.clone(),
                        compression: column.compression.clone(),
                        statistics: from.or(Some(-2)),
                        options: column.options.clone(),
                        ..Column::default()
                    },
                    ColumnChange::Type { .. }
                    | ColumnChange::DropNotNull
                    | ColumnChange::SetNotNull { .. }
                    | ColumnChange::ValidateNotNull
                    | ColumnChange::RenameNotNull { .. }
                    | ColumnChange::Default { .. }
                    | ColumnChange::Identity { .. }
                    | ColumnChange::Generated { .. }
                    | ColumnChange::Options { .. } => column.clone(),
                };
                for (sql, lock) in column_settings(table, &before, column) {
                    out.push(Statement::new(sql).lock(lock));
                }
            }
            ColumnChange::Options { from, to } => {
                let gone: Vec<String> = from
                    .keys()
                    .filter(|key| !to.contains_key(*key))
                    .cloned()
                    .collect();
                if !gone.is_empty() {
                    out.push(exclusive(format!("{alter} RESET ({})", gone.join(", "))));
                }
                if !to.is_empty() {
                    out.push(exclusive(format!("{alter} SET ({})", parameters(to))));
                }
            }
        }
        Ok(())
    }

    fn retype(
        &self,
        out: &mut Draft,
        table: &Name,
        column: &Column,
        from: &Column,
        using: Option<&crate::schema::Expr>,
    ) {
        let alter = format!(
            "ALTER TABLE {} ALTER COLUMN {}",
            Quoted(table),
            Quoted(&column.name)
        );
        let cost = type_change(&from.ty, &column.ty);
        let name = Quoted(&column.name).to_string();
        let enums = |ty: &crate::schema::DataType| {
            let is = |name: Name| matches!(self.desired.types.get(&name), Some(UserType::Enum(_)));
            ty.user().is_some_and(is)
        };
        let cast = match using {
            Some(using) => format!(" USING {using}"),
            None if from.ty == column.ty => String::new(),
            // From one enum to another there is a way only by text.
            None if enums(&from.ty) && enums(&column.ty) => {
                let array = if column.ty.array { "[]" } else { "" };
                format!(" USING {name}::text{array}::{}", spell(&column.ty))
            }
            None if (cost.cast == Cast::Explicit) || column.ty.user().is_some() => {
                format!(" USING {name}::{}", spell(&column.ty))
            }
            None => String::new(),
        };
        // A default of the old type may have no cast to the new one.
        let redefault = from.default.is_some() && from.ty.name != column.ty.name;
        if redefault {
            out.push(exclusive(format!("{alter} DROP DEFAULT")));
        }
        let guard = format!(
            "(SELECT pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {}) IS DISTINCT FROM {}",
            literal(table),
            quote_literal(column.name.as_str()),
            quote_literal(&spell(&column.ty)),
        );
        let retyped = from.ty != column.ty;
        let work = if cost.rewrite {
            Work::Rewrite
        } else {
            Work::Brief
        };
        let statement = exclusive(format!(
            "{alter} TYPE {}{}{cast}",
            spell(&column.ty),
            collate(column.collation.as_ref())
        ))
        .work(work);
        out.push(if retyped && using.is_some() {
            statement.guard(guard)
        } else {
            statement
        });
        if redefault && column.default.is_some() {
            out.push(set_default(table, column, column.default.as_ref()));
        }
        out.note = if cost.rewrite {
            "rewrites the table".into()
        } else {
            "instant, no rewrite".into()
        };
        if cost.rewrite && self.busy(table) {
            out.note = format!("rewrites the table ({})", self.figures(table));
            out.hazard(
                HazardKind::Rewrite,
                format!(
                    "column {table}.{}: {} → {} rewrites the table ({}) under ACCESS EXCLUSIVE: readers and writers wait",
                    column.name,
                    from.ty,
                    column.ty,
                    self.figures(table)
                ),
            );
        }
        if cost.narrowing {
            out.hazard(
                HazardKind::Narrowing,
                format!(
                    "column {table}.{}: {} → {} can lose or refuse values",
                    column.name, from.ty, column.ty
                ),
            );
        }
    }

    fn add_constraint(&self, out: &mut Draft, table: &Name, constraint: &Constraint) {
        let name = constraint.name.clone().unwrap_or_default();
        let object = Object::Constraint(table.clone(), name.clone());
        let busy = self.busy(table);
        let parent_busy = match &constraint.kind {
            ConstraintKind::ForeignKey(key) => self.busy(&key.table),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclude(_) => false,
        };
        let valid = if constraint.not_valid {
            " NOT VALID"
        } else {
            ""
        };
        match &constraint.kind {
            ConstraintKind::Check { .. }
                if busy && !constraint.not_valid && !constraint.not_enforced =>
            {
                out.push(add_constraint_sql(table, constraint, " NOT VALID"));
                out.push(validate(table, &name));
                out.note = format!("validated while writers go on ({})", self.figures(table));
            }
            ConstraintKind::Check { .. } => {
                out.push(add_constraint_sql(table, constraint, valid).work(Work::Scan));
            }
            ConstraintKind::ForeignKey(_)
                if (busy || parent_busy)
                    && !constraint.not_valid
                    && !constraint.not_enforced
                    && (!self.partitioned(table) || self.facts.version >= 180_000) =>
            {
                let statement = add_constraint_sql(table, constraint, " NOT VALID");
                out.push(statement.lock(Lock::ShareRowExclusive));
                out.push(validate(table, &name));
                out.note = format!("validated while writers go on ({})", self.figures(table));
            }
            ConstraintKind::ForeignKey(_) => {
                let statement = add_constraint_sql(table, constraint, valid);
                out.push(statement.lock(Lock::ShareRowExclusive).work(Work::Scan));
                if busy {
                    out.hazard(
                        HazardKind::BlockingScan,
                        format!(
                            "table {table}: foreign key {name} reads it ({}) while writers wait",
                            self.figures(table)
                        ),
                    );
                }
            }
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key)
                if busy && !self.partitioned(table) && !key.without_overlaps =>
            {
                let index = Index {
                    name: Some(name.clone()),
                    unique: true,
                    parts: key
                        .columns
                        .iter()
                        .map(|column| IndexPart::column(column.clone()))
                        .collect(),
                    include: key.include.clone(),
                    nulls_not_distinct: key.nulls_not_distinct,
                    with: key.with.clone(),
                    tablespace: key.tablespace.clone(),
                    ..Index::default()
                };
                self.concurrently(out, table, &index);
                let word = match &constraint.kind {
                    ConstraintKind::PrimaryKey(_) => "PRIMARY KEY",
                    ConstraintKind::Unique(_)
                    | ConstraintKind::Check { .. }
                    | ConstraintKind::ForeignKey(_)
                    | ConstraintKind::Exclude(_) => "UNIQUE",
                };
                out.push(
                    exclusive(format!(
                        "ALTER TABLE {} ADD CONSTRAINT {} {word} USING INDEX {}{}",
                        Quoted(table),
                        Quoted(&name),
                        Quoted(&name),
                        deferral(constraint)
                    ))
                    .guard(format!("NOT {}", has_constraint(table, &name))),
                );
            }
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Exclude(_) => {
                out.push(add_constraint_sql(table, constraint, "").work(Work::Index));
                if busy {
                    out.hazard(
                        HazardKind::BlockingIndex,
                        format!("table {table}: the index of {name} is built ({}) under ACCESS EXCLUSIVE", self.figures(table)),
                    );
                }
            }
        }
        comment(out, &object, constraint.comment.as_ref());
    }

    fn create_index(&self, out: &mut Draft, table: &Name, index: &Index) {
        if self.busy(table) && !self.partitioned(table) {
            self.concurrently(out, table, index);
        } else {
            out.push(
                Statement::new(index_sql(table, index, ""))
                    .lock(Lock::Share)
                    .work(Work::Index),
            );
            if self.busy(table) {
                out.hazard(
                    HazardKind::BlockingIndex,
                    format!(
                        "table {table}: an index is built ({}) while writers wait",
                        self.figures(table)
                    ),
                );
            }
        }
        let name = table.sibling(index.name.clone().unwrap_or_default());
        for (part, target) in &index.statistics {
            out.push(Statement::new(format!(
                "ALTER INDEX {} ALTER COLUMN {part} SET STATISTICS {target}",
                Quoted(&name)
            )));
        }
        comment(out, &Object::Index(name), index.comment.as_ref());
    }

    fn concurrently(&self, out: &mut Draft, table: &Name, index: &Index) {
        out.push(
            Statement::new(index_sql(table, index, "CONCURRENTLY "))
                .txn(Txn::None)
                .lock(Lock::ShareUpdateExclusive)
                .work(Work::Index),
        );
        out.note = format!(
            "built concurrently, {} to read",
            bytes(self.size(table).bytes)
        );
    }

    fn alter_table(&self, out: &mut Draft, table: &Name, from: &TableOptions, to: &TableOptions) {
        let alter = format!("ALTER TABLE {}", Quoted(table));
        if from.unlogged != to.unlogged {
            let word = if to.unlogged { "UNLOGGED" } else { "LOGGED" };
            out.push(exclusive(format!("{alter} SET {word}")).work(Work::Rewrite));
            if self.busy(table) {
                out.hazard(
                    HazardKind::Rewrite,
                    format!(
                        "table {table}: SET {word} rewrites it ({}) under ACCESS EXCLUSIVE",
                        self.figures(table)
                    ),
                );
            }
        }
        storage(out, "TABLE", table, &from.with, &to.with);
        if from.replica_identity != to.replica_identity {
            let word = match &to.replica_identity {
                ReplicaIdentity::Default => "DEFAULT".to_owned(),
                ReplicaIdentity::Full => "FULL".to_owned(),
                ReplicaIdentity::Nothing => "NOTHING".to_owned(),
                ReplicaIdentity::Index(index) => format!("USING INDEX {}", Quoted(index)),
            };
            out.push(exclusive(format!("{alter} REPLICA IDENTITY {word}")));
        }
        if from.row_security != to.row_security {
            let word = if to.row_security { "ENABLE" } else { "DISABLE" };
            out.push(exclusive(format!("{alter} {word} ROW LEVEL SECURITY")));
        }
        if from.row_security_forced != to.row_security_forced {
            let word = if to.row_security_forced { "" } else { "NO " };
            out.push(exclusive(format!("{alter} {word}FORCE ROW LEVEL SECURITY")));
        }
        if from.tablespace != to.tablespace {
            let space = to.tablespace.clone().unwrap_or_else(|| "pg_default".into());
            out.push(
                exclusive(format!("{alter} SET TABLESPACE {}", Quoted(&space))).work(Work::Rewrite),
            );
        }
        if from.access_method != to.access_method {
            let method = to.access_method.clone().unwrap_or_else(|| "heap".into());
            out.push(
                exclusive(format!("{alter} SET ACCESS METHOD {}", Quoted(&method)))
                    .work(Work::Rewrite),
            );
        }
        if from.clustered_on != to.clustered_on {
            match &to.clustered_on {
                Some(index) => out.push(Statement::new(format!(
                    "{alter} CLUSTER ON {}",
                    Quoted(index)
                ))),
                None => out.push(Statement::new(format!("{alter} SET WITHOUT CLUSTER"))),
            }
        }
    }

    fn replace_enum(
        &self,
        out: &mut Draft,
        name: &Name,
        from: &[String],
        to: &[String],
        columns: &[(Name, Column)],
    ) {
        let old = name.sibling(clip(&format!("_sync_old_{}", name.name), 63));
        let differs = format!(
            "to_regtype({}) IS NOT NULL AND (SELECT pg_catalog.array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({})) IS DISTINCT FROM {}",
            literal(name),
            literal(name),
            text_array(to)
        );
        // The first statement alone sees the labels that differ; the others go by what it left.
        let begun = format!("to_regtype({}) IS NOT NULL", literal(&old));
        out.push(
            exclusive(format!(
                "ALTER TYPE {} RENAME TO {}",
                Quoted(name),
                Quoted(&old.name)
            ))
            .guard(differs),
        );
        let mut statements = vec![enum_sql(name, to)];
        for (table, column) in columns {
            let alter = format!(
                "ALTER TABLE {} ALTER COLUMN {}",
                Quoted(table),
                Quoted(&column.name)
            );
            let array = if column.ty.array { "[]" } else { "" };
            let ty = spell(&column.ty);
            statements.push(format!("{alter} DROP DEFAULT"));
            statements.push(format!(
                "{alter} TYPE {ty} USING {}::text{array}::{ty}",
                Quoted(&column.name)
            ));
            if let Some(default) = &column.default {
                statements.push(format!("{alter} SET DEFAULT {default}"));
            }
            if self.busy(table) {
                out.hazard(
                    HazardKind::Rewrite,
                    format!(
                        "table {table}: type {name} is replaced, which rewrites it ({})",
                        self.figures(table)
                    ),
                );
            }
        }
        statements.push(format!("DROP TYPE {}", Quoted(&old)));
        for sql in statements {
            out.push(exclusive(sql).work(Work::Rewrite).guard(begun.clone()));
        }
        if let Some(ty) = self.live.types.get(name) {
            comment(out, &Object::Type(name.clone()), ty.comment());
        }
        let removed: Vec<&String> = from.iter().filter(|label| !to.contains(label)).collect();
        if !removed.is_empty() {
            let removed: Vec<String> = removed.iter().map(|label| format!("`{label}`")).collect();
            out.hazard(
                HazardKind::DataLoss,
                format!("type {name}: {} removed", removed.join(", ")),
            );
        }
    }
}

/// Functions whose value differs from row to row, so that a default cannot be stored once.
fn is_volatile(default: &str) -> bool {
    const CALLS: [&str; 9] = [
        "random(",
        "clock_timestamp(",
        "timeofday(",
        "gen_random_uuid(",
        "uuidv7(",
        "uuidv4(",
        "uuid_generate_v",
        "nextval(",
        "setseed(",
    ];
    let lower = default.to_lowercase();
    CALLS.iter().any(|call| lower.contains(call))
}

fn column_sql(column: &Column) -> String {
    let mut sql = format!("{} {}", Quoted(&column.name), spell(&column.ty));
    sql.push_str(&collate(column.collation.as_ref()));
    if let Some(identity) = &column.identity {
        let _ = write!(sql, " {}", identity_sql(identity));
    }
    if let Some(default) = &column.default {
        let _ = write!(sql, " DEFAULT {default}");
    }
    if let Some(generated) = &column.generated {
        let kind = match generated.kind {
            GeneratedKind::Stored => "STORED",
            GeneratedKind::Virtual => "VIRTUAL",
        };
        let _ = write!(sql, " GENERATED ALWAYS AS ({}) {kind}", generated.expr);
    }
    if !column.nullable {
        if let Some(name) = &column.not_null_name {
            let _ = write!(sql, " CONSTRAINT {}", Quoted(name));
        }
        sql.push_str(" NOT NULL");
    }
    sql
}

fn collate(collation: Option<&Name>) -> String {
    collation
        .map(|name| format!(" COLLATE {}", Quoted(name)))
        .unwrap_or_default()
}

fn set_default(table: &Name, column: &Column, default: Option<&crate::schema::Expr>) -> Statement {
    let alter = format!(
        "ALTER TABLE {} ALTER COLUMN {}",
        Quoted(table),
        Quoted(&column.name)
    );
    exclusive(match default {
        Some(default) => format!("{alter} SET DEFAULT {default}"),
        None => format!("{alter} DROP DEFAULT"),
    })
}

/// Storage, compression, statistics and options that differ, each with its lock.
fn column_settings(table: &Name, from: &Column, to: &Column) -> Vec<(String, Lock)> {
    let alter = format!(
        "ALTER TABLE {} ALTER COLUMN {}",
        Quoted(table),
        Quoted(&to.name)
    );
    let mut out = Vec::new();
    if from.storage != to.storage {
        let word = to
            .storage
            .clone()
            .unwrap_or_else(|| default_storage(to).into());
        out.push((
            format!("{alter} SET STORAGE {}", word.to_uppercase()),
            Lock::AccessExclusive,
        ));
    }
    if from.compression != to.compression {
        let word = to.compression.clone().unwrap_or_else(|| "default".into());
        out.push((
            format!("{alter} SET COMPRESSION {word}"),
            Lock::AccessExclusive,
        ));
    }
    if from.statistics != to.statistics {
        let target = to.statistics.unwrap_or(-1);
        out.push((
            format!("{alter} SET STATISTICS {target}"),
            Lock::ShareUpdateExclusive,
        ));
    }
    if from.options != to.options && !to.options.is_empty() {
        out.push((
            format!("{alter} SET ({})", parameters(&to.options)),
            Lock::ShareUpdateExclusive,
        ));
    }
    out
}

/// The storage of a type when nobody chose one; `DEFAULT` is a word only since PostgreSQL 16.
fn default_storage(column: &Column) -> &'static str {
    let fixed = [
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "date",
        "uuid",
        "time without time zone",
        "timestamp without time zone",
        "timestamp with time zone",
        "interval",
        "time with time zone",
        "oid",
        "money",
        "macaddr",
        "macaddr8",
        "\"char\"",
        "name",
    ];
    let name = column.ty.name.as_str();
    if column.ty.schema.is_none() && !column.ty.array {
        if fixed.contains(&name) {
            return "PLAIN";
        }
        if ["numeric", "inet", "cidr", "varbit"].contains(&name) {
            return "MAIN";
        }
    }
    "EXTENDED"
}

fn parameters(with: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> = with
        .iter()
        .map(|(key, value)| {
            let plain =
                value.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') && !value.is_empty();
            if plain {
                format!("{key} = {value}")
            } else {
                format!("{key} = {}", quote_literal(value))
            }
        })
        .collect();
    parts.join(", ")
}

fn storage(
    out: &mut Draft,
    kind: &str,
    name: &Name,
    from: &BTreeMap<String, String>,
    to: &BTreeMap<String, String>,
) {
    let gone: Vec<String> = from
        .keys()
        .filter(|key| !to.contains_key(*key))
        .cloned()
        .collect();
    if !gone.is_empty() {
        let sql = format!("ALTER {kind} {} RESET ({})", Quoted(name), gone.join(", "));
        out.push(Statement::new(sql).lock(Lock::ShareUpdateExclusive));
    }
    let set: BTreeMap<String, String> = to
        .iter()
        .filter(|(key, value)| from.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if !set.is_empty() {
        let sql = format!("ALTER {kind} {} SET ({})", Quoted(name), parameters(&set));
        out.push(Statement::new(sql).lock(Lock::ShareUpdateExclusive));
    }
}

fn identity_sql(identity: &Identity) -> String {
    let when = if identity.always {
        "ALWAYS"
    } else {
        "BY DEFAULT"
    };
    let mut options = sequence_options(&identity.options);
    if let Some(sequence) = &identity.sequence {
        options = format!(" SEQUENCE NAME {}{options}", Quoted(sequence));
    }
    let options = options.trim();
    if options.is_empty() {
        format!("GENERATED {when} AS IDENTITY")
    } else {
        format!("GENERATED {when} AS IDENTITY ({options})")
    }
}

/// Options that are not the server's default, each after a blank.
fn sequence_options(options: &SequenceOptions) -> String {
    let words = [
        options.increment.map(|n| format!(" INCREMENT BY {n}")),
        options.min.map(|n| format!(" MINVALUE {n}")),
        options.max.map(|n| format!(" MAXVALUE {n}")),
        options.start.map(|n| format!(" START WITH {n}")),
        options.cache.map(|n| format!(" CACHE {n}")),
        options.cycle.then(|| " CYCLE".to_owned()),
    ];
    words.into_iter().flatten().collect()
}

/// Options that differ, as ALTER takes them.
fn changed_options(from: &SequenceOptions, to: &SequenceOptions) -> Vec<String> {
    let mut out = Vec::new();
    if from.increment != to.increment {
        out.push(format!("INCREMENT BY {}", to.increment.unwrap_or(1)));
    }
    if from.min != to.min {
        out.push(
            to.min
                .map_or_else(|| "NO MINVALUE".into(), |n| format!("MINVALUE {n}")),
        );
    }
    if from.max != to.max {
        out.push(
            to.max
                .map_or_else(|| "NO MAXVALUE".into(), |n| format!("MAXVALUE {n}")),
        );
    }
    if from.start != to.start {
        let descending = to.increment.is_some_and(|n| n < 0);
        let start = to.start.or(if descending { to.max } else { to.min });
        out.push(format!(
            "START WITH {}",
            start.unwrap_or(if descending { -1 } else { 1 })
        ));
    }
    if from.cache != to.cache {
        out.push(format!("CACHE {}", to.cache.unwrap_or(1)));
    }
    if from.cycle != to.cycle {
        out.push(if to.cycle {
            "CYCLE".into()
        } else {
            "NO CYCLE".into()
        });
    }
    out
}

fn sequence_type(sequence: &Sequence) -> String {
    if sequence.ty.name.is_empty() {
        "bigint".into()
    } else {
        spell(&sequence.ty)
    }
}

fn alter_sequence(out: &mut Draft, name: &Name, from: &Sequence, to: &Sequence) {
    let mut words = Vec::new();
    if sequence_type(from) != sequence_type(to) {
        words.push(format!("AS {}", sequence_type(to)));
    }
    words.extend(changed_options(&from.options, &to.options));
    if from.owned_by != to.owned_by {
        words.push(match &to.owned_by {
            Some((table, column)) => format!("OWNED BY {}.{}", Quoted(table), Quoted(column)),
            None => "OWNED BY NONE".into(),
        });
    }
    if !words.is_empty() {
        out.push(Statement::new(format!(
            "ALTER SEQUENCE {} {}",
            Quoted(name),
            words.join(" ")
        )));
    }
    if from.unlogged != to.unlogged {
        let word = if to.unlogged { "UNLOGGED" } else { "LOGGED" };
        out.push(Statement::new(format!(
            "ALTER SEQUENCE {} SET {word}",
            Quoted(name)
        )));
    }
}

fn enum_sql(name: &Name, labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| quote_literal(label)).collect();
    format!(
        "CREATE TYPE {} AS ENUM ({})",
        Quoted(name),
        labels.join(", ")
    )
}

fn text_array(labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| quote_literal(label)).collect();
    format!("ARRAY[{}]::text[]", labels.join(", "))
}

fn create_type(out: &mut Draft, name: &Name, ty: &UserType) {
    let guard = format!("to_regtype({}) IS NULL", literal(name));
    let (sql, object) = match ty {
        UserType::Enum(ty) => (enum_sql(name, &ty.labels), Object::Type(name.clone())),
        UserType::Domain(ty) => {
            let mut sql = format!(
                "CREATE DOMAIN {} AS {}{}",
                Quoted(name),
                spell(&ty.base),
                collate(ty.collation.as_ref())
            );
            if let Some(default) = &ty.default {
                let _ = write!(sql, " DEFAULT {default}");
            }
            if ty.not_null {
                sql.push_str(" NOT NULL");
            }
            for check in ty.checks.iter().filter(|check| !check.not_valid) {
                if let Some(name) = &check.name {
                    let _ = write!(sql, " CONSTRAINT {}", Quoted(name));
                }
                let _ = write!(sql, " CHECK ({})", check.expr);
            }
            (sql, Object::Domain(name.clone()))
        }
        UserType::Composite(ty) => {
            let fields: Vec<String> = ty
                .fields
                .iter()
                .map(|field| {
                    let collate = collate(field.collation.as_ref());
                    format!("{} {}{collate}", Quoted(&field.name), spell(&field.ty))
                })
                .collect();
            let sql = format!("CREATE TYPE {} AS ({})", Quoted(name), fields.join(", "));
            (sql, Object::Type(name.clone()))
        }
        UserType::Range(ty) => {
            let options: Vec<String> = ty
                .options
                .iter()
                .map(|(key, value)| format!("{key} = {value}"))
                .collect();
            let sql = format!(
                "CREATE TYPE {} AS RANGE ({})",
                Quoted(name),
                options.join(", ")
            );
            (sql, Object::Type(name.clone()))
        }
    };
    out.push(Statement::new(sql).guard(guard));
    comment(out, &object, ty.comment());
    match ty {
        UserType::Domain(ty) => {
            for check in &ty.checks {
                let Some(part) = &check.name else { continue };
                if check.not_valid {
                    out.push(Statement::new(format!(
                        "ALTER DOMAIN {} ADD CONSTRAINT {} CHECK ({}) NOT VALID",
                        Quoted(name),
                        Quoted(part),
                        check.expr
                    )));
                }
                let object = Object::DomainConstraint(name.clone(), part.clone());
                comment(out, &object, check.comment.as_ref());
            }
        }
        UserType::Composite(ty) => {
            for field in &ty.fields {
                let object = Object::Column(name.clone(), field.name.clone());
                comment(out, &object, field.comment.as_ref());
            }
        }
        UserType::Enum(_) | UserType::Range(_) => {}
    }
}

fn alter_domain(out: &mut Draft, name: &Name, from: &Domain, to: &Domain) {
    let alter = format!("ALTER DOMAIN {}", Quoted(name));
    if from.default != to.default {
        out.push(Statement::new(match &to.default {
            Some(default) => format!("{alter} SET DEFAULT {default}"),
            None => format!("{alter} DROP DEFAULT"),
        }));
    }
    if from.not_null != to.not_null {
        let word = if to.not_null { "SET" } else { "DROP" };
        out.push(
            Statement::new(format!("{alter} {word} NOT NULL"))
                .lock(Lock::Share)
                .work(Work::Scan),
        );
    }
    let same = |a: &crate::schema::DomainCheck, b: &crate::schema::DomainCheck| {
        a.name == b.name && a.expr == b.expr
    };
    for check in &from.checks {
        if !to.checks.iter().any(|other| same(other, check)) {
            let part = check.name.clone().unwrap_or_default();
            out.push(Statement::new(format!(
                "{alter} DROP CONSTRAINT IF EXISTS {}",
                Quoted(&part)
            )));
        }
    }
    for check in &to.checks {
        let part = check.name.clone().unwrap_or_default();
        match from.checks.iter().find(|other| same(other, check)) {
            Some(old) if old.not_valid && !check.not_valid => out.push(
                Statement::new(format!("{alter} VALIDATE CONSTRAINT {}", Quoted(&part)))
                    .lock(Lock::Share)
                    .work(Work::Scan),
            ),
            Some(_) => {}
            None => {
                let guard = format!(
                    "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE contypid = to_regtype({}) AND conname = {})",
                    literal(name),
                    quote_literal(part.as_str())
                );
                let valid = if check.not_valid { " NOT VALID" } else { "" };
                out.push(
                    Statement::new(format!(
                        "{alter} ADD CONSTRAINT {} CHECK ({}){valid}",
                        Quoted(&part),
                        check.expr
                    ))
                    .guard(guard)
                    .lock(Lock::Share)
                    .work(Work::Scan),
                );
            }
        }
    }
}

fn create_statistics(out: &mut Draft, name: &Name, statistics: &Statistics) {
    let kinds = if statistics.kinds.is_empty() {
        String::new()
    } else {
        format!(" ({})", statistics.kinds.join(", "))
    };
    out.push(
        Statement::new(format!(
            "CREATE STATISTICS IF NOT EXISTS {}{kinds} ON {} FROM {}",
            Quoted(name),
            statistics.on.join(", "),
            Quoted(&statistics.table)
        ))
        .lock(Lock::ShareUpdateExclusive),
    );
    if let Some(target) = statistics.target {
        out.push(Statement::new(format!(
            "ALTER STATISTICS {} SET STATISTICS {target}",
            Quoted(name)
        )));
    }
    comment(
        out,
        &Object::Statistics(name.clone()),
        statistics.comment.as_ref(),
    );
}

fn key_sql(word: &str, key: &Key) -> String {
    let mut columns = Quoted(&key.columns).to_string();
    if key.without_overlaps {
        columns.push_str(" WITHOUT OVERLAPS");
    }
    let nulls = if key.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    let mut sql = format!("{word}{nulls} ({columns})");
    if !key.include.is_empty() {
        let _ = write!(sql, " INCLUDE ({})", Quoted(&key.include));
    }
    if !key.with.is_empty() {
        let _ = write!(sql, " WITH ({})", parameters(&key.with));
    }
    if let Some(tablespace) = &key.tablespace {
        let _ = write!(sql, " USING INDEX TABLESPACE {}", Quoted(tablespace));
    }
    sql
}

fn deferral(constraint: &Constraint) -> &'static str {
    match (constraint.deferrable, constraint.initially_deferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    }
}

/// A constraint without its name.
fn constraint_sql(constraint: &Constraint) -> String {
    let mut sql = match &constraint.kind {
        ConstraintKind::PrimaryKey(key) => key_sql("PRIMARY KEY", key),
        ConstraintKind::Unique(key) => key_sql("UNIQUE", key),
        ConstraintKind::Check { expr, no_inherit } => {
            format!(
                "CHECK ({expr}){}",
                if *no_inherit { " NO INHERIT" } else { "" }
            )
        }
        ConstraintKind::ForeignKey(key) => {
            let period = |columns: &[Ident]| {
                let mut parts: Vec<String> = columns
                    .iter()
                    .map(|column| Quoted(column).to_string())
                    .collect();
                if key.period
                    && let Some(last) = parts.last_mut()
                {
                    *last = format!("PERIOD {last}");
                }
                parts.join(", ")
            };
            let mut sql = format!(
                "FOREIGN KEY ({}) REFERENCES {} ({})",
                period(&key.columns),
                Quoted(&key.table),
                period(&key.references)
            );
            if key.matching == Match::Full {
                sql.push_str(" MATCH FULL");
            }
            if let Some(word) = action(key.on_update) {
                let _ = write!(sql, " ON UPDATE {word}");
            }
            if let Some(word) = action(key.on_delete) {
                let _ = write!(sql, " ON DELETE {word}");
                if !key.on_delete_columns.is_empty() {
                    let _ = write!(sql, " ({})", Quoted(&key.on_delete_columns));
                }
            }
            sql
        }
        ConstraintKind::Exclude(exclude) => {
            let elements: Vec<String> = exclude.elements.iter().map(element_sql).collect();
            let mut sql = format!("EXCLUDE USING {} ({})", exclude.method, elements.join(", "));
            if !exclude.include.is_empty() {
                let _ = write!(sql, " INCLUDE ({})", Quoted(&exclude.include));
            }
            if !exclude.with.is_empty() {
                let _ = write!(sql, " WITH ({})", parameters(&exclude.with));
            }
            if let Some(predicate) = &exclude.predicate {
                let _ = write!(sql, " WHERE ({predicate})");
            }
            sql
        }
    };
    sql.push_str(deferral(constraint));
    if constraint.not_enforced {
        sql.push_str(" NOT ENFORCED");
    }
    sql
}

fn element_sql(element: &ExcludeElement) -> String {
    format!("{} WITH {}", part_sql(&element.part), element.operator)
}

fn action(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}

fn named_constraint(constraint: &Constraint) -> String {
    match &constraint.name {
        Some(name) => format!("CONSTRAINT {} {}", Quoted(name), constraint_sql(constraint)),
        None => constraint_sql(constraint),
    }
}

fn add_constraint_sql(table: &Name, constraint: &Constraint, valid: &str) -> Statement {
    let name = constraint.name.clone().unwrap_or_default();
    let valid = if constraint.not_enforced { "" } else { valid };
    exclusive(format!(
        "ALTER TABLE {} ADD {}{valid}",
        Quoted(table),
        named_constraint(constraint)
    ))
    .guard(format!("NOT {}", has_constraint(table, &name)))
}

fn validate(table: &Name, name: &Ident) -> Statement {
    Statement::new(format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", Quoted(table), Quoted(name)))
        .txn(Txn::Later)
        .lock(Lock::ShareUpdateExclusive)
        .work(Work::Scan)
        .guard(format!(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass({}) AND conname = {} AND NOT convalidated)",
            literal(table),
            quote_literal(name.as_str())
        ))
}

fn has_constraint(table: &Name, name: &Ident) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass({}) AND conname = {})",
        literal(table),
        quote_literal(name.as_str())
    )
}

/// A qualified name as a string literal, for `to_regclass` and its kin.
fn literal(name: &Name) -> String {
    quote_literal(&Quoted(name).to_string())
}

fn part_sql(part: &IndexPart) -> String {
    let mut sql = match &part.key {
        IndexKey::Column(column) => Quoted(column).to_string(),
        IndexKey::Expr(expr) => format!("({expr})"),
    };
    sql.push_str(&collate(part.collation.as_ref()));
    if let Some(opclass) = &part.opclass {
        let _ = write!(sql, " {opclass}");
        if !part.opclass_options.is_empty() {
            let _ = write!(sql, " ({})", parameters(&part.opclass_options));
        }
    }
    if part.descending {
        sql.push_str(" DESC");
    }
    match (part.descending, part.nulls_first) {
        (false, Some(true)) => sql.push_str(" NULLS FIRST"),
        (true, Some(false)) => sql.push_str(" NULLS LAST"),
        (true | false, Some(_) | None) => {}
    }
    sql
}

fn index_sql(table: &Name, index: &Index, how: &str) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = index.name.clone().unwrap_or_default();
    let parts: Vec<String> = index.parts.iter().map(part_sql).collect();
    let method = if index.method == "btree" {
        String::new()
    } else {
        format!(" USING {}", index.method)
    };
    let mut sql = format!(
        "CREATE {unique}INDEX {how}IF NOT EXISTS {} ON {}{method} ({})",
        Quoted(&name),
        Quoted(table),
        parts.join(", ")
    );
    if !index.include.is_empty() {
        let _ = write!(sql, " INCLUDE ({})", Quoted(&index.include));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if !index.with.is_empty() {
        let _ = write!(sql, " WITH ({})", parameters(&index.with));
    }
    if let Some(tablespace) = &index.tablespace {
        let _ = write!(sql, " TABLESPACE {}", Quoted(tablespace));
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {predicate}");
    }
    sql
}

fn rename(out: &mut Draft, keyword: &str, from: &Name, to: &Name) {
    let lookup = match keyword {
        "TABLE" | "SEQUENCE" => "to_regclass",
        _ => "to_regtype",
    };
    // The second statement finds the object by the name that the first one gave it.
    let guard = |at: &Name| format!("{lookup}({}) IS NOT NULL", literal(at));
    let mut at = from.clone();
    if from.name != to.name {
        out.push(
            exclusive(format!(
                "ALTER {keyword} {} RENAME TO {}",
                Quoted(from),
                Quoted(&to.name)
            ))
            .guard(guard(from)),
        );
        at.name = to.name.clone();
    }
    if let Some(schema) = to.schema.as_ref().filter(|_| from.schema != to.schema) {
        out.push(
            exclusive(format!(
                "ALTER {keyword} {} SET SCHEMA {}",
                Quoted(&at),
                Quoted(schema)
            ))
            .guard(guard(&at)),
        );
    }
}

fn comment(out: &mut Draft, object: &Object, text: Option<&String>) {
    if text.is_some() {
        out.push(comment_on(object, text));
    }
}

fn comment_on(object: &Object, text: Option<&String>) -> Statement {
    let target = match object {
        Object::Namespace(name) => format!("SCHEMA {}", Quoted(name)),
        Object::Extension(name) => format!("EXTENSION {}", Quoted(name)),
        Object::Type(name) => format!("TYPE {}", Quoted(name)),
        Object::Domain(name) => format!("DOMAIN {}", Quoted(name)),
        Object::Sequence(name) => format!("SEQUENCE {}", Quoted(name)),
        Object::Table(name) => format!("TABLE {}", Quoted(name)),
        Object::Column(table, column) => format!("COLUMN {}.{}", Quoted(table), Quoted(column)),
        Object::Constraint(table, name) => {
            format!("CONSTRAINT {} ON {}", Quoted(name), Quoted(table))
        }
        Object::DomainConstraint(domain, name) => {
            format!("CONSTRAINT {} ON DOMAIN {}", Quoted(name), Quoted(domain))
        }
        Object::Index(name) => format!("INDEX {}", Quoted(name)),
        Object::Statistics(name) => format!("STATISTICS {}", Quoted(name)),
    };
    let text = text.map_or_else(|| "NULL".into(), |text| quote_literal(text));
    Statement::new(format!("COMMENT ON {target} IS {text}")).lock(Lock::ShareUpdateExclusive)
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

/// Returns the qualified, quoted name of the index that a CREATE INDEX CONCURRENTLY of ours makes.
pub(super) fn concurrent_index(sql: &str) -> Option<String> {
    let (create, rest) = sql.split_once("INDEX CONCURRENTLY IF NOT EXISTS ")?;
    if !matches!(create, "CREATE " | "CREATE UNIQUE ") {
        return None;
    }
    let (name, rest) = rest.split_at(identifier_end(rest));
    let table = rest.strip_prefix(" ON ")?;
    let schema = table.get(..identifier_end(table))?;
    Some(format!("{schema}.{name}"))
}

/// Returns where an identifier at the front ends, quotes included.
fn identifier_end(text: &str) -> usize {
    let mut quoted = false;
    text.find(|c: char| {
        quoted ^= c == '"';
        !quoted && (c == '.' || c.is_whitespace())
    })
    .unwrap_or(text.len())
}

/// Writes the statement that drops what a build left behind.
pub(super) fn drop_leftover(index: &str) -> String {
    format!("DROP INDEX CONCURRENTLY IF EXISTS {index}")
}

/// Writes the condition that a build left something behind.
pub(super) fn is_leftover(index: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = to_regclass({}) AND NOT indisvalid)",
        quote_literal(index)
    )
}

/// Writes groups as a script for `psql` that can be run twice.
pub fn script(groups: &[Vec<Statement>]) -> String {
    let mut out = String::from(
        "\\set ON_ERROR_STOP on\nSET search_path = pg_catalog;\nSET client_min_messages = warning;\n",
    );
    for group in groups {
        let alone = group.iter().any(|statement| statement.txn == Txn::None);
        out.push('\n');
        if !alone {
            out.push_str("BEGIN;\nSET LOCAL lock_timeout = '2s';\n");
        }
        for statement in group {
            let sql = &statement.sql;
            if let Some(whole) = concurrent_index(sql) {
                // What a build that was cut off left behind would make this one do nothing.
                let _ = writeln!(
                    out,
                    "SELECT {} WHERE {} \\gexec",
                    quote_literal(&drop_leftover(&whole)),
                    is_leftover(&whole),
                );
            }
            match &statement.guard {
                None => {
                    let _ = writeln!(out, "{sql};");
                }
                Some(guard) if alone => {
                    let _ = writeln!(out, "SELECT {} WHERE {guard} \\gexec", quote_literal(sql));
                }
                Some(guard) => {
                    let mut tag = "$sync$".to_owned();
                    while sql.contains(&tag) || guard.contains(&tag) {
                        tag.insert(1, '_');
                    }
                    let _ = writeln!(
                        out,
                        "DO {tag} BEGIN IF {guard} THEN\n  {sql};\nEND IF; END {tag};"
                    );
                }
            }
        }
        if !alone {
            out.push_str("COMMIT;\n");
        }
    }
    out
}
