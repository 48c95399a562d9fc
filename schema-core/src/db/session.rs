//! An open door to one database: which dialect it is, is decided here and in `dialect/mod.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::extensions::Needing;
use super::{Checkup, ConnectError, DbError, ServerInfo, SessionOptions, Stop, Tick};
use crate::dialect;
use crate::facts::Facts;
use crate::plan::{Group, Plan, Refusal};
use crate::schema::{Family, Ident, Name, Schema};
use crate::scope::Scope;

/// How many conditions are asked at once.
#[cfg(feature = "postgres")]
const CONDITIONS: usize = 200;

/// An open door to one database.
pub struct Session {
    door: Door,
    info: ServerInfo,
    /// How long another run is waited for.
    wait: Duration,
    /// A request to stop.
    stop: Stop,
    /// Types of installed extensions and the schemas that they are in.
    extension_types: BTreeMap<String, Ident>,
}

enum Door {
    #[cfg(feature = "postgres")]
    Postgres(Box<dialect::postgres::session::PgSession>),
    #[cfg(feature = "sqlite")]
    Sqlite(Box<dialect::sqlite::SqliteSession>),
}

/// What a session can be opened to: a URL, or where a pool of the application leads. The session
/// has a connection of its own, since it has settings and locks of its own.
pub trait Database {
    /// Opens a session.
    fn session(
        &self,
        options: &SessionOptions,
    ) -> impl Future<Output = Result<Session, ConnectError>> + Send;
}

impl Database for str {
    async fn session(&self, options: &SessionOptions) -> Result<Session, ConnectError> {
        Session::open(self, options).await
    }
}

impl Database for String {
    async fn session(&self, options: &SessionOptions) -> Result<Session, ConnectError> {
        Session::open(self, options).await
    }
}

#[cfg(feature = "postgres")]
impl Database for sqlx::PgPool {
    async fn session(&self, options: &SessionOptions) -> Result<Session, ConnectError> {
        let target = self.connect_options().as_ref().clone();
        let session = dialect::postgres::session::PgSession::open_with(target, options).await?;
        Ok(Session::new(Door::Postgres(Box::new(session)), options))
    }
}

#[cfg(feature = "sqlite")]
impl Database for sqlx::SqlitePool {
    async fn session(&self, options: &SessionOptions) -> Result<Session, ConnectError> {
        let target = self.connect_options().as_ref().clone();
        let session = dialect::sqlite::SqliteSession::open_file(target, options).await?;
        Ok(Session::new(Door::Sqlite(Box::new(session)), options))
    }
}

/// A group that failed: what was being run, what the server said, who stood in the way.
#[derive(Debug)]
pub struct GroupError {
    /// Which statement of the group, from 0.
    pub index: usize,
    /// What the server said.
    pub error: DbError,
    /// Sessions that held the lock.
    pub blockers: Vec<String>,
}

/// The database has what its own family cannot have.
fn unspeakable(reasons: Vec<String>) -> DbError {
    DbError {
        message: reasons.join("\n"),
        code: String::new(),
    }
}

/// Returns the names of a URL's parameters that do nothing here, for whoever believes that they do.
pub fn unheard(url: &str) -> Vec<String> {
    match url.split_once(':').map_or("", |(scheme, _)| scheme) {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => dialect::postgres::session::unheard(url),
        _ => Vec::new(),
    }
}

/// A driver that was left out.
#[cfg(not(all(feature = "postgres", feature = "sqlite")))]
fn without(feature: &str) -> ConnectError {
    ConnectError::Url(format!(
        "this program is built without the feature `{feature}`; name it where Cargo.toml names \
         `sync-bin` or `schema-core`"
    ))
}

impl Session {
    /// Opens a database by its URL.
    ///
    /// # Errors
    ///
    /// See [`ConnectError`].
    pub async fn open(url: &str, options: &SessionOptions) -> Result<Self, ConnectError> {
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        let door = match scheme {
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => {
                let session = dialect::postgres::session::PgSession::open(url, options).await?;
                Door::Postgres(Box::new(session))
            }
            #[cfg(feature = "sqlite")]
            "sqlite" => {
                let session = dialect::sqlite::SqliteSession::open(url, options).await?;
                Door::Sqlite(Box::new(session))
            }
            "" if url.trim().is_empty() => {
                return Err(ConnectError::Url(
                    "is empty; use postgres://, postgresql://, or sqlite: before the path of a file"
                        .into(),
                ));
            }
            "" => {
                return Err(ConnectError::Url(
                    "has no scheme; use postgres://, postgresql://, or sqlite: before the path of a file"
                        .into(),
                ));
            }
            #[cfg(not(feature = "postgres"))]
            "postgres" | "postgresql" => return Err(without("postgres")),
            #[cfg(not(feature = "sqlite"))]
            "sqlite" => return Err(without("sqlite")),
            other => return Err(ConnectError::Scheme(other.into())),
        };
        Ok(Self::new(door, options))
    }

    fn new(door: Door, options: &SessionOptions) -> Self {
        let info = match &door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.info(),
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => session.info(),
        };
        Self {
            door,
            info,
            wait: options.wait,
            stop: options.stop.clone(),
            extension_types: BTreeMap::new(),
        }
    }

    /// Closes it; dropping it does, but the server may notice later.
    pub async fn close(self) {
        match self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.close().await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => session.close().await,
        }
    }

    /// Says goodbye, and drops the database that was made for this session and has nothing in it.
    /// Returns its name when it is dropped.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn close_and_unmake(self) -> Result<Option<String>, DbError> {
        match self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.close_and_unmake().await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => {
                session.close().await;
                Ok(None)
            }
        }
    }

    /// Returns the family of the database.
    pub fn family(&self) -> Family {
        match self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(_) => Family::Postgres,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => Family::Sqlite,
        }
    }

    /// Returns which server this is.
    pub fn info(&self) -> &ServerInfo {
        &self.info
    }

    /// Reads and normalizes what the database has.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn introspect(&mut self, scope: &Scope) -> Result<(Schema, Facts), DbError> {
        self.learn_types().await?;
        self.read(scope).await
    }

    /// As [`Session::introspect`]; meanwhile `desired` is normalized on another thread.
    ///
    /// # Errors
    ///
    /// What the server says; for the second part see [`Session::normalize`].
    pub(super) async fn introspect_beside(
        &mut self,
        scope: &Scope,
        desired: Schema,
    ) -> Result<((Schema, Facts), Result<Schema, Vec<String>>), DbError> {
        self.learn_types().await?;
        let (family, types) = (self.family(), self.extension_types.clone());
        let normalizing =
            tokio::task::spawn_blocking(move || dialect::normalize_with(family, desired, &types));
        let live = self.read(scope).await?;
        let desired = normalizing
            .await
            .map_err(|error| match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(error) => DbError {
                    message: error.to_string(),
                    code: String::new(),
                },
            })?;
        Ok((live, desired))
    }

    /// Returns those of some conditions that hold.
    pub(super) async fn held(
        &mut self,
        conditions: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let all: Vec<&String> = conditions.iter().collect();
                let mut held = BTreeSet::new();
                for some in all.chunks(CONDITIONS) {
                    let rows = (0..)
                        .zip(some)
                        .map(|(n, condition)| format!("({n}, {condition})"));
                    let sql = format!(
                        "SELECT n::text FROM (VALUES {}) AS v (n, holds) WHERE holds",
                        rows.collect::<Vec<_>>().join(", ")
                    );
                    let places = session.fetch_texts(&sql).await?;
                    let places = places.iter().filter_map(|it| it.parse::<usize>().ok());
                    held.extend(places.filter_map(|at| some.get(at).copied().cloned()));
                }
                Ok(held)
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = conditions;
                Ok(BTreeSet::new())
            }
        }
    }

    /// Returns the schemas that have a table of this name.
    pub(super) async fn homes(&mut self, table: &Ident) -> Result<Vec<Ident>, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let sql = HOMES.replace("{name}", &crate::schema::quote_literal(table.as_str()));
                let homes = session.fetch_texts(&sql).await?;
                Ok(homes.into_iter().map(Ident::new).collect())
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = table;
                Ok(Vec::new())
            }
        }
    }

    /// Returns the columns of tables that are of a type, or of arrays of it: table and column.
    pub(super) async fn columns_of(&mut self, ty: &Name) -> Result<Vec<(Name, Ident)>, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let ty = crate::schema::quote_literal(&crate::schema::Quoted(ty).to_string());
                let told = session.fetch_texts(&COLUMNS.replace("{type}", &ty)).await?;
                let read = |text: String| serde_json::from_str::<[String; 3]>(&text).ok();
                let columns = told.into_iter().filter_map(read);
                let named = |[schema, table, column]: [String; 3]| {
                    (Name::new(schema, table), Ident::new(column))
                };
                Ok(columns.map(named).collect())
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = ty;
                Ok(Vec::new())
            }
        }
    }

    /// Returns what needs one of some extensions and does not go with it.
    pub(super) async fn needing(&mut self, extensions: &[&Ident]) -> Result<Vec<Needing>, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let names = extensions.iter();
                let names = names.map(|name| crate::schema::quote_literal(name.as_str()));
                let names = names.collect::<Vec<_>>().join(", ");
                let told = session
                    .fetch_texts(&NEEDING.replace("{extensions}", &names))
                    .await?;
                let read = |text: String| serde_json::from_str::<[String; 5]>(&text).ok();
                let needing = told.into_iter().filter_map(read);
                let needing = needing.map(|[extension, title, schema, table, said]| Needing {
                    extension: Ident::new(extension),
                    title,
                    table: (!table.is_empty()).then(|| Name::new(schema, table)),
                    said: !said.is_empty(),
                });
                Ok(needing.collect())
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = extensions;
                Ok(Vec::new())
            }
        }
    }

    /// Learns where the types of extensions are.
    async fn learn_types(&mut self) -> Result<(), DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let types = session.fetch_texts(EXTENSION_TYPES).await?;
                self.extension_types = types
                    .iter()
                    .filter_map(|line| line.split_once('\n'))
                    .map(|(name, schema)| (name.to_owned(), Ident::new(schema)))
                    .collect();
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {}
        }
        Ok(())
    }

    async fn read(&mut self, scope: &Scope) -> Result<(Schema, Facts), DbError> {
        let (schema, facts) = match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let (version, locks) = (session.version(), session.locks());
                let connection = session.connection();
                let read = dialect::postgres::introspect::introspect(connection, version, scope);
                let (schema, facts) = read.await?;
                let locks = Some(locks);
                (schema, Facts { locks, ..facts })
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => dialect::sqlite::introspect(session, scope).await?,
        };
        let schema = self.normalize(schema).map_err(unspeakable)?;
        Ok((schema, facts))
    }

    /// Fails when the database is a file that is not there: what is wanted to be like another one is
    /// not wanted to be like nothing because of a misspelled path.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub fn must_exist(&self) -> Result<(), ConnectError> {
        if self.is_missing() {
            return Err(ConnectError::File {
                path: self.info.database.clone(),
                reason: "does not exist; check the path".into(),
            });
        }
        Ok(())
    }

    /// Tells whether the database is a file that is not there: an empty one stands for it.
    pub fn is_missing(&self) -> bool {
        match &self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(_) => false,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => session.is_missing(),
        }
    }

    /// Finds out how large tables are that no ANALYZE has looked at, where that can be asked for.
    pub(crate) async fn measure(&mut self, tables: &BTreeSet<Name>, facts: &mut Facts) {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let why = match session.measure(tables, facts).await {
                    Ok(()) => "somebody holds a lock on it".to_owned(),
                    Err(error) => error.to_string(),
                };
                let left =
                    (tables.iter()).filter(|it| facts.size(it).known == crate::facts::Known::Not);
                let left: Vec<String> = left.map(Name::to_string).collect();
                if !left.is_empty() {
                    facts.notes.push(format!(
                        "{}: how large it is was not found out, and it counts as large: {why}; ANALYZE would tell",
                        crate::wording::some_of(left.into_iter())
                    ));
                }
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = (tables, facts);
            }
        }
    }

    /// Makes a schema spell everything as this database does.
    ///
    /// # Errors
    ///
    /// What this database cannot have, each as `object: reason`.
    pub fn normalize(&self, schema: Schema) -> Result<Schema, Vec<String>> {
        dialect::normalize_with(self.family(), schema, &self.extension_types)
    }

    /// Leaves extensions at what the server has, where it has no way to the version of another
    /// database; returns what to say of them.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn keep_versions(
        &mut self,
        desired: &mut Schema,
        live: &Schema,
    ) -> Result<Vec<String>, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                dialect::postgres::scratch::keep_versions(session.connection(), desired, live).await
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = (desired, live);
                Ok(Vec::new())
            }
        }
    }

    /// Lets the server spell what still differs. `kept` says that what no model has stays. The second
    /// part is what it refuses, and what it may not spell: a standby cannot compare.
    ///
    /// # Errors
    ///
    /// What the server says to something else than the expressions themselves.
    pub async fn canonicalize(
        &mut self,
        desired: Schema,
        live: &Schema,
        kept: bool,
    ) -> Result<(Schema, Vec<Refusal>), DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let mut desired = desired;
                desired.share(live);
                let (mut schema, spelled, refusals) = dialect::postgres::scratch::canonicalize(
                    session.connection(),
                    desired,
                    live,
                    kept,
                )
                .await?;
                if spelled {
                    schema = self.normalize(schema).map_err(unspeakable)?;
                    schema.share(live);
                }
                Ok((schema, refusals))
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => {
                let _ = kept;
                let mut unknown = Vec::new();
                for name in dialect::sqlite::own_collations(&desired) {
                    if !session.has_collation(&name).await {
                        unknown.push(name);
                    }
                }
                let desired = dialect::sqlite::without_collations(desired, live, &unknown);
                Ok((desired, Vec::new()))
            }
        }
    }

    /// Tries a plan where nothing is lost, as far as the database can, and returns what stands in the
    /// way: SQLite on an empty copy in memory, PostgreSQL what no model names and a type changes under.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn rehearse(
        &mut self,
        plan: &Plan,
        live: &Schema,
        desired: &Schema,
    ) -> Result<Vec<Refusal>, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                let connection = session.connection();
                dialect::postgres::scratch::in_the_way(connection, plan, live, desired).await
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => {
                let _ = (live, desired);
                dialect::sqlite::rehearse(session, plan).await
            }
        }
    }

    /// Keeps other runs out until [`Session::unlock`].
    ///
    /// # Errors
    ///
    /// Another run holds the lock for too long.
    pub async fn lock(&mut self, on_wait: &mut (dyn FnMut(&str) + Send)) -> Result<(), DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.lock(self.wait, on_wait).await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => session.begin_waiting(self.wait, on_wait).await,
        }
    }

    /// Lets other runs in. On SQLite this ends the transaction without a change.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn unlock(&mut self) -> Result<(), DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.unlock().await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => session.rollback().await,
        }
    }

    /// Runs a group. On SQLite it is the whole plan, and the lock's transaction is committed.
    ///
    /// # Errors
    ///
    /// The statement that failed; the group's transaction is rolled back.
    pub async fn run(
        &mut self,
        group: &Group,
        on: &mut (dyn FnMut(Tick) + Send),
    ) -> Result<(), GroupError> {
        let statements: Vec<_> = group
            .steps
            .iter()
            .flat_map(|step| step.statements.iter().cloned())
            .collect();
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => {
                session
                    .run_group(&statements, on)
                    .await
                    .map_err(|error| GroupError {
                        index: error.index,
                        error: error.error,
                        blockers: error.blockers,
                    })
            }
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => {
                let failed = |(index, error)| GroupError {
                    index,
                    error,
                    blockers: Vec::new(),
                };
                let mut on_done = |index| on(Tick::Done(index));
                let done = session.apply(&statements, &mut on_done).await;
                done.map_err(failed)?;
                session
                    .commit()
                    .await
                    .map_err(|error| failed((statements.len(), error)))
            }
        }
    }

    /// Asks what would stand in the way of a run. The URL is that of this session.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn checkup(&mut self) -> Result<Checkup, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => dialect::postgres::checkup::checkup(session).await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => Ok(session.rights()),
        }
    }

    /// Asks what the user may do here.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub(super) async fn rights(&mut self) -> Result<Checkup, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => dialect::postgres::checkup::rights(session).await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => Ok(session.rights()),
        }
    }

    /// Asks whose the objects are that are neither tables nor types.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub(super) async fn others(&mut self, checkup: &mut Checkup) -> Result<(), DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => dialect::postgres::checkup::others(session, checkup).await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = checkup;
                Ok(())
            }
        }
    }

    /// Asks which tables of others are below which.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub(super) async fn below(&mut self, checkup: &mut Checkup) -> Result<(), DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => dialect::postgres::checkup::below(session, checkup).await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => {
                let _ = checkup;
                Ok(())
            }
        }
    }

    /// Asks for one number within a time, and changes nothing.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn ask(&mut self, sql: &str, time: Duration) -> Result<i64, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.ask(sql, time).await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => {
                // SQLite has no types of integers to cast to.
                session.ask(&sql.replace("::int::int8", ""), time).await
            }
        }
    }

    /// Returns the indexes that other sessions are building now, and who that is.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn builds(&mut self) -> Result<BTreeMap<Name, String>, DbError> {
        let lines = match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.builds().await?,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(_) => Vec::new(),
        };
        let build = |line: &String| {
            let mut parts = line.splitn(3, '\n');
            let name = Name::new(parts.next()?, parts.next()?);
            Some((name, parts.next()?.to_owned()))
        };
        Ok(lines.iter().filter_map(build).collect())
    }

    /// Tells whether somebody asked to stop.
    pub(super) fn check_stop(&self) -> Result<(), DbError> {
        if self.stop.is_requested() {
            return Err(DbError::interrupted());
        }
        Ok(())
    }

    /// Returns how long another run, or an index build, is waited for.
    pub(super) fn wait(&self) -> Duration {
        self.wait
    }

    /// Waits for a moment, unless somebody asks to stop.
    pub(super) async fn pause(&self, time: Duration) {
        self.stop.sleep(time).await;
    }

    /// Asks for one number.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn fetch_i64(&mut self, sql: &str) -> Result<i64, DbError> {
        match &mut self.door {
            #[cfg(feature = "postgres")]
            Door::Postgres(session) => session.fetch_i64(sql).await,
            #[cfg(feature = "sqlite")]
            Door::Sqlite(session) => session.fetch_i64(sql).await,
        }
    }
}

#[cfg(feature = "postgres")]
const COLUMNS: &str = "SELECT pg_catalog.json_build_array(n.nspname, c.relname, a.attname)::text \
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_catalog.pg_type t ON a.atttypid IN (t.oid, t.typarray) \
    WHERE t.oid = pg_catalog.to_regtype({type}) AND a.attnum > 0 AND NOT a.attisdropped \
      AND c.relkind IN ('r', 'p', 'f') ORDER BY n.nspname, c.relname, a.attnum";

#[cfg(feature = "postgres")]
const NEEDING: &str = include_str!("../dialect/postgres/catalog/needing.sql");

#[cfg(feature = "postgres")]
const HOMES: &str = "SELECT n.nspname::text FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relname = {name} AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' \
    AND n.nspname <> 'information_schema' ORDER BY 1";

#[cfg(feature = "postgres")]
const EXTENSION_TYPES: &str = "SELECT t.typname || E'\\n' || n.nspname FROM pg_catalog.pg_depend d \
    JOIN pg_catalog.pg_type t ON t.oid = d.objid \
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
    WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.deptype = 'e'";
