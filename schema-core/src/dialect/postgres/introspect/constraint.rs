//! Makes constraints and indexes of rows.

use super::row::{Row, broken};
use crate::{
    db::DbError,
    schema::{
        Action, ConstraintKind, Exclude, ExcludeElement, ForeignKey, Ident, Index, IndexKey,
        IndexPart, Key, Match, Table, own_not_null,
    },
};

pub(super) fn index(row: &Row, parts: Vec<&Row>) -> Result<Index, DbError> {
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
        part_of: row.ident("part_of"),
        comment: row.string("comment"),
        extensions: row.json("extensions")?,
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
pub(super) fn not_null(table: &mut Table, row: &Row, columns: &[Ident]) {
    let Some(name) = columns.first() else {
        return;
    };
    let own = own_not_null(&table.name, name);
    let mut columns = table.columns.iter_mut();
    if let Some(column) = columns.find(|column| column.name == *name) {
        column.not_null_unvalidated = !row.flag("validated");
        column.not_null_no_inherit = row.flag("no_inherit");
        column.not_null_local = row.text("not_null_local").map(|it| it == "t");
        column.not_null_comment = row.string("comment");
        column.not_null_name = row.ident("name").filter(|name| *name != own);
    }
}

pub(super) fn constraint_kind(
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
        on_conflict: None,
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
