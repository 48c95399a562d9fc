//! Reads a live database's catalogue: a fixed number of queries, in one read-only transaction.

mod row;

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use serde::Deserialize;
use sqlx::{AssertSqlSafe, PgConnection};

use self::row::{Row, bare, broken};
use super::session::db_error;
use super::types::spell;
use crate::db::DbError;
use crate::facts::{Facts, Size};
use crate::schema::{
    Action, Column, Composite, CompositeField, Constraint, ConstraintKind, DataType, Domain,
    DomainCheck, EnumType, Exclude, ExcludeElement, Extension, ForeignKey, Generated,
    GeneratedKind, Ident, Identity, Index, IndexKey, IndexPart, Key, Match, Name, Namespace, Other,
    PartitionBy, PartitionOf, Range, ReplicaIdentity, Schema, Sequence, SequenceOptions,
    Statistics, Table, TableOptions, UserType, quote_literal,
};
use crate::scope::Scope;

/// Reads everything that is in scope, and what a plan needs to know besides.
pub async fn introspect(
    connection: &mut PgConnection,
    scope: &Scope,
) -> Result<(Schema, Facts), DbError> {
    execute(
        connection,
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    )
    .await?;
    let read = read(connection, scope).await;
    // A failed transaction too ends here; the first error is the one that matters.
    let ended = execute(connection, "ROLLBACK").await;
    let catalogue = read?;
    ended?;
    catalogue.build(scope)
}

async fn execute(connection: &mut PgConnection, sql: &'static str) -> Result<(), DbError> {
    sqlx::raw_sql(sql)
        .execute(connection)
        .await
        .map(drop)
        .map_err(db_error)
}

/// The columns of each relation by its object id, with their numbers.
type Columns = BTreeMap<u32, Vec<(i32, Column)>>;

/// What all catalogue queries give: rows, but for the columns, which are by far the most.
struct Catalogue {
    version: u32,
    namespaces: Vec<Row>,
    extensions: Vec<Row>,
    types: Vec<Row>,
    sequences: Vec<Row>,
    tables: Vec<Row>,
    columns: Columns,
    constraints: Vec<Row>,
    indexes: Vec<Row>,
    index_parts: Vec<Row>,
    statistics: Vec<Row>,
    others: Vec<Row>,
    dependencies: Vec<Row>,
    privileges: Vec<Row>,
}

async fn read(connection: &mut PgConnection, scope: &Scope) -> Result<Catalogue, DbError> {
    execute(connection, include_str!("../catalog/settings.sql")).await?;
    let version = rows(
        connection,
        "SELECT current_setting('server_version_num') AS version".into(),
    )
    .await?;
    let version = version
        .first()
        .and_then(|row| row.text("version")?.parse().ok())
        .ok_or_else(|| broken("the server does not tell its version"))?;
    let condition = condition(scope);
    let sql = for_version(include_str!("../catalog/columns.sql"), version);
    let columns = columns(connection, sql.replace("{namespaces}", &condition)).await?;
    let mut query = async |text: &str| {
        let sql = for_version(text, version).replace("{namespaces}", &condition);
        rows(connection, sql).await
    };
    Ok(Catalogue {
        version,
        namespaces: query(include_str!("../catalog/namespaces.sql")).await?,
        extensions: query(include_str!("../catalog/extensions.sql")).await?,
        types: query(include_str!("../catalog/types.sql")).await?,
        sequences: query(include_str!("../catalog/sequences.sql")).await?,
        tables: query(include_str!("../catalog/tables.sql")).await?,
        columns,
        constraints: query(include_str!("../catalog/constraints.sql")).await?,
        indexes: query(include_str!("../catalog/indexes.sql")).await?,
        index_parts: query(include_str!("../catalog/index_parts.sql")).await?,
        statistics: query(include_str!("../catalog/statistics.sql")).await?,
        others: query(include_str!("../catalog/others.sql")).await?,
        dependencies: query(include_str!("../catalog/dependencies.sql")).await?,
        privileges: query(include_str!("../catalog/privileges.sql")).await?,
    })
}

/// Returns the condition on the namespace `n` that each query has a place for.
fn condition(scope: &Scope) -> String {
    match &scope.namespaces {
        None => r"(n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')".into(),
        Some(names) if names.is_empty() => "false".into(),
        Some(names) => {
            let names: Vec<_> = names
                .iter()
                .map(|name| quote_literal(name.as_str()))
                .collect();
            format!("n.nspname IN ({})", names.join(", "))
        }
    }
}

/// Leaves out the lines that are not for this major version: `/*>=15*/ ..`, `/*<15*/ ..`.
fn for_version(text: &str, version: u32) -> String {
    let major = version / 10_000;
    let mut sql = String::with_capacity(text.len());
    for line in text.lines() {
        let mark = line.trim_start().strip_prefix("/*");
        let bound = |sign: &str| {
            let (bound, _) = mark?.strip_prefix(sign)?.split_once("*/")?;
            bound.parse::<u32>().ok()
        };
        let wanted = match (bound(">="), bound("<")) {
            (Some(least), _) => major >= least,
            (None, Some(below)) => major < below,
            (None, None) => true,
        };
        if wanted {
            sql.push_str(line);
            sql.push('\n');
        }
    }
    sql
}

async fn columns(connection: &mut PgConnection, sql: String) -> Result<Columns, DbError> {
    let mut columns = Columns::new();
    let mut rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(connection);
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let row = Row(row);
        let number = row.number("attnum").unwrap_or_default();
        let column = column(&row, row.required("name")?.into())?;
        let relation = columns.entry(row.oid("relation")).or_default();
        relation.push((number, column));
    }
    Ok(columns)
}

async fn rows(connection: &mut PgConnection, sql: String) -> Result<Vec<Row>, DbError> {
    // The text is a file of this crate; names of schemas in it are quoted literals.
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(connection)
        .await
        .map_err(db_error)?;
    Ok(rows.into_iter().map(Row).collect())
}

/// Puts columns into tables and fields; returns the names of columns by table and number.
fn place(
    columns: Columns,
    tables: &mut BTreeMap<u32, Table>,
    fields: &mut BTreeMap<u32, Vec<CompositeField>>,
) -> BTreeMap<(u32, i32), Ident> {
    let mut numbers = BTreeMap::new();
    for (relation, columns) in columns {
        for (number, column) in &columns {
            numbers.insert((relation, *number), column.name.clone());
        }
        let columns = columns.into_iter().map(|(_, column)| column);
        match tables.get_mut(&relation) {
            Some(table) => {
                table.columns.extend(columns);
                table.columns.shrink_to_fit();
            }
            // A composite type, or a table that is not in scope.
            None => {
                let field = |column: Column| CompositeField {
                    name: column.name,
                    ty: column.ty,
                    collation: column.collation,
                    comment: column.comment,
                };
                fields.insert(relation, columns.map(field).collect());
            }
        }
    }
    numbers
}

impl Catalogue {
    fn build(mut self, scope: &Scope) -> Result<(Schema, Facts), DbError> {
        let mut facts = Facts {
            version: self.version,
            ..Facts::default()
        };
        let mut schema = Schema {
            namespaces: self.namespaces()?,
            extensions: self.extensions()?,
            ..Schema::default()
        };
        let mut tables = self.tables(scope, &mut facts)?;
        let mut fields = BTreeMap::new();
        let numbers = place(std::mem::take(&mut self.columns), &mut tables, &mut fields);
        self.types(&mut schema, fields)?;
        self.sequences(&mut schema, &mut tables, &numbers)?;
        self.constraints_and_indexes(&mut tables, &numbers)?;
        self.statistics(&mut schema)?;
        for (_, table) in tables {
            schema.tables.insert(table.name.clone(), table.into());
        }
        schema
            .statistics
            .retain(|_, statistics| schema.tables.contains_key(&statistics.table));
        schema.others = self.others(scope)?;
        for row in &self.privileges {
            if let Some(owner) = row.ident("owner") {
                facts.owners.insert(row.name()?, owner);
                continue;
            }
            let again: Vec<Option<String>> = row.json("statements")?;
            let of = (row.name()?, row.ident("column"));
            facts
                .privileges
                .insert(of, again.into_iter().flatten().collect());
        }
        Ok((schema, facts))
    }

    fn namespaces(&self) -> Result<BTreeMap<Ident, Namespace>, DbError> {
        let mut namespaces = BTreeMap::new();
        for row in &self.namespaces {
            let comment = row.string("comment");
            let own = row.text("name") == Some("public");
            let comment = comment.filter(|text| !own || text != "standard public schema");
            namespaces.insert(row.required("name")?.into(), Namespace { comment });
        }
        Ok(namespaces)
    }

    fn extensions(&self) -> Result<BTreeMap<Ident, Extension>, DbError> {
        let mut extensions = BTreeMap::new();
        for row in &self.extensions {
            let extension = Extension {
                schema: row.ident("schema"),
                version: row.string("version"),
                comment: row.string("comment"),
            };
            extensions.insert(row.required("name")?.into(), extension);
        }
        Ok(extensions)
    }

    fn types(
        &self,
        schema: &mut Schema,
        mut fields: BTreeMap<u32, Vec<CompositeField>>,
    ) -> Result<(), DbError> {
        #[derive(Deserialize)]
        struct Check {
            name: String,
            expr: String,
            not_valid: bool,
            comment: Option<String>,
        }
        for row in &self.types {
            let comment = row.string("comment");
            let ty = match row.required("kind")? {
                "e" => UserType::Enum(EnumType {
                    labels: row.json("labels")?,
                    comment,
                }),
                "d" => {
                    let checks: Vec<Check> = row.json("checks")?;
                    UserType::Domain(Domain {
                        base: row.ty("base")?,
                        not_null: row.flag("not_null"),
                        default: row.expr("default"),
                        collation: row.name_in("collation_schema", "collation"),
                        checks: checks
                            .into_iter()
                            .map(|check| DomainCheck {
                                name: Some(check.name.into()),
                                expr: bare(&check.expr),
                                not_valid: check.not_valid,
                                comment: check.comment,
                            })
                            .collect(),
                        comment,
                    })
                }
                "c" => UserType::Composite(Composite {
                    fields: fields.remove(&row.oid("relation")).unwrap_or_default(),
                    comment,
                }),
                "r" => {
                    let options: Vec<Option<(String, String)>> = row.json("range_options")?;
                    let subtype = row.ty("base")?;
                    let options = options.into_iter().flatten();
                    UserType::Range(Range {
                        options: options
                            .map(|(key, value)| {
                                let value = if key == "subtype" {
                                    spell(&subtype)
                                } else {
                                    value
                                };
                                (key, value)
                            })
                            .collect(),
                        subtype,
                        comment,
                    })
                }
                kind => return Err(broken(&format!("type kind `{kind}` is not known"))),
            };
            schema.types.insert(row.name()?, ty);
        }
        Ok(())
    }

    fn tables(&self, scope: &Scope, facts: &mut Facts) -> Result<BTreeMap<u32, Table>, DbError> {
        let mut tables = BTreeMap::new();
        for row in &self.tables {
            let name = row.name()?;
            if !scope.has(&name) {
                facts.out_of_scope.insert(name);
                continue;
            }
            // Told with the others that no model says.
            if row.text("kind") == Some("f") {
                continue;
            }
            if row.text("kind") == Some("p") {
                let partitions = row.number("partitions").unwrap_or_default();
                facts.partitions.insert(name.clone(), partitions);
            }
            // Before the first ANALYZE the estimate is -1 rows.
            let rows = row.number::<f64>("tuples").unwrap_or_default().max(0.0);
            let pages: u64 = row.number("pages").unwrap_or_default();
            facts.sizes.insert(
                name.clone(),
                Size {
                    rows: rows as u64,
                    bytes: pages * 8192,
                },
            );
            tables.insert(row.oid("oid"), table(row, name)?);
        }
        Ok(tables)
    }

    fn sequences(
        &self,
        schema: &mut Schema,
        tables: &mut BTreeMap<u32, Table>,
        numbers: &BTreeMap<(u32, i32), Ident>,
    ) -> Result<(), DbError> {
        for row in &self.sequences {
            let name = row.name()?;
            let ty = row.ty("type")?;
            let options = sequence_options(row, &ty);
            let relation = row.oid("relation");
            let number = row.number("attnum").unwrap_or_default();
            let owner = tables
                .get_mut(&relation)
                .zip(numbers.get(&(relation, number)));
            let Some(ownership) = row.text("ownership") else {
                let sequence = Sequence {
                    ty,
                    options,
                    owned_by: None,
                    unlogged: row.flag("unlogged"),
                    comment: row.string("comment"),
                };
                schema.sequences.insert(name, sequence);
                continue;
            };
            // It goes with a table that is not in scope.
            let Some((table, column)) = owner else {
                continue;
            };
            if ownership == "i" {
                let own = super::normalize::sequence::sequence_name(&table.name, column);
                let column = table.columns.iter_mut().find(|known| known.name == *column);
                if let Some(identity) = column.and_then(|column| column.identity.as_mut()) {
                    identity.options = options;
                    identity.sequence = (name != own).then_some(name);
                }
                continue;
            }
            let sequence = Sequence {
                ty,
                options,
                owned_by: Some((table.name.clone(), column.clone())),
                unlogged: row.flag("unlogged"),
                comment: row.string("comment"),
            };
            schema.sequences.insert(name, sequence);
        }
        Ok(())
    }

    fn constraints_and_indexes(
        &self,
        tables: &mut BTreeMap<u32, Table>,
        numbers: &BTreeMap<(u32, i32), Ident>,
    ) -> Result<(), DbError> {
        let mut parts: BTreeMap<u32, Vec<&Row>> = BTreeMap::new();
        for row in &self.index_parts {
            parts.entry(row.oid("index")).or_default().push(row);
        }
        let mut of_constraints = BTreeMap::new();
        for row in &self.indexes {
            let oid = row.oid("oid");
            let Some(table) = tables.get_mut(&row.oid("relation")) else {
                continue;
            };
            let index = index(row, parts.remove(&oid).unwrap_or_default())?;
            if row.flag("clustered") {
                table.options.clustered_on = index.name.clone();
            }
            if row.flag("replica_identity")
                && let (ReplicaIdentity::Index(used), Some(name)) =
                    (&mut table.options.replica_identity, &index.name)
            {
                *used = name.clone();
            }
            if row.flag("is_constraint") {
                of_constraints.insert(oid, index);
            } else {
                table.indexes.push(index);
            }
        }
        for row in &self.constraints {
            let relation = row.oid("relation");
            let Some(table) = tables.get_mut(&relation) else {
                continue;
            };
            let names = |column: &str| -> Vec<Ident> {
                let attnums = row.attnums(column).into_iter();
                attnums
                    .filter_map(|number| numbers.get(&(relation, number)).cloned())
                    .collect()
            };
            // A foreign key names the index that it refers to, which is another table's.
            let own = row.text("kind") != Some("f");
            let index = of_constraints.get(&row.oid("index")).filter(|_| own);
            let kind = match row.required("kind")? {
                "n" => {
                    not_null(table, row, &names("columns"));
                    continue;
                }
                kind => constraint_kind(kind, row, index, names)?,
            };
            table.constraints.push(Constraint {
                name: row.ident("name"),
                kind,
                deferrable: row.flag("deferrable"),
                initially_deferred: row.flag("deferred"),
                // The key of a partitioned table is complete when each partition's is attached.
                not_valid: !row.flag("validated") && row.flag("enforced")
                    || row.text("kind") != Some("f") && index.is_some_and(|index| index.invalid),
                not_enforced: !row.flag("enforced"),
                inherited: row.flag("inherited"),
                comment: row.string("comment"),
                index_comment: index.and_then(|index| index.comment.clone()),
            });
        }
        Ok(())
    }

    fn statistics(&self, schema: &mut Schema) -> Result<(), DbError> {
        for row in &self.statistics {
            let kinds: Vec<String> = row.json("kinds")?;
            let kinds = [("d", "ndistinct"), ("f", "dependencies"), ("m", "mcv")]
                .into_iter()
                .filter(|(letter, _)| kinds.iter().any(|kind| kind == letter))
                .map(|(_, kind)| kind.to_owned())
                .collect();
            let columns: Vec<Ident> = row.json("columns")?;
            let exprs: Vec<String> = row.json("exprs")?;
            let quoted = columns
                .iter()
                .map(|column| crate::schema::Quoted(column).to_string());
            let exprs = exprs.into_iter().map(|expr| format!("({})", bare(&expr)));
            let statistics = Statistics {
                table: row
                    .name_in("table_schema", "table_name")
                    .ok_or_else(|| broken("statistics without a table"))?,
                kinds,
                on: quoted.chain(exprs).collect(),
                columns,
                target: row.number("target"),
                comment: row.string("comment"),
            };
            schema.statistics.insert(row.name()?, statistics);
        }
        Ok(())
    }

    fn others(&self, scope: &Scope) -> Result<Vec<Other>, DbError> {
        let mut others: BTreeMap<(String, u32), Other> = BTreeMap::new();
        for row in &self.others {
            let table = row.name_in("table_schema", "table_name");
            if table.as_ref().is_some_and(|table| !scope.has(table)) {
                continue;
            }
            let create: Vec<Option<String>> = row.json("statements")?;
            let other = Other {
                kind: row.required("kind")?.into(),
                // Servers, casts and the like are in no schema.
                name: match row.text("schema") {
                    Some(_) => row.name()?,
                    None => Name::bare(row.required("name")?),
                },
                signature: row.string("signature").unwrap_or_default(),
                table,
                create: create.into_iter().flatten().collect(),
                drop: row.required("drop_statement")?.into(),
                depends_on: Default::default(),
                depends_on_others: Default::default(),
            };
            others.insert((row.required("catalogue")?.into(), row.oid("oid")), other);
        }
        for row in &self.dependencies {
            let key = (row.required("catalogue")?.to_owned(), row.oid("oid"));
            let Some(other) = others.get_mut(&key) else {
                continue;
            };
            let name = row.name()?;
            if row.flag("is_other") {
                other.depends_on_others.insert(name);
            } else {
                other.depends_on.insert((name, row.ident("column")));
            }
        }
        let mut others: Vec<Other> = others.into_values().collect();
        others.sort();
        Ok(others)
    }
}

fn table(row: &Row, name: Name) -> Result<Table, DbError> {
    let mut with = row.options("options")?;
    for (key, value) in row.options("toast_options")? {
        with.insert(format!("toast.{key}"), value);
    }
    let parents: Vec<(String, String)> = row.json("parents")?;
    let mut parents = parents
        .into_iter()
        .map(|(schema, name)| Name::new(schema, name));
    let partition_of = match row.string("partition_bound") {
        Some(bound) => parents.next().map(|parent| PartitionOf {
            parent,
            bound,
            detach_pending: row.flag("detach_pending"),
        }),
        None => None,
    };
    let columns = row.json("partition_columns")?;
    let partition_by = row.text("partition_key").and_then(|key| {
        let (strategy, key) = key.split_once(' ')?;
        let key = key.strip_prefix('(')?.strip_suffix(')')?;
        Some(PartitionBy {
            strategy: strategy.to_lowercase(),
            key: key.into(),
            columns,
        })
    });
    Ok(Table {
        name,
        comment: row.string("comment"),
        options: TableOptions {
            unlogged: row.text("persistence") == Some("u"),
            with,
            replica_identity: match row.text("replica_identity") {
                Some("f") => ReplicaIdentity::Full,
                Some("n") => ReplicaIdentity::Nothing,
                // Its name comes with the indexes.
                Some("i") => ReplicaIdentity::Index(Ident::default()),
                Some(_) | None => ReplicaIdentity::Default,
            },
            row_security: row.flag("row_security"),
            row_security_forced: row.flag("row_security_forced"),
            tablespace: row.ident("tablespace"),
            access_method: row.ident("access_method"),
            ..TableOptions::default()
        },
        partition_by,
        partition_of,
        inherits: parents.collect(),
        of_type: row.name_in("type_schema", "type_name"),
        ..Table::default()
    })
}

fn column(row: &Row, name: Ident) -> Result<Column, DbError> {
    let kind = match row.text("generated") {
        Some("s") => Some(GeneratedKind::Stored),
        Some("v") => Some(GeneratedKind::Virtual),
        Some(_) | None => None,
    };
    let expr = row.expr("default");
    let (default, generated) = match (kind, expr) {
        (Some(kind), Some(expr)) => (None, Some(Box::new(Generated { expr, kind }))),
        (_, expr) => (expr, None),
    };
    let always = match row.text("identity") {
        Some("a") => Some(true),
        Some("d") => Some(false),
        Some(_) | None => None,
    };
    let mut options = row.options("options")?;
    // PostgreSQL 15.20 keeps a number of its own among the options; it is no option.
    options.remove("pg_attver");
    Ok(Column {
        name,
        ty: row.ty("type")?,
        nullable: !row.flag("not_null"),
        default,
        identity: always.map(|always| {
            Box::new(Identity {
                always,
                ..Identity::default()
            })
        }),
        generated,
        collation: row.name_in("collation_schema", "collation"),
        storage: row.text("storage").map(|letter| {
            match letter {
                "p" => "plain",
                "e" => "external",
                "m" => "main",
                _ => "extended",
            }
            .to_owned()
        }),
        compression: row.text("compression").map(|letter| {
            match letter {
                "l" => "lz4",
                _ => "pglz",
            }
            .to_owned()
        }),
        statistics: row.number("statistics"),
        options,
        comment: row.string("comment"),
        inherited: row.flag("inherited"),
        ..Column::default()
    })
}

/// Returns the options of a sequence that are not the defaults of its type.
fn sequence_options(row: &Row, ty: &DataType) -> SequenceOptions {
    let options = SequenceOptions {
        start: row.number("start"),
        increment: row.number("increment"),
        min: row.number("min"),
        max: row.number("max"),
        cache: row.number("cache"),
        cycle: row.flag("cycle"),
    };
    super::normalize::sequence::sequence_options(&options, ty)
}

fn index(row: &Row, parts: Vec<&Row>) -> Result<Index, DbError> {
    let keys: usize = row.number("keys").unwrap_or_default();
    let method = row.required("method")?.to_owned();
    let ordered = method == "btree";
    let mut index = Index {
        name: row.ident("name"),
        unique: row.flag("is_unique"),
        nulls_not_distinct: row.flag("nulls_not_distinct"),
        predicate: row.expr("predicate"),
        with: row.options("options")?,
        tablespace: row.ident("tablespace"),
        invalid: row.flag("invalid"),
        inherited: row.flag("inherited"),
        comment: row.string("comment"),
        method,
        ..Index::default()
    };
    for (n, part) in parts.into_iter().enumerate() {
        if n >= keys {
            index.include.extend(part.ident("column"));
            continue;
        }
        if let Some(statistics) = part.number("statistics") {
            index.statistics.insert(n as u16 + 1, statistics);
        }
        let key = match (part.ident("column"), part.expr("expr")) {
            (Some(column), _) => IndexKey::Column(column),
            (None, expr) => IndexKey::Expr(expr.unwrap_or_default()),
        };
        index.parts.push(IndexPart {
            key,
            descending: part.flag("descending"),
            nulls_first: Some(ordered && part.flag("nulls_first")),
            collation: part.name_in("collation_schema", "collation"),
            opclass: part.string("opclass"),
            opclass_options: part.options("opclass_options")?,
        });
    }
    Ok(index)
}

/// Puts what PostgreSQL 18 knows of a NOT NULL at its column.
fn not_null(table: &mut Table, row: &Row, columns: &[Ident]) {
    let own = crate::schema::object_name(
        table.name.name.as_str(),
        columns.first().map_or("", Ident::as_str),
        "not_null",
    );
    let column = table
        .columns
        .iter_mut()
        .find(|column| columns.first() == Some(&column.name));
    if let Some(column) = column {
        column.not_null_unvalidated = !row.flag("validated");
        column.not_null_no_inherit = row.flag("no_inherit");
        column.not_null_comment = row.string("comment");
        column.not_null_name = row.ident("name").filter(|name| name.as_str() != own);
    }
}

fn constraint_kind(
    kind: &str,
    row: &Row,
    index: Option<&Index>,
    names: impl Fn(&str) -> Vec<Ident>,
) -> Result<ConstraintKind, DbError> {
    let key = || Key {
        columns: names("columns"),
        include: index.map(|index| index.include.clone()).unwrap_or_default(),
        nulls_not_distinct: index.is_some_and(|index| index.nulls_not_distinct),
        without_overlaps: row.flag("period"),
        with: index.map(|index| index.with.clone()).unwrap_or_default(),
        tablespace: index.and_then(|index| index.tablespace.clone()),
    };
    Ok(match kind {
        "p" => ConstraintKind::PrimaryKey(key()),
        "u" => ConstraintKind::Unique(key()),
        "c" => ConstraintKind::Check {
            expr: row.expr("expr").unwrap_or_default(),
            no_inherit: row.flag("no_inherit"),
        },
        "f" => ConstraintKind::ForeignKey(ForeignKey {
            columns: names("columns"),
            table: row
                .name_in("foreign_schema", "foreign_table")
                .ok_or_else(|| broken("a foreign key without a table"))?,
            references: row.json("references")?,
            on_delete: action(row.text("on_delete")),
            on_delete_columns: names("on_delete_columns"),
            on_update: action(row.text("on_update")),
            matching: match row.text("matching") {
                Some("f") => Match::Full,
                Some(_) | None => Match::Simple,
            },
            period: row.flag("period"),
        }),
        "x" => {
            let index = index.cloned().unwrap_or_default();
            let operators: Vec<String> = row.json("operators")?;
            let elements = index.parts.into_iter().zip(operators);
            ConstraintKind::Exclude(Exclude {
                method: index.method,
                elements: elements
                    .map(|(part, operator)| ExcludeElement { part, operator })
                    .collect(),
                include: index.include,
                predicate: index.predicate,
                with: index.with,
            })
        }
        kind => return Err(broken(&format!("constraint kind `{kind}` is not known"))),
    })
}

fn action(letter: Option<&str>) -> Action {
    match letter {
        Some("r") => Action::Restrict,
        Some("c") => Action::Cascade,
        Some("n") => Action::SetNull,
        Some("d") => Action::SetDefault,
        Some(_) | None => Action::NoAction,
    }
}
