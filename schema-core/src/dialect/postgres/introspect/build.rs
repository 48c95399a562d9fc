//! Puts the rows of the catalogue together as a schema.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    catalogue::{Catalogue, Columns},
    constraint::{constraint_kind, index, not_null},
    row::{Row, bare, broken},
    table::table,
};
use crate::{
    db::DbError,
    dialect::postgres::{normalize::sequence, types::spell},
    facts::{Facts, Known, Size},
    schema::{
        Column, Composite, CompositeField, Constraint, DataType, Domain, DomainCheck, EnumType,
        Expr, Extension, Ident, Name, Namespace, Other, Quoted, Range, ReplicaIdentity, Schema,
        Sequence, SequenceOptions, Statistics, Table, UserType, sequence_name,
    },
    scope::Scope,
};

impl Catalogue {
    pub(super) fn build(mut self, scope: &Scope) -> Result<(Schema, Facts), DbError> {
        let mut facts = Facts {
            version: self.version,
            ..Facts::default()
        };
        let mut schema = Schema {
            namespaces: self.namespaces()?,
            extensions: self.extensions()?,
            not_nulls_unnamed: self.version < 180_000,
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
                        not_null_name: row.ident("not_null_name"),
                        not_null_comment: row.string("not_null_comment"),
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
            let rows = row.number::<f64>("tuples").unwrap_or_default();
            let pages: u64 = row.number("pages").unwrap_or_default();
            // Before the first ANALYZE the estimate is -1 rows; before 14 it is none.
            let unknown = rows < 0.0 || self.version < 140_000 && rows == 0.0 && pages == 0;
            let size = Size {
                rows: rows.max(0.0) as u64,
                bytes: pages * 8192,
                known: match unknown && row.text("kind") == Some("r") {
                    true => Known::Not,
                    false => Known::Counted,
                },
            };
            facts.sizes.insert(name.clone(), size);
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
            let owned_by = match row.text("ownership") {
                None => None,
                Some(ownership) => {
                    // Without an owner it goes with a table that is not in scope.
                    let Some((table, column)) = owner else {
                        continue;
                    };
                    if ownership == "i" {
                        let own = sequence_name(&table.name, column);
                        let unlogged = row.flag("unlogged");
                        // Before 15 there are no unlogged sequences.
                        let otherwise =
                            self.version >= 150_000 && unlogged != table.options.unlogged;
                        let mut columns = table.columns.iter_mut();
                        let column = columns.find(|known| known.name == *column);
                        let Some(column) = column else {
                            continue;
                        };
                        if let Some(identity) = column.identity.as_mut() {
                            // Bounds that it says, and that are those of the column's type.
                            let plain = sequence::sequence_options(&options, &column.ty);
                            let said = (options.min, options.max) != (plain.min, plain.max);
                            let another = ty.numbers() != column.ty.numbers() && said;
                            identity.numbers = another.then_some(ty);
                            identity.options = options;
                            identity.sequence = (name != own).then_some(name);
                            identity.logged = otherwise.then_some(!unlogged);
                            identity.comment = row.string("comment");
                        }
                        continue;
                    }
                    Some((table.name.clone(), column.clone()))
                }
            };
            let sequence = Sequence {
                ty,
                options,
                owned_by,
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
                    || index.is_some_and(|index| index.invalid),
                not_enforced: !row.flag("enforced"),
                inherited: row.flag("inherited"),
                part_of: index.and_then(|index| index.part_of.clone()),
                comment: row.string("comment"),
                index_comment: index.and_then(|index| index.comment.clone()),
                index_extensions: index.map(|it| it.extensions.clone()).unwrap_or_default(),
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
            let quoted = columns.iter().map(|column| Quoted(column).to_string());
            let exprs = exprs.into_iter().map(|expr| format!("({})", bare(&expr)));
            let on = quoted.chain(exprs).map(Expr::printed);
            let statistics = Statistics {
                table: row
                    .name_in("table_schema", "table_name")
                    .ok_or_else(|| broken("statistics without a table"))?,
                kinds,
                on: on.collect(),
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
                depends_on_keys: Default::default(),
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
            } else if let Some(key) = row.ident("key") {
                other.depends_on_keys.insert((name, key));
            } else {
                other.depends_on.insert((name, row.ident("column")));
            }
        }
        let mut others: Vec<Other> = others.into_values().collect();
        others.sort();
        Ok(others)
    }
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
    sequence::sequence_options(&options, ty)
}
