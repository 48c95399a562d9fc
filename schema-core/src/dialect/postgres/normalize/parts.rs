//! Normalizes the parts of a table, which are read against its columns.

use std::collections::BTreeMap;

use super::{collation, no_empty, no_null, partition::bound, resolve::Types};
use crate::{
    dialect::postgres::{
        expression::{Context, fold},
        types::is_text,
    },
    schema::{
        Column, Constraint, ConstraintKind, DataType, Expr, Ident, Index, IndexKey, IndexPart,
        Name, Quoted, Statistics, Table,
    },
};

/// What the parts of a table are read against: its columns.
pub(super) struct Parts<'a> {
    name: Name,
    pub(super) columns: BTreeMap<String, (DataType, Option<Name>)>,
    types: &'a Types<'a>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(table: &Table, types: &'a Types<'a>) -> Self {
        let columns = table.columns.iter().map(|column| {
            let name = column.name.as_str().to_owned();
            (name, (column.ty.clone(), column.collation.clone()))
        });
        Self {
            name: table.name.clone(),
            columns: columns.collect(),
            types,
        }
    }

    pub(super) fn fold(&self, expr: &Expr, target: Option<&DataType>) -> Expr {
        let column = |name: &str| self.columns.get(name).map(|(ty, _)| self.types.base(ty));
        let resolve = |ty| self.types.named(ty, &self.name);
        expr.normalized(fold(
            expr.sql(),
            &Context {
                column: &column,
                resolve: &resolve,
                target,
            },
        ))
    }

    pub(super) fn table(
        &self,
        table: &mut Table,
        keys: &BTreeMap<Name, Vec<Ident>>,
        partition_keys: &BTreeMap<Name, DataType>,
        errors: &mut Vec<String>,
    ) {
        no_empty(&mut table.comment);
        let heap = |name: &Ident| name.as_str() != "heap";
        table.options.access_method = table.options.access_method.take().filter(heap);
        let primary = keys.get(&table.name).cloned().unwrap_or_default();
        for column in &mut table.columns {
            self.column(column);
            if primary.contains(&column.name) {
                column.nullable = false;
            }
        }
        for constraint in &mut table.constraints {
            self.constraint(constraint, keys, errors);
        }
        for index in &mut table.indexes {
            self.index(index);
        }
        if let Some(partition_by) = &mut table.partition_by {
            self.partition_by(partition_by);
        }
        if let Some(partition) = &mut table.partition_of {
            partition.bound = bound(&partition.bound, partition_keys.get(&partition.parent));
        }
    }

    fn column(&self, column: &mut Column) {
        column.default = column
            .default
            .take()
            .map(|default| self.fold(&default, Some(&self.types.base(&column.ty))))
            .and_then(|default| no_null(default, &column.ty));
        if let Some(generated) = &mut column.generated {
            generated.expr = self.fold(&generated.expr, None);
        }
    }

    fn constraint(
        &self,
        constraint: &mut Constraint,
        keys: &BTreeMap<Name, Vec<Ident>>,
        errors: &mut Vec<String>,
    ) {
        no_empty(&mut constraint.comment);
        constraint.deferrable |= constraint.initially_deferred;
        // What is not enforced has not been checked either; that is said once.
        constraint.not_valid &= !constraint.not_enforced;
        match &mut constraint.kind {
            ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_) => {}
            ConstraintKind::Check { expr, .. } => *expr = self.fold(expr, None),
            ConstraintKind::ForeignKey(key) => {
                if !key.references.is_empty() {
                    return;
                }
                match keys.get(&key.table) {
                    Some(columns) => key.references = columns.clone(),
                    None => errors.push(format!(
                        "table `{}`: a foreign key references `{}`, whose primary key is not \
                         known; name the referenced columns",
                        self.name, key.table
                    )),
                }
            }
            ConstraintKind::Exclude(exclude) => {
                exclude.method = method(&exclude.method, "gist");
                for element in &mut exclude.elements {
                    self.part(&mut element.part, &exclude.method);
                }
                exclude.predicate = exclude.predicate.as_ref().map(|expr| self.fold(expr, None));
            }
        }
    }

    fn index(&self, index: &mut Index) {
        no_empty(&mut index.comment);
        index.method = method(&index.method, "btree");
        for part in &mut index.parts {
            self.part(part, &index.method);
        }
        index.predicate = index.predicate.as_ref().map(|expr| self.fold(expr, None));
    }

    fn part(&self, part: &mut IndexPart, method: &str) {
        if let IndexKey::Expr(expr) = &part.key {
            let expr = self.fold(expr, None);
            let column = self
                .columns
                .keys()
                .find(|name| Quoted(name.as_str()).to_string() == expr.as_str());
            part.key = match column {
                Some(column) => IndexKey::Column(column.as_str().into()),
                None => IndexKey::Expr(expr),
            };
        }
        let ordered = method == "btree";
        part.nulls_first = Some(ordered && part.nulls_first.unwrap_or(part.descending));
        part.descending &= ordered;
        collation(&mut part.collation);
        let known = match &part.key {
            IndexKey::Column(column) => self.columns.get(column.as_str()),
            IndexKey::Expr(_) => None,
        };
        if let Some((_, own)) = known
            && part.collation == *own
        {
            part.collation = None;
        }
        if let Some(opclass) = &mut part.opclass {
            *opclass = opclass.trim_start_matches("pg_catalog.").to_owned();
        }
        let default = known.and_then(|(ty, _)| opclass_of(ty, method));
        let with_options = !part.opclass_options.is_empty();
        part.opclass = part
            .opclass
            .take()
            .filter(|opclass| with_options || Some(opclass.as_str()) != default);
    }

    pub(super) fn statistics(&self, statistics: &mut Statistics) {
        statistics.target = statistics.target.filter(|target| *target != -1);
        let mut columns = Vec::new();
        let mut exprs = Vec::new();
        for part in std::mem::take(&mut statistics.on) {
            let folded = self.fold(&part, None);
            let known = |name: &&String| Quoted(name.as_str()).to_string() == folded.as_str();
            match self.columns.keys().find(known) {
                Some(name) => columns.push(Ident::from(name.as_str())),
                None => exprs.push(folded.normalized(format!("({})", folded.as_str()))),
            }
        }
        for kind in &mut statistics.kinds {
            *kind = kind.to_lowercase();
        }
        let all = ["ndistinct", "dependencies", "mcv"];
        if statistics.kinds.is_empty() && columns.len() + exprs.len() > 1 {
            statistics.kinds = all.map(str::to_owned).to_vec();
        }
        statistics
            .kinds
            .sort_by_key(|kind| all.iter().position(|known| known == kind));
        // The server keeps columns first, in the order of the table, then expressions as they came.
        columns.sort();
        statistics.on = columns
            .iter()
            .map(|name| Expr::printed(Quoted(name).to_string()))
            .chain(exprs)
            .collect();
        statistics.columns = columns;
    }
}

fn method(name: &str, default: &str) -> String {
    if name.is_empty() {
        default.to_owned()
    } else {
        name.to_lowercase()
    }
}

/// Returns the operator class that an index has for a type without being told.
fn opclass_of(ty: &DataType, method: &str) -> Option<&'static str> {
    match (method, ty.array) {
        ("gin", true) => return Some("array_ops"),
        ("btree" | "hash", false) => {}
        ("gin", false) if ty.name == "jsonb" => return Some("jsonb_ops"),
        ("gin" | "gist", false) if ty.name == "tsvector" => return Some("tsvector_ops"),
        _ => return None,
    }
    if is_text(ty) {
        return Some("text_ops");
    }
    Some(match ty.name.as_str() {
        "integer" => "int4_ops",
        "bigint" => "int8_ops",
        "smallint" => "int2_ops",
        "boolean" => "bool_ops",
        "uuid" => "uuid_ops",
        "date" => "date_ops",
        "numeric" => "numeric_ops",
        "timestamp with time zone" => "timestamptz_ops",
        "timestamp without time zone" => "timestamp_ops",
        "character" => "bpchar_ops",
        "jsonb" => "jsonb_ops",
        _ => return None,
    })
}
