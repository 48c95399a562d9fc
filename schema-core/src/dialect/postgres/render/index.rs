//! Indexes and statistics.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::column::collate;
use super::object::comment;
use super::partitioned::attach;
use super::table::{parameters, storage};
use super::{Draft, Writer};
use crate::change::Object;
use crate::dialect::postgres::form::Form;
use crate::schema::{Ident, Index, IndexKey, IndexPart, Name, Quoted, Statistics, quote_literal};
use crate::step::{HazardKind, Txn};

impl Writer<'_> {
    pub(super) fn create_index(&self, out: &mut Draft, table: &Name, index: &Index) {
        if self.busy(table) && !self.partitioned(table) {
            self.concurrently(out, table, index);
        } else {
            out.push(Form::CreateIndex.sql(index_sql(table, index, How::Plain)));
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
        self.index_details(out, table, index);
    }

    /// Makes an index of a partitioned table that no partition has a part of.
    pub(super) fn create_index_alone(&self, out: &mut Draft, table: &Name, index: &Index) {
        out.push(Form::CreateIndexOnly.sql(index_sql(table, index, How::Only)));
        out.note = "of the table alone: not all partitions have a part of it".into();
        self.index_details(out, table, index);
    }

    /// Makes the part that a partition has of an index above which is not complete, and attaches it.
    pub(super) fn create_part(&self, out: &mut Draft, table: &Name, index: &Index) {
        if index.invalid {
            out.push(Form::CreateIndexOnly.sql(index_sql(table, index, How::Only)));
            self.index_details(out, table, index);
        } else if self.by_partition(table) {
            self.index_partitions(out, table, index, &[]);
        } else {
            self.create_index(out, table, index);
        }
        let desired = self.desired.tables.get(table);
        let parent = desired.and_then(|it| Some(&it.partition_of.as_ref()?.parent));
        let above = parent.and_then(|it| self.desired.tables.get(it));
        let whole = above.and_then(|above| {
            let mut indexes = above.indexes.iter();
            let is_whole = |it: &&Index| match it.inherited {
                true => it.part_of == index.part_of,
                false => it.name == index.part_of,
            };
            let name = indexes.find(is_whole)?.name.clone()?;
            Some(above.name.sibling(name))
        });
        if let Some(whole) = whole {
            let part = table.sibling(index.name.clone().unwrap_or_default());
            out.push(attach(&(whole, part)).txn(Txn::Own));
        }
    }

    /// What is said of an index once it has its name.
    pub(super) fn index_details(&self, out: &mut Draft, table: &Name, index: &Index) {
        let name = table.sibling(index.name.clone().unwrap_or_default());
        for (part, target) in &index.statistics {
            out.push(Form::AlterIndex.sql(format!(
                "ALTER INDEX {} ALTER COLUMN {part} SET STATISTICS {target}",
                Quoted(&name)
            )));
        }
        let plain = index.name.clone().unwrap_or_default();
        if self.replaces(table, &plain) {
            self.point_at(out, table, &plain);
        }
        comment(out, &Object::Index(name.clone()), index.comment.as_ref());
        tie_index(out, &name, &BTreeSet::new(), &index.extensions);
    }

    /// Tells whether an index of this name was there before.
    fn replaces(&self, table: &Name, name: &Ident) -> bool {
        let old = self.was.get(table).unwrap_or(table);
        self.live.tables.get(old).is_some_and(|table| {
            table
                .indexes
                .iter()
                .any(|index| index.name.as_ref() == Some(name))
        })
    }

    pub(super) fn concurrently(&self, out: &mut Draft, table: &Name, index: &Index) {
        out.push(
            Form::CreateIndexConcurrently
                .sql(index_sql(table, index, How::Concurrently))
                .txn(Txn::None),
        );
        out.note = format!("built concurrently, {}", self.to_read(table));
    }

    pub(super) fn drop_index(&self, out: &mut Draft, table: &Name, index: &Index) {
        let name = table.sibling(index.name.clone().unwrap_or_default());
        if self.busy(table) && !self.partitioned(table) {
            out.push(
                Form::DropIndexConcurrently
                    .sql(format!(
                        "DROP INDEX CONCURRENTLY IF EXISTS {}",
                        Quoted(&name)
                    ))
                    .txn(Txn::None),
            );
        } else {
            out.push(Form::DropIndex.sql(format!("DROP INDEX IF EXISTS {}", Quoted(&name))));
        }
    }
}

pub(super) fn alter_index(out: &mut Draft, table: &Name, from: &Index, to: &Index) {
    let name = table.sibling(to.name.clone().unwrap_or_default());
    named(out, table, from.name.as_ref(), to.name.as_ref());
    storage(out, "INDEX", Form::AlterIndex, &name, &from.with, &to.with);
    for (part, target) in &to.statistics {
        if from.statistics.get(part) != Some(target) {
            out.push(Form::AlterIndex.sql(format!(
                "ALTER INDEX {} ALTER COLUMN {part} SET STATISTICS {target}",
                Quoted(&name)
            )));
        }
    }
    for part in from.statistics.keys() {
        if !to.statistics.contains_key(part) {
            out.push(Form::AlterIndex.sql(format!(
                "ALTER INDEX {} ALTER COLUMN {part} SET STATISTICS -1",
                Quoted(&name)
            )));
        }
    }
}

/// Lets an index go with extensions, and no more with others.
pub(super) fn tie_index(
    out: &mut Draft,
    index: &Name,
    from: &BTreeSet<Ident>,
    to: &BTreeSet<Ident>,
) {
    for extension in from.difference(to) {
        let sql = format!(
            "ALTER INDEX {} NO DEPENDS ON EXTENSION {}",
            Quoted(index),
            Quoted(extension)
        );
        // A script that runs again may not find it any more.
        let is_there = format!(
            "EXISTS (SELECT FROM pg_extension WHERE extname = {})",
            quote_literal(extension.as_str())
        );
        out.push(Form::AlterIndex.sql(sql).guard(is_there));
    }
    for extension in to.difference(from) {
        out.push(Form::AlterIndex.sql(format!(
            "ALTER INDEX {} DEPENDS ON EXTENSION {}",
            Quoted(index),
            Quoted(extension)
        )));
    }
}

/// An index, or the key that it is of, that the server made gets its own name.
pub(super) fn named(out: &mut Draft, table: &Name, from: Option<&Ident>, to: Option<&Ident>) {
    if let (Some(from), Some(to)) = (from, to)
        && from != to
    {
        out.push(Form::RenameIndex.sql(format!(
            "ALTER INDEX IF EXISTS {} RENAME TO {}",
            Quoted(&table.sibling(from.clone())),
            Quoted(to)
        )));
    }
}

pub(super) fn part_sql(part: &IndexPart) -> String {
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

/// How an index is built.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// At once.
    Plain,
    /// While writers go on.
    Concurrently,
    /// Above partitions, whose indexes are attached later.
    Only,
}

pub(super) fn index_sql(table: &Name, index: &Index, how: How) -> String {
    let (concurrently, only) = match how {
        How::Plain => ("", ""),
        How::Concurrently => ("CONCURRENTLY ", ""),
        How::Only => ("", "ONLY "),
    };
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = index.name.clone().unwrap_or_default();
    let parts: Vec<String> = index.parts.iter().map(part_sql).collect();
    let method = if index.method == "btree" {
        String::new()
    } else {
        format!(" USING {}", index.method)
    };
    let mut sql = format!(
        "CREATE {unique}INDEX {concurrently}IF NOT EXISTS {} ON {only}{}{method} ({})",
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

pub(super) fn create_statistics(out: &mut Draft, name: &Name, statistics: &Statistics) {
    let kinds = if statistics.kinds.is_empty() {
        String::new()
    } else {
        format!(" ({})", statistics.kinds.join(", "))
    };
    out.push(Form::CreateStatistics.sql(format!(
        "CREATE STATISTICS IF NOT EXISTS {}{kinds} ON {} FROM {}",
        Quoted(name),
        statistics.said(),
        Quoted(&statistics.table)
    )));
    if let Some(target) = statistics.target {
        out.push(Form::AlterStatistics.sql(format!(
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
