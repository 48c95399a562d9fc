//! Tables: made, dropped, and their options.

use super::condition::{has_no_partitions, has_parent};
use std::fmt::Write;

use super::column::set_default;
use super::constraint::{add_constraint_sql, constraint_details, named_constraint};
use super::new_column::{column_sql, computed_otherwise_sql};
use super::object::{comment, literal};
use super::sequence::{add_identity, logged_word, type_of_identity};
use super::{Draft, Writer};
use crate::change::{Object, is_of_a_model, lent_keys, lineage};
use crate::dialect::postgres::form::Form;
use crate::schema::{
    Column, Constraint, ConstraintKind, Ident, Name, Parameters, Quoted, ReplicaIdentity, Table,
    TableOptions, UserType, quote_literal,
};
use crate::step::{HazardKind, Statement};

impl Writer<'_> {
    /// Tells whether a key of a new partition is to be its part of an index that is above by then.
    fn lends_key(&self, table: &Table) -> bool {
        let desired = self.desired.tables.get(&table.name);
        let desired = desired.map_or(table, |desired| &**desired);
        let above = lineage(self.desired, &table.name).skip(1);
        let mut indexes = above
            .filter_map(|name| self.desired.tables.get(name))
            .flat_map(|table| &table.indexes);
        indexes.any(|index| !lent_keys(desired, index).is_empty())
    }

    pub(super) fn create_table(&self, out: &mut Draft, table: &Table) {
        let name = &table.name;
        let mut parts = Vec::new();
        let partition = table.partition_of.as_ref();
        let otherwise = self.computed_otherwise(table);
        parts.extend(
            otherwise
                .iter()
                .map(|column| computed_otherwise_sql(column)),
        );
        for column in self.columns_of(table) {
            if partition.is_some() || (column.inherited && !table.inherits.is_empty()) {
                continue;
            }
            let from_above = column.not_null_local == Some(false);
            let column = Column {
                nullable: column.nullable || from_above,
                ..self.said_beside(table, column)
            };
            parts.push(column_sql(&self.with_not_null(name, &column)));
        }
        let mut with_it: Vec<&Constraint> = Vec::new();
        let mut later = Vec::new();
        for constraint in table.constraints.iter().filter(|part| !part.inherited) {
            if matches!(constraint.kind, ConstraintKind::ForeignKey(_)) || constraint.not_valid {
                continue;
            }
            if with_it.iter().any(|other| are_merged(other, constraint)) {
                later.push(constraint);
            } else {
                parts.push(named_constraint(constraint));
                with_it.push(constraint);
            }
        }
        let unlogged = if table.options.unlogged {
            "UNLOGGED "
        } else {
            ""
        };
        // Where others are at work on the table above, it is attached once it is made; also where its
        // own key is to be its part of an index above, which the server makes anew otherwise.
        // What it computes otherwise than that is said where it is made a partition at once.
        let apart = partition.filter(|partition| {
            otherwise.is_empty()
                && (self.busy(&partition.parent) && !self.is_anew(name) || self.lends_key(table))
        });
        let named = self.not_nulls_of_its_own(table);
        if apart.is_none() {
            parts.extend(named.iter().map(|(column, _)| not_null_sql(name, column)));
        }
        let body = if parts.is_empty() {
            if partition.is_some() {
                String::new()
            } else {
                " ()".into()
            }
        } else {
            format!(" (\n  {}\n)", parts.join(",\n  "))
        };
        let beside = apart.map(|partition| self.beside_default(out, name, partition));
        let mut sql = format!("CREATE {unlogged}TABLE IF NOT EXISTS {}", Quoted(name));
        match partition {
            Some(partition) if apart.is_some() => {
                sql.push_str(&self.create_like(&partition.parent, &parts));
            }
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
        let form = if apart.is_none()
            && partition.is_some_and(|partition| self.live.tables.contains_key(&partition.parent))
        {
            Form::CreatePartition
        } else {
            Form::CreateTable
        };
        out.push(form.sql(sql));
        if table.of_type.is_some() {
            out.push(row_type(name, table.of_type.as_ref()));
        }
        if let (Some(partition), Some(beside)) = (apart, &beside) {
            // What comes from above cannot be renamed afterwards.
            for (column, above) in &named {
                self.name_not_null(out, name, column, Some(above));
            }
            self.attach_new(out, name, partition, beside);
        }
        for column in &table.columns {
            if let Some(identity) = column.identity.as_ref().filter(|it| it.numbers.is_some()) {
                type_of_identity(out, name, column, identity);
            }
        }
        self.columns_from_above(out, table);
        for constraint in later {
            out.push(add_constraint_sql(name, constraint, ""));
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
            for statement in self.column_settings(name, &Column::default(), column) {
                out.push(statement);
            }
            self.not_null_of_new(out, name, column);
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
            constraint_details(out, name, constraint);
        }
    }

    /// The columns of a new partition that are not computed as they are above (PostgreSQL 16).
    fn computed_otherwise<'t>(&self, table: &'t Table) -> Vec<&'t Column> {
        let parent = table.partition_of.as_ref().map(|it| &it.parent);
        let Some(above) = parent.and_then(|parent| self.desired.tables.get(parent)) else {
            return Vec::new();
        };
        let differs = |column: &&Column| {
            let above = above.column(&column.name);
            column.generated.is_some()
                && above.is_some_and(|above| above.generated != column.generated)
        };
        table.columns.iter().filter(differs).collect()
    }

    /// The columns of a new table whose NOT NULL comes from above, and is the table's own too, with
    /// the name that it has above: PostgreSQL 18 gives it that name where the table says no other.
    fn not_nulls_of_its_own<'t>(&self, table: &'t Table) -> Vec<(&'t Column, Ident)> {
        let named = !is_of_a_model(self.desired, &table.name) && !self.desired.not_nulls_unnamed;
        if !self.names_not_nulls() {
            return Vec::new();
        }
        let parents: Vec<&Name> = table.parents().collect();
        let columns = table.columns.iter().filter_map(|column| {
            let from_above = table.partition_of.is_some() || column.inherited;
            let own = column.not_null_local == Some(true);
            let declared = named || own || column.not_null_name.is_some();
            if column.nullable || !from_above || !declared {
                return None;
            }
            let above = parents.iter().find_map(|parent| {
                let above = self.desired.tables.get(parent)?.column(&column.name)?;
                let comes = !above.nullable && !above.not_null_no_inherit;
                comes.then(|| above.name_of_not_null(parent))
            })?;
            (own || above != column.name_of_not_null(&table.name)).then_some((column, above))
        });
        columns.collect()
    }

    /// Tells whether a new table gets a default for a column from above: an identity there comes last,
    /// and until then the column has the default that it had.
    fn has_default_above(&self, table: &Table, column: &Column) -> bool {
        let had_default = |parent: &Name| {
            let before = self.table_before(parent);
            let before = before.and_then(|before| before.column(&column.name));
            before.is_some_and(|before| before.default.is_some())
        };
        table.parents().any(|parent| {
            let above = self.desired.tables.get(parent);
            let above = above.and_then(|above| above.column(&column.name));
            above.is_some_and(|above| {
                above.default.is_some() || above.identity.is_some() && had_default(parent)
            })
        })
    }

    /// A column as a new table says it that has it from above too.
    fn said_beside(&self, table: &Table, column: &Column) -> Column {
        let above = table.inherits.iter().filter_map(|parent| {
            let parent = self.desired.tables.get(parent)?;
            parent.column(&column.name)
        });
        let mut computed_above = above.filter(|above| above.generated.is_some());
        let mut said = column.clone();
        // The default above would be one of an identity, which has none to drop.
        if self.has_default_above(table, column) {
            said.identity = None;
        }
        // Before 16 it may not even say the same again.
        if self.facts.version < 160_000 && computed_above.next().is_some() {
            said.generated = None;
        }
        said
    }

    /// Where the columns of a new table differ from those that it has from above.
    pub(super) fn columns_from_above(&self, out: &mut Draft, table: &Table) {
        let parents: Vec<_> = (table.parents())
            .filter_map(|parent| self.desired.tables.get(parent))
            .collect();
        for column in &table.columns {
            let above = parents.iter().filter_map(|it| it.column(&column.name));
            let above: Vec<&Column> = above.collect();
            let differs = above.iter().any(|it| it.default != column.default)
                || above.iter().any(|it| it.identity.is_some())
                    && self.has_default_above(table, column);
            // What the table says itself is without a default for want of a word for that.
            let own = !column.inherited && table.partition_of.is_none();
            let late = self.said_beside(table, column).identity != column.identity;
            let said = own && !late && (column.default.is_some() || column.identity.is_some());
            if column.generated.is_none() && differs && !said {
                out.push(set_default(&table.name, column, column.default.as_ref()));
            }
            if let (Some(identity), true) = (&column.identity, own && late) {
                add_identity(out, &table.name, column, identity, None);
            }
            if own {
                continue;
            }
            let demands = !column.nullable && !above.is_empty();
            let demands = demands && above.iter().all(|it| it.nullable);
            if demands && column.not_null_unvalidated {
                self.add_not_null(out, &table.name, column);
            } else if demands {
                out.push(Form::SetNotNull.sql(format!(
                    "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                    Quoted(&table.name),
                    Quoted(&column.name)
                )));
                self.name_not_null(out, &table.name, column, None);
            }
            // Partitions have that of the table above.
            if let (Some(identity), None) = (&column.identity, &table.partition_of) {
                add_identity(out, &table.name, column, identity, None);
            }
        }
    }

    /// The columns of a new table: those of one of a type are in the order of its fields.
    fn columns_of<'a>(&self, table: &'a Table) -> Vec<&'a Column> {
        let of_type = table.of_type.as_ref();
        match of_type.and_then(|of_type| self.desired.types.get(of_type)) {
            Some(UserType::Composite(ty)) => {
                let fields = ty.fields.iter();
                fields.filter_map(|it| table.column(&it.name)).collect()
            }
            Some(UserType::Enum(_) | UserType::Domain(_) | UserType::Range(_)) | None => {
                table.columns.iter().collect()
            }
        }
    }

    pub(super) fn drop_table(&self, out: &mut Draft, table: &Table) {
        let form = match &table.partition_of {
            Some(partition) if self.can_detach_online(&table.name, partition) => {
                self.detach_online(out, &table.name, partition);
                Form::DropTable
            }
            Some(_) => Form::DropPartition,
            None => Form::DropTable,
        };
        let drop = form.sql(format!("DROP TABLE IF EXISTS {}", Quoted(&table.name)));
        if self.is_anew(&table.name) {
            self.keep_numbers(out, table);
            out.push(drop.guard(has_no_partitions(&table.name)));
            self.anew_hazards(out, &table.name);
            return;
        }
        out.push(drop);
        out.hazard(
            HazardKind::DataLoss,
            format!(
                "table {} is dropped ({})",
                table.name.before_aside(),
                self.figures(&table.name.before_aside())
            ),
        );
    }

    pub(super) fn alter_table(
        &self,
        out: &mut Draft,
        table: &Name,
        from: &TableOptions,
        to: &TableOptions,
    ) {
        let alter = format!("ALTER TABLE {}", Quoted(table));
        if from.unlogged != to.unlogged {
            let word = logged_word(!to.unlogged);
            out.push(Form::SetLogged.sql(format!("{alter} SET {word}")));
            self.log_sequences(out, table, to.unlogged);
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
        storage(
            out,
            "TABLE",
            Form::SetParameters,
            table,
            &from.with,
            &to.with,
        );
        if from.replica_identity != to.replica_identity {
            let word = match &to.replica_identity {
                ReplicaIdentity::Default => "DEFAULT".to_owned(),
                ReplicaIdentity::Full => "FULL".to_owned(),
                ReplicaIdentity::Nothing => "NOTHING".to_owned(),
                ReplicaIdentity::Index(index) => format!("USING INDEX {}", Quoted(index)),
            };
            out.push(Form::ReplicaIdentity.sql(format!("{alter} REPLICA IDENTITY {word}")));
        }
        if from.row_security != to.row_security {
            let word = if to.row_security { "ENABLE" } else { "DISABLE" };
            out.push(Form::RowSecurity.sql(format!("{alter} {word} ROW LEVEL SECURITY")));
        }
        if from.row_security_forced != to.row_security_forced {
            let word = if to.row_security_forced { "" } else { "NO " };
            out.push(Form::RowSecurity.sql(format!("{alter} {word}FORCE ROW LEVEL SECURITY")));
        }
        if from.tablespace != to.tablespace {
            let space = to.tablespace.clone().unwrap_or_else(|| "pg_default".into());
            out.push(Form::SetTablespace.sql(format!("{alter} SET TABLESPACE {}", Quoted(&space))));
        }
        if from.access_method != to.access_method {
            let method = to.access_method.clone().unwrap_or_else(|| "heap".into());
            out.push(
                Form::SetAccessMethod.sql(format!("{alter} SET ACCESS METHOD {}", Quoted(&method))),
            );
        }
        if from.clustered_on != to.clustered_on {
            match &to.clustered_on {
                Some(index) => {
                    out.push(Form::ClusterOn.sql(format!("{alter} CLUSTER ON {}", Quoted(index))));
                }
                None => out.push(Form::ClusterOn.sql(format!("{alter} SET WITHOUT CLUSTER"))),
            }
        }
    }
}

/// A NOT NULL with its name.
fn not_null_sql(table: &Name, column: &Column) -> String {
    let name = column.name_of_not_null(table);
    format!(
        "CONSTRAINT {} NOT NULL {}",
        Quoted(&name),
        Quoted(&column.name)
    )
}

/// Makes a table one of a type's, or of none.
pub(super) fn row_type(table: &Name, to: Option<&Name>) -> Statement {
    let alter = format!("ALTER TABLE {}", Quoted(table));
    match to {
        Some(to) => Form::RowType.sql(format!("{alter} OF {}", Quoted(to))),
        None => Form::RowType.sql(format!("{alter} NOT OF")).guard(format!(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass({}) AND reloftype <> 0)",
            literal(table)
        )),
    }
}

pub(super) fn add_parent(table: &Name, parent: &Name) -> Statement {
    let sql = format!("ALTER TABLE {} INHERIT {}", Quoted(table), Quoted(parent));
    Form::AddParent
        .sql(sql)
        .guard(format!("NOT {}", has_parent(table, parent)))
}

pub(super) fn drop_parent(out: &mut Draft, table: &Name, parent: &Name) {
    let sql = format!(
        "ALTER TABLE {} NO INHERIT {}",
        Quoted(table),
        Quoted(parent)
    );
    let statement = Form::DropParent.sql(sql);
    out.push(statement.guard(has_parent(table, parent)));
    out.hazard(
        HazardKind::BreaksRunningApp,
        format!("table {table}: its rows are no longer among those of {parent}"),
    );
}

pub(super) fn storage(
    out: &mut Draft,
    kind: &str,
    form: Form,
    name: &Name,
    from: &Parameters,
    to: &Parameters,
) {
    let alter = format!("ALTER {kind} {}", Quoted(name));
    for action in settings(from, to) {
        out.push(form.sql(format!("{alter} {action}")));
    }
}

/// What brings settings from one to the other, in its order.
pub(super) fn settings(from: &Parameters, to: &Parameters) -> Vec<String> {
    let mut actions = Vec::new();
    let gone: Vec<String> = from
        .keys()
        .filter(|key| !to.contains_key(key))
        .cloned()
        .collect();
    if !gone.is_empty() {
        actions.push(format!("RESET ({})", gone.join(", ")));
    }
    let differs = |key: &String, value: &String| from.get(key) != Some(value);
    let changed: Parameters = (to.iter())
        .filter(|(key, value)| differs(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    // The server puts what is set at the end.
    let stays = |key: &&String| to.contains_key(key) && !changed.contains_key(key);
    let reached: Vec<&String> = from.keys().filter(stays).chain(changed.keys()).collect();
    let set = if reached == to.keys().collect::<Vec<_>>() {
        &changed
    } else {
        to
    };
    if !set.is_empty() {
        actions.push(format!("SET ({})", parameters(set)));
    }
    actions
}

pub(super) fn parameters(with: &Parameters) -> String {
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

/// Tells whether CREATE TABLE makes one index of two constraints: the server keeps the first alone.
fn are_merged(a: &Constraint, b: &Constraint) -> bool {
    match (&a.kind, &b.kind) {
        (
            ConstraintKind::PrimaryKey(a) | ConstraintKind::Unique(a),
            ConstraintKind::PrimaryKey(b) | ConstraintKind::Unique(b),
        ) => a.columns == b.columns,
        (ConstraintKind::Exclude(a), ConstraintKind::Exclude(b)) => a == b,
        (
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::ForeignKey(_),
            _,
        ) => false,
    }
}
