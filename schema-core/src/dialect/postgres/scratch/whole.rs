//! What models ask for beside expressions, tried on temporary objects: a length, a parameter, an
//! operator class, a key of a partitioned table that the server does not take is refused before
//! anything is changed. Of what a server has printed, tables are tried that have operators or
//! operator classes which no server has by itself.

use sqlx::postgres::PgConnection;
use sqlx::{Executor, Row};

use super::brought::Brought;
use super::missing::Missing;
use super::{UNDO, attempt, before, look_from, moved, run};
use crate::change::is_of_a_model;
use crate::db::DbError;
use crate::dialect::postgres::render::{
    bare_constraint_sql, bare_index_sql, column_sql, create_type_sql, parameters_sql,
};
use crate::dialect::postgres::session::db_error;
use crate::dialect::postgres::types::spell;
use crate::dialect::postgres::versions::lacking;
use crate::diff::{Refusal, same_constraint, same_index};
use crate::schema::{
    Column, Constraint, ConstraintKind, ForeignKey, Ident, Index, IndexKey, Name, Quoted, Schema,
    Table, UserType,
};

/// What of the models is asked about, as nothing like it is there.
#[derive(Default)]
pub(super) struct Asked {
    types: Vec<Name>,
    tables: Vec<Name>,
}

impl Asked {
    pub(super) fn is_empty(&self) -> bool {
        self.types.is_empty() && self.tables.is_empty()
    }
}

/// Finds what models ask for that the live database has not.
pub(super) fn asked(desired: &Schema, live: &Schema) -> Asked {
    let by_models = !desired.hints.sources.is_empty();
    let types = desired.types.iter().filter(|_| by_models);
    let types = types.filter(|(name, ty)| !live.types.get(*name).is_some_and(|it| says(it, ty)));
    let tables = desired.tables.iter().filter(|(name, table)| {
        let of_a_model = is_of_a_model(desired, name);
        let asked = of_a_model && table.partition_of.is_none() || names_operators(table);
        asked && !desired.hints.unmanaged.contains(*name) && has_new(desired, live, table)
    });
    Asked {
        types: types.map(|(name, _)| name.clone()).collect(),
        tables: tables.map(|(name, _)| name.clone()).collect(),
    }
}

/// Tells whether a table has an operator or an operator class that somebody made, which are printed
/// with their schema.
fn names_operators(table: &Table) -> bool {
    let said = |text: &String| text.contains('.');
    let by = table.partition_by.as_ref();
    let indexes = table.indexes.iter().filter(|index| !index.inherited);
    let mut parts = indexes.flat_map(|index| &index.parts);
    let mut constraints = table.constraints.iter().filter(|it| !it.inherited);
    by.is_some_and(|by| by.key.sql().contains('.'))
        || parts.any(|part| part.opclass.as_ref().is_some_and(said))
        || constraints.any(|constraint| match &constraint.kind {
            ConstraintKind::Exclude(exclude) => (exclude.elements.iter())
                .any(|it| said(&it.operator) || it.part.opclass.as_ref().is_some_and(said)),
            ConstraintKind::PrimaryKey(_)
            | ConstraintKind::Unique(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Check { .. } => false,
        })
}

/// Tells whether a type that is there is as a model says, which names no checks.
fn says(live: &UserType, desired: &UserType) -> bool {
    match (live, desired) {
        (UserType::Enum(live), UserType::Enum(desired)) => live.labels == desired.labels,
        (UserType::Domain(live), UserType::Domain(desired)) => {
            let has = |expr| live.checks.iter().any(|check| check.expr == expr);
            live.base == desired.base
                && live.default == desired.default
                && desired.checks.iter().all(|check| has(check.expr.clone()))
        }
        (
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
        ) => true,
    }
}

fn has_new(desired: &Schema, live: &Schema, table: &Table) -> bool {
    let Some(before) = before(desired, live, &table.name) else {
        return true;
    };
    let renamed = |column: &Column| {
        let place = (table.name.clone(), column.name.clone());
        desired.hints.renamed_columns.get(&place).cloned()
    };
    let known = |column: &Column| {
        let old = renamed(column).and_then(|old| before.column(&old));
        let twin = before.column(&column.name).or(old);
        twin.is_some_and(|twin| same_column(twin, column))
    };
    !table.columns.iter().all(known)
        || table.constraints.iter().any(|it| is_new(before, it))
        || table.indexes.iter().any(|it| is_new_index(before, it))
        || table.options.with != before.options.with
        || table.options.tablespace != before.options.tablespace
}

fn same_column(live: &Column, desired: &Column) -> bool {
    let options = |column: &Column| column.identity.as_ref().map(|it| it.options.clone());
    live.ty == desired.ty
        && live.collation == desired.collation
        && live.generated == desired.generated
        && options(live) == options(desired)
}

fn is_new(before: &Table, constraint: &Constraint) -> bool {
    let check = matches!(constraint.kind, ConstraintKind::Check { .. });
    let known = |it: &Constraint| same_constraint(it, constraint);
    !check && !constraint.inherited && !before.constraints.iter().any(known)
}

fn is_new_index(before: &Table, index: &Index) -> bool {
    let known = |it: &Index| same_index(it, index) && it.with == index.with;
    !index.inherited && !before.indexes.iter().any(known)
}

/// Asks the server for all of it, within the scratch transaction.
pub(super) async fn impossible(
    connection: &mut PgConnection,
    asked: &Asked,
    desired: &Schema,
    live: &Schema,
    missing: &Missing,
) -> Result<Vec<Refusal>, DbError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let version = "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4";
    let row = connection.fetch_one(version).await.map_err(db_error)?;
    let version: i32 = row.try_get(0).map_err(db_error)?;
    // The plan says what only later servers have, and better than this one.
    if !lacking(desired, version.unsigned_abs()).is_empty() {
        return Ok(Vec::new());
    }
    let mut asker = Asker {
        connection,
        desired,
        live,
        missing,
        cure: match desired.hints.sources.is_empty() {
            true => "make it by hand first, or ask for the extension that has it",
            false => "correct it in the model",
        },
        relabelled: (live.types.iter())
            .any(|(name, ty)| desired.types.get(name).is_some_and(|it| it != ty)),
        refusals: Vec::new(),
    };
    for name in &asked.types {
        asker.ask_type(name, &desired.types[name]).await?;
    }
    if asker.refusals.is_empty() {
        for name in &asked.tables {
            let table = &desired.tables[name];
            asker.ask_table(desired, live, table).await?;
        }
    }
    Ok(asker.refusals)
}

struct Asker<'a> {
    connection: &'a mut PgConnection,
    desired: &'a Schema,
    live: &'a Schema,
    missing: &'a Missing,
    /// Types change with the plan: a value may be one by then.
    relabelled: bool,
    cure: &'static str,
    refusals: Vec<Refusal>,
}

impl Asker<'_> {
    /// Runs what is undone again, and tells whether the server took it. What it refuses, and not
    /// because something is still to come, is a refusal of the object.
    async fn ask(&mut self, object: impl Fn() -> String, sql: &str) -> Result<bool, DbError> {
        let Err(error) = attempt(self.connection, sql).await? else {
            return Ok(true);
        };
        let unknown = matches!(error.code.as_str(), "42704" | "42883" | "3F000" | "42P01");
        let to_come = self.missing.denied && unknown
            || self.relabelled && matches!(error.code.as_str(), "22P02" | "42804");
        let own = ["22", "42", "0A"]
            .iter()
            .any(|it| error.code.starts_with(it));
        if own && error.code != "42501" && !to_come {
            let (desired, live) = (self.desired, self.live);
            let brought = Brought::find(self.connection, &error, desired, live).await?;
            let refusal = match &brought {
                Some(it) => Refusal::new(object(), it.message(&error.message), &it.cure()),
                None => Refusal::new(object(), error.message, self.cure),
            };
            self.refusals.push(refusal);
        }
        Ok(false)
    }

    async fn ask_type(&mut self, name: &Name, ty: &UserType) -> Result<(), DbError> {
        look_from(self.connection, name).await?;
        let scratch = Name::new("pg_temp", name.name.clone());
        let object = || format!("{} {name}", ty.keyword());
        self.ask(object, &create_type_sql(&scratch, ty)).await?;
        run(
            self.connection,
            &format!("DROP {} IF EXISTS {}", ty.keyword(), Quoted(&scratch)),
        )
        .await
    }

    async fn ask_table(
        &mut self,
        desired: &Schema,
        live: &Schema,
        table: &Table,
    ) -> Result<(), DbError> {
        let name = &table.name;
        // With what is undone go its locks, of which a server has not many.
        run(self.connection, "SAVEPOINT _sync_table").await?;
        look_from(self.connection, name).await?;
        let scratch = Name::new("pg_temp", name.name.clone());
        let drop = format!("DROP TABLE IF EXISTS {} CASCADE", Quoted(&scratch));
        run(self.connection, &drop).await?;
        let none = Table::default();
        let before = before(desired, live, name).unwrap_or(&none);
        if self.ask_columns(desired, table, &scratch).await? {
            self.ask_parts(desired, table, before, &scratch).await?;
        }
        run(self.connection, UNDO).await
    }

    /// Makes the table with its columns; where that fails, finds those that are to blame.
    async fn ask_columns(
        &mut self,
        desired: &Schema,
        table: &Table,
        scratch: &Name,
    ) -> Result<bool, DbError> {
        let columns: Vec<Column> = table.columns.iter().map(without_default).collect();
        let said: Vec<String> = columns.iter().map(column_sql).collect();
        let by = table.partition_by.as_ref();
        let by = by.map(|by| format!(" PARTITION BY {} ({})", by.strategy, by.key));
        let make = |columns: &[String], by: &str| {
            let columns = columns.join(", ");
            format!("CREATE TEMP TABLE {} ({columns}){by}", Quoted(scratch))
        };
        let whole = make(&said, by.as_deref().unwrap_or_default());
        if !is_of_a_model(desired, &table.name) {
            // A server has printed its columns, and the plan may make what they need.
            let columns: Vec<String> = columns.iter().map(bare).collect();
            if attempt(self.connection, &make(&columns, ""))
                .await?
                .is_err()
            {
                return Ok(false);
            }
            let Some(by) = by else { return Ok(true) };
            run(self.connection, &format!("DROP TABLE {}", Quoted(scratch))).await?;
            let object = || format!("table {}", table.name);
            return self.ask(object, &make(&columns, &by)).await;
        }
        if attempt(self.connection, &whole).await?.is_ok() {
            return Ok(true);
        }
        let told = self.refusals.len();
        let bare: Vec<String> = columns.iter().map(bare).collect();
        let alone = bare
            .iter()
            .map(|column| make(std::slice::from_ref(column), ""));
        let beside = said.iter().enumerate().map(|(at, column)| {
            let mut beside = bare.clone();
            beside[at].clone_from(column);
            make(&beside, "")
        });
        // What is said of a column may be about others; first each has to have a type.
        for tries in [alone.collect::<Vec<_>>(), beside.collect()] {
            for (column, sql) in columns.iter().zip(&tries) {
                let field = (table.name.clone(), column.name.clone());
                let field = desired.hints.fields.get(&field);
                let field = field.map(|field| format!(" ({field})")).unwrap_or_default();
                let object = || format!("column {}.{}{field}", table.name, column.name);
                if self.ask(object, sql).await? {
                    run(self.connection, &format!("DROP TABLE {}", Quoted(scratch))).await?;
                }
            }
            if self.refusals.len() > told {
                return Ok(false);
            }
        }
        self.ask(|| format!("table {}", table.name), &whole).await?;
        Ok(false)
    }

    /// Tries the storage, keys and indexes of a table that are not there yet.
    async fn ask_parts(
        &mut self,
        desired: &Schema,
        table: &Table,
        before: &Table,
        scratch: &Name,
    ) -> Result<(), DbError> {
        let alter = format!("ALTER TABLE {}", Quoted(scratch));
        let object = || format!("table {}", table.name);
        let options = &table.options;
        if options.with != before.options.with && !options.with.is_empty() {
            let sql = format!("{alter} SET ({})", parameters_sql(&options.with));
            self.ask(object, &sql).await?;
        }
        if let Some(tablespace) = &options.tablespace
            && options.tablespace != before.options.tablespace
        {
            let sql = format!("{alter} SET TABLESPACE {}", Quoted(tablespace));
            self.ask(object, &sql).await?;
        }
        let moved = moved::columns(desired, table, before);
        let constraints = table.constraints.iter();
        let asked = constraints.filter(|it| {
            let check = matches!(it.kind, ConstraintKind::Check { .. });
            is_new(before, it) || !check && moved::constrained(it, &moved)
        });
        for constraint in asked {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind {
                self.ask_foreign_key(desired, table, key).await?;
                continue;
            }
            let plain = Constraint {
                not_enforced: false,
                ..constraint.clone()
            };
            let sql = bare_constraint_sql(&plain);
            let object = || format!("table {}: {sql}", table.name);
            self.ask(object, &format!("{alter} ADD {sql}")).await?;
        }
        let indexes = table.indexes.iter();
        let asked = indexes.filter(|it| is_new_index(before, it) || moved::indexed(it, &moved));
        for (n, index) in asked.enumerate() {
            let own = Index {
                name: Some(Ident::new(format!("_sync_{n}"))),
                ..index.clone()
            };
            let parts = index.parts.iter().map(|part| match &part.key {
                IndexKey::Column(column) => column.as_str(),
                IndexKey::Expr(expr) => expr.sql(),
            });
            let parts: Vec<&str> = parts.collect();
            let object = || format!("index of {} ({})", table.name, parts.join(", "));
            self.ask(object, &bare_index_sql(scratch, &own)).await?;
        }
        Ok(())
    }

    /// Asks whether the columns of a foreign key can be compared with those that they refer to.
    async fn ask_foreign_key(
        &mut self,
        desired: &Schema,
        table: &Table,
        key: &ForeignKey,
    ) -> Result<(), DbError> {
        let Some(parent) = desired.tables.get(&key.table) else {
            return Ok(());
        };
        for (from, to) in key.columns.iter().zip(&key.references) {
            let (Some(from), Some(to)) = (table.column(from), parent.column(to)) else {
                continue;
            };
            let sql = format!("SELECT NULL::{} = NULL::{}", spell(&to.ty), spell(&from.ty));
            let object = || {
                let (of, to) = (&key.table, &to.name);
                format!("column {}.{}: references {of}.{to}", table.name, from.name)
            };
            self.ask(object, &sql).await?;
        }
        Ok(())
    }
}

/// A column whose default, which is asked about by itself, and whose sequence are left out.
fn without_default(column: &Column) -> Column {
    let mut column = column.clone();
    column.default = None;
    column.not_null_unvalidated = false;
    column.not_null_no_inherit = false;
    if let Some(identity) = &mut column.identity {
        identity.sequence = None;
        identity.logged = None;
    }
    column
}

/// A column with its type alone.
fn bare(column: &Column) -> String {
    format!("{} {}", Quoted(&column.name), spell(&column.ty))
}
