//! Lowers the registered models to a `Schema`, and says all that is wrong between them.

use std::collections::BTreeMap;
use std::fmt;

use super::carry::{self, Carried, Carry, carries};
use super::lacks::lacks;
use super::{
    ColumnDef, EnumDef, ReferenceDef, ReplicaIdentityDef, TableDef, Target, TypeDef, UserTypeDef,
    models,
};
use crate::schema::{
    Action, Column, Constraint, ConstraintKind, DataType, Domain, DomainCheck, EnumType, Exclude,
    ExcludeElement, Expr, Extension, Family, ForeignKey, Generated, GeneratedKind, Ident, Identity,
    Index, IndexKey, IndexPart, Key, Match, Name, Namespace, Parameters, PartitionBy, PartitionOf,
    Quoted, ReplicaIdentity, Schema, SequenceOptions, Table, TableOptions, UserType, quote_literal,
};

/// What is wrong with the models.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// No model is linked.
    #[error(
        "no models are linked into this program; derive `SyncTable` on structs, and name their crate in `sync_bin::main!(my_models)`"
    )]
    Empty,
    /// A type of the database is wrong: two types of Rust are it, or were.
    #[error("type `{name}`: {problem}")]
    Type {
        /// The type, in the database.
        name: String,
        /// What is wrong, and the cure.
        problem: String,
    },
    /// A model is wrong, alone or beside another.
    #[error("{place}: table `{table}`: {problem}")]
    Model {
        /// The file and line of the model.
        place: String,
        /// The table.
        table: String,
        /// What is wrong, and the cure.
        problem: String,
    },
}

/// Everything that is wrong with the models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryErrors(pub Vec<RegistryError>);

impl fmt::Display for RegistryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, error) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { "\n" })?;
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RegistryErrors {}

/// Returns what all linked models say.
pub fn collect(family: Family) -> Result<Schema, RegistryErrors> {
    lower_with(family, &models(), &carries())
}

/// Returns what these models say.
pub fn lower(family: Family, defs: &[&'static TableDef]) -> Result<Schema, RegistryErrors> {
    lower_with(family, defs, &[])
}

/// Returns what these models say, and what is carried beside them.
pub fn lower_with(
    family: Family,
    defs: &[&'static TableDef],
    carries: &[&'static Carry],
) -> Result<Schema, RegistryErrors> {
    if defs.is_empty() && carries.is_empty() {
        return Err(RegistryErrors(vec![RegistryError::Empty]));
    }
    let mut lowering = Lowering {
        family,
        schema: Schema::default(),
        errors: Vec::new(),
    };
    let mut firsts: BTreeMap<Name, &TableDef> = BTreeMap::new();
    for def in defs {
        let name = lowering.folded(&lowering.table_name(def));
        if let Some(first) = firsts.insert(name, def) {
            let problem = format!(
                "is the table of `{}` ({}:{}) and of `{}`; rename one with `#[sync(table = \"..\")]`",
                first.model, first.file, first.line, def.model
            );
            lowering.error(def, problem);
            continue;
        }
        lowering.table(def);
    }
    let said = lowering.schema.clone();
    for carry in carries {
        lowering.carry(carry);
    }
    for def in defs {
        lowering.check_references(def, &said);
    }
    lowering.check_renames(defs);
    lowering.check_names(defs);
    lowering.check_pieces();
    match lowering.errors.is_empty() {
        true => Ok(lowering.schema),
        false => Err(RegistryErrors(lowering.errors)),
    }
}

/// The models on their way to a schema.
pub(super) struct Lowering {
    pub(super) family: Family,
    pub(super) schema: Schema,
    errors: Vec<RegistryError>,
}

impl Lowering {
    pub(super) fn error(&mut self, def: &TableDef, problem: impl Into<String>) {
        self.errors.push(RegistryError::Model {
            place: format!("{}:{}", def.file, def.line),
            table: def.name.into(),
            problem: problem.into(),
        });
    }

    /// Says what is wrong with a type, which several models may have.
    pub(super) fn error_of_type(&mut self, name: &Name, problem: impl Into<String>) {
        self.errors.push(RegistryError::Type {
            name: name.to_string(),
            problem: problem.into(),
        });
    }

    /// Adds what is carried, if it is for this family.
    fn carry(&mut self, carry: &Carry) {
        let mut problems = Vec::new();
        match Carried::read(carry.text) {
            Ok((family, carried)) if family == self.family => {
                carry::add(&mut self.schema, carried, &mut problems);
            }
            Ok(_) => {}
            Err(reason) => problems.push((carry.module.into(), reason)),
        }
        let place = format!("{} of {}", carry.file, carry.module);
        self.errors
            .extend(problems.into_iter().map(|(table, problem)| {
                let place = place.clone();
                RegistryError::Model {
                    place,
                    table,
                    problem,
                }
            }));
    }

    /// Says which pieces of SQL would end the statement that they come to stand in.
    fn check_pieces(&mut self) {
        for (name, problem) in self.schema.broken_pieces() {
            let error = match self.schema.hints.sources.get(&name) {
                Some(place) => RegistryError::Model {
                    place: place.clone(),
                    table: name.to_string(),
                    problem,
                },
                None => RegistryError::Type {
                    name: name.to_string(),
                    problem,
                },
            };
            self.errors.push(error);
        }
    }

    fn name(&self, schema: Option<&'static str>, name: &str) -> Name {
        match (self.family, schema) {
            (Family::Postgres, Some(schema)) => Name::new(schema, name),
            (Family::Postgres | Family::Sqlite, _) => Name::bare(name),
        }
    }

    pub(super) fn table_name(&self, def: &TableDef) -> Name {
        self.name(def.schema, def.name)
    }

    fn table(&mut self, def: &'static TableDef) {
        let name = self.table_name(def);
        let columns = def.columns();
        let mut table = Table {
            name: name.clone(),
            ..Table::default()
        };
        let key: Vec<&str> = match def.primary_key.is_empty() {
            true => columns
                .iter()
                .filter(|it| it.primary_key)
                .map(|it| it.name)
                .collect(),
            false => def.primary_key.to_vec(),
        };
        for column in &columns {
            let twin = table.columns.iter().find(|it| match self.family {
                Family::Postgres => it.name.as_str() == column.name,
                Family::Sqlite => it.name.as_str().eq_ignore_ascii_case(column.name),
            });
            if let Some(twin) = twin {
                let problem = match twin.name.as_str() == column.name {
                    true => format!("column `{}` is there twice", column.name),
                    false => format!(
                        "columns `{}` and `{}` are one to SQLite, which does not tell upper from lower case",
                        twin.name, column.name
                    ),
                };
                self.error(def, problem);
                continue;
            }
            if key.contains(&column.name) && column.nullable {
                self.error(def, format!("column `{}` is in the primary key and can be NULL; it must not be an `Option`", column.name));
            }
            let lowered = self.column(&name, column, key == [column.name], &mut table.constraints);
            table.columns.push(lowered);
        }
        if !key.is_empty() {
            let key = self.key(def, &columns, &key, "the primary key");
            table
                .constraints
                .insert(0, Constraint::new(ConstraintKind::PrimaryKey(key)));
        }
        self.uniques(def, &columns, &mut table);
        self.indexes(def, &columns, &mut table);
        for column in &columns {
            if let Some(reference) = &column.references {
                self.foreign_key(def, &[column.name], reference, &mut table);
            }
        }
        for reference in def.foreign_keys {
            self.foreign_key(def, reference.columns, reference, &mut table);
        }
        for check in def.checks {
            table.constraints.push(Constraint {
                name: check.name.map(Ident::new),
                ..Constraint::new(ConstraintKind::Check {
                    expr: Expr::new(check.expr),
                    no_inherit: check.no_inherit,
                })
            });
        }
        for exclude in def.excludes {
            let elements = exclude
                .elements
                .iter()
                .map(|(text, operator)| ExcludeElement {
                    part: match columns.iter().any(|it| it.name == *text) {
                        true => IndexPart::column(*text),
                        false => IndexPart::of(IndexKey::Expr(Expr::new(*text))),
                    },
                    operator: (*operator).into(),
                });
            table.constraints.push(Constraint {
                name: exclude.name.map(Ident::new),
                ..Constraint::new(ConstraintKind::Exclude(Exclude {
                    method: exclude.method.into(),
                    elements: elements.collect(),
                    predicate: exclude.predicate.map(Expr::new),
                    ..Exclude::default()
                }))
            });
        }
        table.comment = def.comment.map(Into::into);
        table.options = TableOptions {
            unlogged: def.unlogged,
            with: pairs(def.with),
            tablespace: def.tablespace.map(Ident::new),
            replica_identity: match def.replica_identity {
                None => ReplicaIdentity::Default,
                Some(ReplicaIdentityDef::Full) => ReplicaIdentity::Full,
                Some(ReplicaIdentityDef::Nothing) => ReplicaIdentity::Nothing,
                Some(ReplicaIdentityDef::Index(name)) => ReplicaIdentity::Index(name.into()),
            },
            strict: self.family == Family::Sqlite && def.strict,
            without_rowid: self.family == Family::Sqlite && def.without_rowid,
            ..TableOptions::default()
        };
        self.beside(def, &name, &mut table);
        self.schema.tables.insert(name, table.into());
    }

    /// Adds what stands beside a table: hints, its schema, extensions, partitions.
    fn beside(&mut self, def: &TableDef, name: &Name, table: &mut Table) {
        let hints = &mut self.schema.hints;
        hints
            .sources
            .insert(name.clone(), format!("{}:{}", def.file, def.line));
        if let Some(old) = def.renamed_from {
            hints.renamed_tables.insert(name.clone(), old.into());
        }
        if let (Family::Postgres, Some((there, old))) = (
            self.family,
            def.renamed_from.and_then(|it| it.split_once('.')),
        ) {
            let here = def.schema.unwrap_or("public");
            let whole = format!("{there}.{old}");
            let cure = match there == here {
                true => format!("write `renamed_from = \"{old}\"`, which is of the same schema"),
                false => format!(
                    "a table is not moved to another schema here: run `ALTER TABLE {whole} SET SCHEMA {here}` once, and then write `renamed_from = \"{old}\"`, or nothing where the name stays"
                ),
            };
            self.error(
                def,
                format!("`renamed_from = \"{whole}\"` names a schema; {cure}"),
            );
        }
        let hints = &mut self.schema.hints;
        if def.unmanaged {
            hints.unmanaged.insert(name.clone());
        }
        match self.family {
            // SQLite has no schemas, extensions or partitions: the table stands alone.
            Family::Sqlite => {
                let lacks = lacks(def);
                if !lacks.is_empty() {
                    hints.lacks.insert(name.clone(), lacks);
                }
            }
            Family::Postgres => {
                if let Some(schema) = &name.schema {
                    self.schema
                        .namespaces
                        .insert(schema.clone(), Namespace::default());
                }
                for extension in def.extensions {
                    self.schema
                        .extensions
                        .insert((*extension).into(), Extension::default());
                }
                let Some((strategy, columns)) = def.partition_by else {
                    return;
                };
                let columns: Vec<Ident> = columns.iter().map(|it| Ident::new(*it)).collect();
                let from_above = |column: &Column| Column {
                    inherited: true,
                    ..column.clone()
                };
                table.partition_by = Some(PartitionBy {
                    strategy: strategy.into(),
                    key: Expr::new(Quoted(&columns).to_string()),
                    columns,
                });
                for (child, bound) in def.partitions {
                    let child = name.sibling(*child);
                    let partition = Table {
                        name: child.clone(),
                        columns: table.columns.iter().map(from_above).collect(),
                        partition_of: Some(PartitionOf {
                            parent: name.clone(),
                            bound: (*bound).into(),
                            detach_pending: false,
                            condition: None,
                        }),
                        ..Table::default()
                    };
                    if self
                        .schema
                        .tables
                        .insert(child.clone(), partition.into())
                        .is_some()
                    {
                        self.error(def, format!("partition `{child}` is there twice"));
                    }
                }
            }
        }
    }

    fn column(
        &mut self,
        table: &Name,
        def: &ColumnDef,
        sole_key: bool,
        constraints: &mut Vec<Constraint>,
    ) -> Column {
        let name = Ident::new(def.name);
        let check = |sql: String| {
            Constraint::new(ConstraintKind::Check {
                expr: Expr::new(sql),
                no_inherit: false,
            })
        };
        let ty = self.data_type(&def.ty);
        if let Some(labels) = self.labels_to_check(&def.ty) {
            constraints.push(check(match def.ty.array {
                true => self.labels_in_array(&name, labels),
                false => labels_of_one(&name, labels),
            }));
            if !def.ty.array {
                self.value_hints(table, &name, &def.ty);
            }
        }
        // SQLite reads `varchar(40)` and keeps any length: a longer value would fail in production alone.
        if let (Family::Sqlite, Some(length), false) = (self.family, def.max_length, def.ty.array) {
            constraints.push(check(format!("length({}) <= {length}", Quoted(&name))));
        }
        constraints.extend(def.checks.iter().map(|it| check((*it).into())));
        let hints = &mut self.schema.hints;
        let place = (table.clone(), name.clone());
        hints
            .fields
            .insert(place.clone(), format!("{}.{}", def.model, def.field));
        if let Some(old) = def.renamed_from {
            hints.renamed_columns.insert(place.clone(), old.into());
        }
        if let Some(sql) = def.backfill {
            hints.backfills.insert(place.clone(), Expr::new(sql));
        }
        if let Some(sql) = def.using {
            hints.usings.insert(place, Expr::new(sql));
        }
        let stored = def.generated.map(|it| (it, GeneratedKind::Stored));
        let generated = stored.or(def.generated_virtual.map(|it| (it, GeneratedKind::Virtual)));
        let identity = match self.family {
            Family::Postgres => def.identity.map(|it| Identity {
                always: it.always,
                options: SequenceOptions {
                    start: it.start,
                    increment: it.increment,
                    ..SequenceOptions::default()
                },
                ..Identity::default()
            }),
            // A sole INTEGER PRIMARY KEY numbers itself.
            Family::Sqlite => (def.autoincrement && sole_key).then(|| Identity {
                always: true,
                ..Identity::default()
            }),
        };
        let value = def.default_value.map(|it| it.to_sql(self.family));
        Column {
            name,
            ty,
            nullable: def.nullable,
            default: def.default.map(Into::into).or(value).map(Expr::new),
            identity: identity.map(Box::new),
            generated: generated.map(|(sql, kind)| {
                Box::new(Generated {
                    expr: Expr::new(sql),
                    kind,
                })
            }),
            collation: def.collate.map(Name::bare),
            comment: def.comment.map(Into::into),
            ..Column::default()
        }
    }

    /// Returns the labels that only a CHECK can hold a column to.
    fn labels_to_check(&self, ty: &TypeDef) -> Option<&'static [&'static str]> {
        let UserTypeDef::Enum(it) = ty.user? else {
            return None;
        };
        let text = it.as_text || self.family == Family::Sqlite;
        text.then_some(it.labels)
    }

    /// Holds each element of an array to the labels; SQLite has the array as JSON, and no subquery in
    /// a check: when the labels are taken out, only what stands between elements may be left.
    fn labels_in_array(&self, column: &Ident, labels: &[&str]) -> String {
        let column = Quoted(column);
        match self.family {
            Family::Postgres => {
                let labels: Vec<String> = labels.iter().map(|it| quote_literal(it)).collect();
                format!("{column} <@ ARRAY[{}]", labels.join(", "))
            }
            Family::Sqlite => {
                let rest = labels.iter().fold(column.to_string(), |rest, label| {
                    let element = serde_json::Value::from(*label).to_string();
                    format!("replace({rest}, {}, '')", quote_literal(&element))
                });
                format!("json_type({column}) = 'array' AND trim({rest}, '[,] ') = ''")
            }
        }
    }

    /// Values that have another name by now; one that is a value still stays.
    fn value_hints(&mut self, table: &Name, column: &Ident, ty: &TypeDef) {
        let Some(UserTypeDef::Enum(def)) = ty.user else {
            return;
        };
        let gone = def
            .renamed
            .iter()
            .filter(|(_, old)| !def.labels.contains(old));
        let renamed: Vec<_> = gone
            .map(|(new, old)| ((*old).to_owned(), (*new).to_owned()))
            .collect();
        if !renamed.is_empty() {
            let place = (table.clone(), column.clone());
            self.schema.hints.renamed_values.insert(place, renamed);
        }
    }

    pub(super) fn data_type(&mut self, ty: &TypeDef) -> DataType {
        let builtin = match self.family {
            Family::Sqlite => return DataType::builtin(ty.sqlite),
            Family::Postgres => DataType {
                array: ty.array,
                ..DataType::builtin(ty.postgres)
            },
        };
        let (name, user) = match ty.user {
            None => return builtin,
            Some(UserTypeDef::Enum(it)) if it.as_text => return builtin,
            Some(UserTypeDef::Enum(it)) => {
                let name = Name::new(it.schema.unwrap_or("public"), it.name);
                self.enum_hints(&name, it);
                (
                    name,
                    UserType::Enum(EnumType {
                        labels: it.labels.iter().map(|it| (*it).into()).collect(),
                        comment: it.comment.map(Into::into),
                    }),
                )
            }
            Some(UserTypeDef::Domain(it)) => {
                let name = Name::new(it.schema.unwrap_or("public"), it.name);
                if let Some(old) = it.renamed_from {
                    self.schema
                        .hints
                        .renamed_types
                        .insert(name.clone(), old.into());
                }
                let check = |sql: &&str| DomainCheck {
                    name: None,
                    expr: Expr::new(*sql),
                    not_valid: false,
                    comment: None,
                };
                let base = self.data_type(&it.base);
                (
                    name,
                    UserType::Domain(Domain {
                        base,
                        checks: it.checks.iter().map(check).collect(),
                        comment: it.comment.map(Into::into),
                        ..Domain::default()
                    }),
                )
            }
        };
        if let Some(schema) = name.schema.clone().filter(|it| it.as_str() != "public") {
            self.schema.namespaces.insert(schema, Namespace::default());
        }
        let ty = DataType {
            array: ty.array,
            ..DataType::named(&name)
        };
        let twin = self.schema.types.insert(name.clone(), user.clone());
        if twin.is_some_and(|it| it != user) {
            let problem = "two Rust types are this type and differ; rename one with `#[sqlx(type_name = \"..\")]`";
            self.error_of_type(&name, problem);
        }
        ty
    }

    fn enum_hints(&mut self, name: &Name, def: &EnumDef) {
        let hints = &mut self.schema.hints;
        if let Some(old) = def.renamed_from {
            hints.renamed_types.insert(name.clone(), old.into());
        }
        for (new, old) in def.renamed {
            hints
                .renamed_labels
                .insert((name.clone(), (*new).into()), (*old).into());
        }
    }

    fn key(&mut self, def: &TableDef, columns: &[&ColumnDef], names: &[&str], what: &str) -> Key {
        for name in names {
            if !columns.iter().any(|it| it.name == *name) {
                self.error(
                    def,
                    format!("{what} names column `{name}`, which is not there"),
                );
            }
        }
        Key {
            columns: idents(names),
            ..Key::default()
        }
    }

    fn uniques(&mut self, def: &TableDef, columns: &[&ColumnDef], table: &mut Table) {
        for names in groups(columns, |it| it.unique) {
            let key = Key {
                columns: idents(&names),
                ..Key::default()
            };
            table
                .constraints
                .push(Constraint::new(ConstraintKind::Unique(key)));
        }
        for unique in def.uniques {
            let key = self.key(def, columns, unique.columns, "a unique constraint");
            table.constraints.push(Constraint {
                name: unique.name.map(Ident::new),
                deferrable: unique.deferrable || unique.initially_deferred,
                initially_deferred: unique.initially_deferred,
                ..Constraint::new(ConstraintKind::Unique(Key {
                    include: idents(unique.include),
                    nulls_not_distinct: unique.nulls_not_distinct,
                    ..key
                }))
            });
        }
    }

    fn indexes(&mut self, def: &TableDef, columns: &[&ColumnDef], table: &mut Table) {
        for names in groups(columns, |it| it.index) {
            let parts = names.iter().map(|it| IndexPart::column(*it)).collect();
            table.indexes.push(Index {
                parts,
                ..Index::default()
            });
        }
        for index in def.indexes {
            let named: Vec<&str> = index
                .columns
                .iter()
                .filter(|it| !it.expr)
                .map(|it| it.text)
                .collect();
            self.key(def, columns, &named, "an index");
            let parts = index.columns.iter().map(|it| IndexPart {
                descending: it.descending,
                nulls_first: it.nulls_first,
                collation: of(index.collate, it.text).map(Name::bare),
                opclass: of(index.opclass, it.text).map(Into::into),
                ..IndexPart::of(match it.expr {
                    true => IndexKey::Expr(Expr::new(it.text)),
                    false => IndexKey::Column(it.text.into()),
                })
            });
            table.indexes.push(Index {
                name: index.name.map(Ident::new),
                unique: index.unique,
                method: index.method.into(),
                parts: parts.collect(),
                include: idents(index.include),
                nulls_not_distinct: index.nulls_not_distinct,
                predicate: index.predicate.map(Expr::new),
                with: pairs(index.with),
                ..Index::default()
            });
        }
    }

    fn foreign_key(
        &mut self,
        def: &TableDef,
        columns: &[&str],
        reference: &ReferenceDef,
        table: &mut Table,
    ) {
        for name in columns {
            let column = table.column(&Ident::new(*name));
            let set_null =
                reference.on_delete == Action::SetNull || reference.on_update == Action::SetNull;
            let problem = match column {
                None => format!("a foreign key names column `{name}`, which is not there"),
                Some(column) if set_null && !column.nullable => {
                    format!(
                        "column `{name}` cannot be NULL, so `set_null` would fail; make it an `Option`"
                    )
                }
                Some(_) => continue,
            };
            self.error(def, problem);
        }
        let (target, references) = match reference.target {
            Target::Model(target) => {
                let target = target();
                let there = target.columns();
                let named = reference.references.iter().map(|field| {
                    let column = there
                        .iter()
                        .find(|it| it.field == *field || it.name == *field);
                    column.map_or(*field, |it| it.name)
                });
                let mut names: Vec<&str> = named.collect();
                if names.is_empty() {
                    names = match target.primary_key.is_empty() {
                        true => there
                            .iter()
                            .filter(|it| it.primary_key)
                            .map(|it| it.name)
                            .collect(),
                        false => target.primary_key.to_vec(),
                    };
                }
                self.check_types(def, columns, target, &names);
                (self.table_name(target), idents(&names))
            }
            Target::Text(text) => match parse_target(text) {
                Some((table, columns)) => match self.family {
                    Family::Postgres => (table, columns),
                    Family::Sqlite => (Name::bare(table.name), columns),
                },
                None => {
                    self.error(
                        def,
                        format!("`references = \"{text}\"` is not `table(column)`"),
                    );
                    return;
                }
            },
        };
        table.constraints.push(Constraint {
            name: reference.name.map(Ident::new),
            deferrable: reference.deferrable || reference.initially_deferred,
            initially_deferred: reference.initially_deferred,
            ..Constraint::new(ConstraintKind::ForeignKey(ForeignKey {
                columns: idents(columns),
                table: target,
                references,
                on_delete: reference.on_delete,
                on_update: reference.on_update,
                matching: match reference.match_full {
                    true => Match::Full,
                    false => Match::Simple,
                },
                ..ForeignKey::default()
            }))
        });
    }
}

/// Holds a column to the labels.
fn labels_of_one(column: &Ident, labels: &[&str]) -> String {
    let labels: Vec<String> = labels.iter().map(|it| quote_literal(it)).collect();
    format!("{} IN ({})", Quoted(column), labels.join(", "))
}

/// Returns the columns that are marked alone or in a group, in order.
fn groups(
    columns: &[&ColumnDef],
    mark: fn(&ColumnDef) -> Option<&'static str>,
) -> Vec<Vec<&'static str>> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for column in columns {
        let Some(group) = mark(column) else { continue };
        match groups
            .iter_mut()
            .find(|it| !group.is_empty() && it.0 == group)
        {
            Some((_, names)) => names.push(column.name),
            None => groups.push((group, vec![column.name])),
        }
    }
    groups.into_iter().map(|it| it.1).collect()
}

fn parse_target(text: &str) -> Option<(Name, Vec<Ident>)> {
    let (table, columns) = text.trim().strip_suffix(')')?.split_once('(')?;
    let name = match table.trim().split_once('.') {
        Some((schema, table)) => Name::new(schema, table),
        None => Name::bare(table.trim()),
    };
    Some((
        name,
        columns.split(',').map(|it| Ident::new(it.trim())).collect(),
    ))
}

fn idents(names: &[&str]) -> Vec<Ident> {
    names.iter().map(|it| Ident::new(*it)).collect()
}

fn pairs(list: &[(&str, &str)]) -> Parameters {
    list.iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect()
}

fn of(list: &[(&'static str, &'static str)], key: &str) -> Option<&'static str> {
    list.iter().find(|it| it.0 == key).map(|it| it.1)
}
