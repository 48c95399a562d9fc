//! The rows of a table as a plan leaves them, as a query of what they are now.

use super::rebuild::{is_rowid, value};
use super::sql::mentions;
use super::types::{self, Affinity};
use crate::change::Change;
use crate::schema::{Column, Expr, Ident, Quoted, Table};

/// The rows that a table has, and what becomes of them.
pub(super) struct Stored<'a> {
    /// The table as it is, under its new name and with its columns' new names.
    pub(super) before: &'a Table,
    /// The table as it will be.
    pub(super) after: &'a Table,
    /// Where the rows are now, with the new names of columns.
    source: String,
    /// Written columns that change, and generated ones that do.
    columns: Vec<Stores<'a>>,
}

/// A column whose values change, or how they compare.
struct Stores<'a> {
    column: &'a Column,
    /// What is written into it.
    written: String,
    /// What it then holds, of its collation.
    kept: String,
    /// The same with its affinity too, for values that fit.
    held: String,
    /// Where `held` is what SQLite makes of the written value; it keeps other values as they are.
    fits: Option<String>,
    /// What the column refuses, where the table is STRICT or the column is the rowid.
    misfits: Option<String>,
}

impl<'a> Stored<'a> {
    /// Says what the changes do to the rows of `live`.
    pub(super) fn new(
        live: &Table,
        before: &'a Table,
        after: &'a Table,
        changes: &[&Change],
    ) -> Self {
        let mut stored = Self {
            before,
            after,
            source: source(live, before),
            columns: Vec::new(),
        };
        for column in &after.columns {
            let new = stored.change(column, changes);
            stored.columns.extend(new);
        }
        // What is computed from what changes does too, and so on.
        loop {
            let touched = after.columns.iter().find(|column| {
                !stored.changes(&column.name)
                    && column
                        .generated
                        .as_ref()
                        .is_some_and(|it| stored.touches(&it.expr))
            });
            let Some(column) = touched else { break };
            stored.columns.push(stored.hold(column));
        }
        stored
    }

    fn change(&self, column: &'a Column, changes: &[&Change]) -> Option<Stores<'a>> {
        let old = self.before.column(&column.name);
        let same_values = match (&column.generated, old) {
            (Some(new), Some(old)) => old
                .generated
                .as_ref()
                .is_some_and(|old| old.expr == new.expr),
            (None, Some(_)) => {
                value(self.before, changes, column).as_deref()
                    == Some(&*Quoted(&column.name).to_string())
            }
            (_, None) => false,
        };
        let same_column = old.is_some_and(|old| {
            keeps(self.before, old) == keeps(self.after, column)
                && old.collation == column.collation
        });
        if same_values && same_column {
            return None;
        }
        let mut stores = self.hold(column);
        if column.generated.is_none() {
            let written = value(self.before, changes, column).unwrap_or_else(|| "NULL".into());
            stores = held(self.before, self.after, column, written);
        }
        Some(stores)
    }

    fn hold(&self, column: &'a Column) -> Stores<'a> {
        let expr = column.generated.as_ref().map(|it| format!("({})", it.expr));
        let written = expr.unwrap_or_else(|| Quoted(&column.name).to_string());
        held(self.before, self.after, column, written)
    }

    /// Returns where the rows are now, to stand after FROM.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Tells whether a column has other values than before, or compares them in another way.
    pub(super) fn changes(&self, column: &Ident) -> bool {
        self.columns.iter().any(|it| it.column.name == *column)
    }

    /// Tells whether an expression names such a column.
    pub(super) fn touches(&self, expr: &Expr) -> bool {
        let names = |it: &Stores<'_>| mentions(expr.as_str(), it.column.name.as_str());
        self.columns.iter().any(names)
    }

    /// Returns the rows as they will be for somebody who compares values of the columns that these
    /// texts name, to stand after FROM.
    pub(super) fn rows(&self, reads: &[&str]) -> String {
        self.rows_for(reads, Reader::Values)
    }

    /// Returns the rows as they will be for expressions, to stand after FROM. Rows with a value that a
    /// column keeps though it is of another type are left out: nothing but the column itself would
    /// compare it in the same way.
    pub(super) fn rows_to_read(&self, reads: &[&str]) -> String {
        self.rows_for(reads, Reader::Expressions)
    }

    fn rows_for(&self, reads: &[&str], reader: Reader) -> String {
        if self.columns.is_empty() {
            return self.source.clone();
        }
        let names = |text: &str, it: &Stores<'_>| mentions(text, it.column.name.as_str());
        let mut read: Vec<&Stores<'_>> = (self.columns.iter())
            .filter(|it| reads.iter().any(|text| names(text, it)))
            .collect();
        let mut at = 0;
        while at < read.len() {
            if let Some(made) = &read[at].column.generated {
                let more = (self.columns.iter()).filter(|it| names(made.expr.as_str(), it));
                for it in more {
                    if !read.iter().any(|known| known.column.name == it.column.name) {
                        read.push(it);
                    }
                }
            }
            at += 1;
        }
        let (mut computed, written): (Vec<_>, Vec<_>) = read
            .into_iter()
            .partition(|it| it.column.generated.is_some());
        let columns: Vec<String> = (self.after.columns.iter())
            .filter_map(|column| {
                let name = Quoted(&column.name);
                let is_it = |it: &&&Stores<'_>| it.column.name == column.name;
                if let Some(it) = written.iter().find(is_it) {
                    return Some(format!("{} AS {name}", it.value(reader)));
                }
                let changed = self.columns.iter().find(|it| it.column.name == column.name);
                match changed {
                    Some(it) if it.column.generated.is_some() => None,
                    Some(it) if it.written == name.to_string() => Some(name.to_string()),
                    Some(it) => Some(format!("{} AS {name}", it.written)),
                    None => Some(name.to_string()),
                }
            })
            .collect();
        let fits: Vec<&str> = written.iter().filter_map(|it| it.guard(reader)).collect();
        let mut rows = select(&columns.join(", "), &self.source, &fits);
        // What is computed from computed values comes after them.
        while !computed.is_empty() {
            let free = computed.iter().position(|it| {
                let expr = it.column.generated.as_ref().map(|it| it.expr.as_str());
                !computed
                    .iter()
                    .any(|other| names(expr.unwrap_or_default(), other))
            });
            let next = computed.remove(free.unwrap_or(0));
            let column = format!("*, {} AS {}", next.value(reader), Quoted(&next.column.name));
            let fits: Vec<&str> = next.guard(reader).into_iter().collect();
            rows = select(&column, &rows, &fits);
        }
        rows
    }

    /// Returns a value as a column compares it with its own.
    pub(super) fn compared(&self, column: &Ident, value: &str) -> String {
        let Some(stores) = self.columns.iter().find(|it| it.column.name == *column) else {
            return value.to_owned();
        };
        held(self.after, self.after, stores.column, value.to_owned()).kept
    }

    /// Returns the columns that refuse some values, with the condition for these and where to look.
    pub(super) fn misfits(&self) -> impl Iterator<Item = (&'a Column, String)> {
        self.columns.iter().filter_map(|it| {
            let condition = it.misfits.as_ref()?;
            Some((
                it.column,
                format!("FROM {} WHERE {condition}", self.under(it)),
            ))
        })
    }

    /// Returns the rows of which a column gets NULL, to be counted.
    pub(super) fn nulls(&self, column: &Ident) -> String {
        match self.columns.iter().find(|it| it.column.name == *column) {
            Some(it) => format!("FROM {} WHERE {} IS NULL", self.under(it), it.written),
            None => format!("FROM {} WHERE {} IS NULL", self.source, Quoted(column)),
        }
    }

    /// Where the value that is written into a column can be computed.
    fn under(&self, stores: &Stores<'_>) -> String {
        match &stores.column.generated {
            Some(made) if self.touches(&made.expr) => self.rows_to_read(&[made.expr.as_str()]),
            Some(_) | None => self.source.clone(),
        }
    }
}

/// What somebody does with the rows.
#[derive(Clone, Copy)]
enum Reader {
    /// Compares values with each other.
    Values,
    /// Computes.
    Expressions,
}

impl Stores<'_> {
    fn value(&self, reader: Reader) -> &str {
        match reader {
            Reader::Values => &self.kept,
            Reader::Expressions => &self.held,
        }
    }

    fn guard(&self, reader: Reader) -> Option<&str> {
        match reader {
            Reader::Values => None,
            Reader::Expressions => self.fits.as_deref(),
        }
    }
}

/// Returns where the rows are, with the columns' new names.
fn source(live: &Table, before: &Table) -> String {
    let table = Quoted(&live.name).to_string();
    let renamed = live.columns.iter().zip(&before.columns);
    if renamed.clone().all(|(old, new)| old.name == new.name) {
        return table;
    }
    let columns: Vec<String> = renamed
        .map(|(old, new)| match old.name == new.name {
            true => Quoted(&old.name).to_string(),
            false => format!("{} AS {}", Quoted(&old.name), Quoted(&new.name)),
        })
        .collect();
    select(&columns.join(", "), &table, &[])
}

fn select(columns: &str, from: &str, conditions: &[&str]) -> String {
    let conditions = match conditions {
        [] => String::new(),
        all => format!(" WHERE {}", all.join(" AND ")),
    };
    format!("(SELECT {columns} FROM {from}{conditions})")
}

/// What a column does with values.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Keeps {
    affinity: Affinity,
    /// What does not become of this kind is refused.
    strict: bool,
}

fn keeps(table: &Table, column: &Column) -> Keeps {
    let any = table.options.strict && column.ty.name == "ANY";
    let affinity = match any {
        true => Affinity::Blob,
        false => types::affinity(&column.ty),
    };
    Keeps {
        affinity,
        strict: (table.options.strict && !any) || is_rowid(table, &column.name),
    }
}

fn held<'a>(before: &Table, after: &Table, column: &'a Column, written: String) -> Stores<'a> {
    let new = keeps(after, column);
    let old = before.column(&column.name);
    let is_old = written == Quoted(&column.name).to_string();
    let same = is_old && old.is_some_and(|old| keeps(before, old) == new);
    let number = format!("CAST({written} AS NUMERIC)");
    let whole = format!("CAST({number} AS INTEGER)");
    let is = |other: &str| format!("coalesce({written} = {other}, 1)");
    let (held, fits) = match new.affinity {
        _ if same => (written.clone(), None),
        Affinity::Integer => (whole.clone(), Some(is(&whole))),
        Affinity::Numeric => (number.clone(), Some(is(&number))),
        Affinity::Real => (format!("CAST({written} AS REAL)"), Some(is(&number))),
        Affinity::Text => (
            format!("CAST({written} AS TEXT)"),
            Some(format!("typeof({written}) <> 'blob'")),
        ),
        Affinity::Blob => (written.clone(), None),
    };
    let blob_alone = format!("typeof({written}) NOT IN ('blob', 'null')");
    let misfits = match (&fits, new.affinity) {
        _ if same || !new.strict => None,
        (_, Affinity::Blob) => Some(blob_alone),
        (Some(fits), _) => Some(format!("NOT {fits}")),
        (None, _) => None,
    };
    let collation = match (
        &column.collation,
        old.and_then(|old| old.collation.as_ref()),
    ) {
        (Some(collation), _) => format!(" COLLATE {}", Quoted(&collation.name)),
        (None, Some(_)) => " COLLATE BINARY".into(),
        (None, None) => String::new(),
    };
    let kept = match (&fits, new.affinity) {
        (None, _) => held.clone(),
        (Some(fits), Affinity::Integer) => format!(
            "CASE WHEN {fits} THEN {held} WHEN {} THEN {number} ELSE {written} END",
            is(&number)
        ),
        (Some(fits), _) => format!("CASE WHEN {fits} THEN {held} ELSE {written} END"),
    };
    Stores {
        column,
        written,
        kept: format!("{kept}{collation}"),
        held: format!("{held}{collation}"),
        fits,
        misfits,
    }
}
