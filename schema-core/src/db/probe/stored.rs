//! The rows of a table as a plan leaves them, as a query of what they are now.

use std::collections::BTreeSet;

use super::before::Before;
use crate::change::{Change, ColumnChange, all_above, mention_renamed, mentions};
use crate::dialect::postgres::expression::text::as_default;
use crate::dialect::postgres::render::{conversion, is_volatile};
use crate::dialect::postgres::types::{Cast, is_text, is_textual, spell, type_change};
use crate::plan::Plan;
use crate::schema::{
    Column, DataType, Expr, GeneratedKind, Ident, Name, Quoted, Schema, UserType, renamed_value,
};

/// The rows that a table has, and what is written into them.
pub(super) struct Stored {
    /// The table, by the name that it has now.
    live: Name,
    /// What it is called after the plan.
    name: Ident,
    /// The columns that it has: their names now, and those after the plan.
    columns: Vec<(Ident, Ident)>,
    /// The columns that it will have.
    after: Vec<Ident>,
    /// It has no rows of its own: they are in its partitions.
    pub(super) is_parted: bool,
    /// What is written, in order.
    pub(super) writes: Vec<Write>,
}

/// A column that gets other values.
pub(super) struct Write {
    /// The column as it will be.
    pub(super) column: Column,
    /// The value, of the rows as what is written before leaves them. `None` is one that is not known
    /// before it is written.
    pub(super) value: Option<String>,
    /// Where that comes from.
    pub(super) origin: Origin,
    /// What the author of the model wrote for it.
    pub(super) given: Option<Expr>,
    /// Values may become others, or equal.
    pub(super) is_other: bool,
    /// It is written into this table, and not into one above, which is asked then.
    pub(super) is_own: bool,
    /// What has one stage is written at once.
    stage: usize,
}

/// Where a value that is written comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A new column's default, or NULL.
    Default,
    /// `backfill` of a new column.
    Backfill,
    /// `backfill`, where there is no value.
    Filled,
    /// `using`.
    Using,
    /// Another type.
    Cast,
    /// Another name of a value.
    Renamed,
    /// The expression of a generated column.
    Computed,
}

/// Rows to ask.
pub(super) struct Rows {
    /// A table or a query, in which columns that are read have their names of after the plan.
    source: String,
    /// What the table is called after the plan, where the source is called otherwise.
    alias: Option<Ident>,
}

impl Rows {
    /// Returns what stands after FROM.
    pub(super) fn from(&self) -> String {
        match &self.alias {
            Some(alias) => self.named(&Quoted(alias).to_string()),
            None => self.source.clone(),
        }
    }

    /// The same under a name.
    pub(super) fn named(&self, name: &str) -> String {
        format!("{} {name}", self.source)
    }
}

impl Stored {
    /// Says what a plan does to the rows of a table that is there, named as after the plan.
    pub(super) fn new(before: &Before<'_>, plan: &Plan, table: &Name) -> Option<Self> {
        let live = before.live.tables.get(&before.table(table)?)?;
        let after = before.after.tables.get(table)?;
        let mut names = all_above(&before.after, after);
        names.insert(table);
        let columns = live.columns.iter().map(|column| {
            let renamed = before.columns.iter().find_map(|((owner, new), old)| {
                (names.contains(owner) && *old == column.name).then_some(new)
            });
            (column.name.clone(), renamed.unwrap_or(&column.name).clone())
        });
        let mut stored = Self {
            live: live.name.clone(),
            name: after.name.name.clone(),
            columns: columns.collect(),
            after: after.columns.iter().map(|it| it.name.clone()).collect(),
            is_parted: live.partition_by.is_some(),
            writes: Vec::new(),
        };
        let mut retyped = None;
        for (at, change) in plan.changes.iter().enumerate() {
            // Columns of a table change their types at once.
            let is_type = matches!(
                change,
                Change::AlterColumn {
                    change: ColumnChange::Type { .. },
                    ..
                }
            );
            let stage = match &retyped {
                Some((owner, stage)) if is_type && change.table() == Some(owner) => *stage,
                Some(_) | None => at,
            };
            retyped = match change.table() {
                Some(owner) if is_type => Some((owner.clone(), stage)),
                Some(_) | None => None,
            };
            if change.table().is_some_and(|owner| names.contains(owner)) {
                let write = write(before, change);
                let known = write.filter(|it| stored.after.contains(&it.column.name));
                let is_own = change.table() == Some(table);
                stored.writes.extend(known.map(|write| Write {
                    stage,
                    is_own,
                    ..write
                }));
            }
        }
        let last = plan.changes.len();
        for column in &after.columns {
            let computed = stored.computed(before, live, column);
            stored.writes.extend(computed.map(|write| Write {
                stage: last,
                ..write
            }));
        }
        Some(stored)
    }

    /// Returns what a generated column gets if that is other than now.
    fn computed(
        &self,
        before: &Before<'_>,
        live: &crate::schema::Table,
        column: &Column,
    ) -> Option<Write> {
        let new = column.generated.as_ref()?;
        let named = self.columns.iter().find(|(_, new)| *new == column.name);
        let old = named.and_then(|(old, _)| live.column(old));
        let was = old.and_then(|old| old.generated.as_ref()).map(|was| {
            let renamed = self.columns.iter().filter(|(old, new)| old != new);
            renamed.fold(was.expr.clone(), |expr, (old, new)| {
                mention_renamed(&expr, old, new)
            })
        });
        let is_same = was.as_ref() == Some(&new.expr) && old.is_some_and(|it| it.ty == column.ty);
        let reads = self.writes.iter().any(|write| {
            write.column.name != column.name && mentions(&new.expr, &write.column.name)
        });
        if is_same && !reads {
            return None;
        }
        let ty = before.known_type(&column.ty);
        Some(Write {
            column: column.clone(),
            value: ty.map(|ty| format!("({})::{}", new.expr, spell(&ty))),
            // One that is not stored is not computed when it is made.
            origin: Origin::Computed,
            given: (new.kind == GeneratedKind::Stored).then(|| new.expr.clone()),
            is_other: was.as_ref() != Some(&new.expr)
                || self.touches(new.expr.sql())
                || old.is_none_or(|old| becomes_another(&old.ty, &column.ty)),
            is_own: !column.inherited,
            stage: 0,
        })
    }

    /// Tells whether an expression reads values that may become others.
    pub(super) fn touches(&self, sql: &str) -> bool {
        let text = Expr::new(sql);
        let reads = |write: &Write| write.is_other && mentions(&text, &write.column.name);
        self.writes.iter().any(reads)
    }

    /// Tells whether a column's values may become others.
    pub(super) fn changes(&self, column: &Ident) -> bool {
        let is_it = |write: &Write| write.is_other && write.column.name == *column;
        self.writes.iter().any(is_it)
    }

    /// Returns the rows as they will be for somebody who reads this, or `None` where a value is not
    /// known before.
    pub(super) fn rows(&self, reads: &str) -> Option<Rows> {
        self.rows_before(self.writes.len(), reads)
    }

    /// Returns the column that makes rows unknown to somebody who reads this.
    pub(super) fn unknown(&self, reads: &str) -> Option<&Column> {
        let mut texts = vec![Expr::new(reads)];
        for write in self.writes.iter().rev() {
            if !texts.iter().any(|it| mentions(it, &write.column.name)) {
                continue;
            }
            match &write.value {
                Some(value) => texts.push(Expr::new(value.clone())),
                None => return Some(&write.column),
            }
        }
        None
    }

    /// The same, before something is written.
    pub(super) fn rows_before(&self, write: usize, reads: &str) -> Option<Rows> {
        let stage = self.writes.get(write).map(|it| it.stage);
        let mut texts = vec![Expr::new(reads)];
        let mut needed: Vec<&Write> = Vec::new();
        for write in self.writes[..write].iter().rev() {
            let is_read = texts.iter().any(|it| mentions(it, &write.column.name));
            if !is_read || Some(write.stage) == stage {
                continue;
            }
            texts.push(Expr::new(write.value.clone()?));
            needed.push(write);
        }
        needed.reverse();
        let read = |column: &Ident| texts.iter().any(|it| mentions(it, column));
        let has = |column: &Ident| {
            self.columns.iter().any(|(_, new)| new == column)
                || needed.iter().any(|write| write.column.name == *column)
        };
        if write == self.writes.len() && self.after.iter().any(|it| read(it) && !has(it)) {
            return None;
        }
        let table = Quoted(&self.live).to_string();
        let renamed = self.columns.iter().any(|(old, new)| old != new);
        let mut named = self.columns.iter().filter(|(old, new)| old != new);
        if needed.is_empty() && !named.any(|(old, new)| read(old) || read(new)) {
            return Some(Rows {
                source: table,
                alias: (self.live.name != self.name).then(|| self.name.clone()),
            });
        }
        let hidden = ["tableoid", "ctid"].map(Ident::new);
        let mut columns: Vec<Ident> = hidden.into_iter().filter(|it| read(it)).collect();
        let mut first: Vec<String> = columns.iter().map(|it| Quoted(it).to_string()).collect();
        for (old, new) in &self.columns {
            first.push(match old == new {
                true => Quoted(old).to_string(),
                false => format!("{} AS {}", Quoted(old), Quoted(new)),
            });
            columns.push(new.clone());
        }
        let mut source = match renamed {
            true => format!("(SELECT {} FROM {table})", first.join(", ")),
            false => table,
        };
        let mut is_plain = !renamed;
        while !needed.is_empty() {
            // What reads nothing of what is written beside it.
            let mut beside: BTreeSet<(Ident, usize)> = BTreeSet::new();
            let count = needed.iter().take_while(|write| {
                let text = Expr::new(write.value.clone().unwrap_or_default());
                let reads = (beside.iter())
                    .any(|(column, stage)| *stage != write.stage && mentions(&text, column));
                beside.insert((write.column.name.clone(), write.stage));
                !reads
            });
            let count = count.count().max(1);
            let layer: Vec<&Write> = needed.drain(..count).collect();
            let value = |column: &Ident| {
                let is_it = |write: &&&Write| write.column.name == *column;
                let write = layer.iter().rev().find(is_it)?;
                Some(format!("{} AS {}", write.value.as_ref()?, Quoted(column)))
            };
            for write in &layer {
                if !columns.contains(&write.column.name) {
                    columns.push(write.column.name.clone());
                }
            }
            let list: Vec<String> = columns
                .iter()
                .map(|column| value(column).unwrap_or_else(|| Quoted(column).to_string()))
                .collect();
            let from = match is_plain {
                true if self.live.name == self.name => source,
                true | false => format!("{source} {}", Quoted(&self.name)),
            };
            source = format!("(SELECT {} FROM {from})", list.join(", "));
            is_plain = false;
        }
        Some(Rows {
            source,
            alias: Some(self.name.clone()),
        })
    }

    /// Returns the names of all columns that rows have now or then.
    pub(super) fn names(&self) -> impl Iterator<Item = &Ident> {
        (self.after.iter()).chain(self.columns.iter().map(|(_, new)| new))
    }
}

/// Returns what a change writes into rows.
fn write(before: &Before<'_>, change: &Change) -> Option<Write> {
    let (column, what) = if let Change::AddColumn {
        column, backfill, ..
    } = change
    {
        (column, Written::New(backfill.as_ref()))
    } else if let Change::AlterColumn { column, change, .. } = change {
        (column, written(change)?)
    } else {
        return None;
    };
    if column.generated.is_some() {
        return None;
    }
    let name = Quoted(&column.name).to_string();
    let ty = before.known_type(&column.ty);
    let of_type = |expr: &str| ty.as_ref().map(|ty| format!("({expr})::{}", spell(ty)));
    let (value, origin, given, is_other) = match what {
        Written::New(Some(backfill)) => {
            let value = of_type(backfill.as_str());
            (value, Origin::Backfill, Some(backfill), true)
        }
        Written::New(None) => {
            let default = before.default_of(column);
            let value = match default {
                Some(default) => of_type(&as_default(&before.without_type(default, column))),
                None => of_type("NULL"),
            };
            let numbers = column.identity.is_some();
            let known = value.filter(|_| !numbers);
            (known, Origin::Default, default, true)
        }
        Written::Filled(value) => {
            let filled = of_type(value.as_str()).map(|it| format!("coalesce({name}, {it})"));
            (filled, Origin::Filled, Some(value), true)
        }
        Written::Renamed(renamed) => {
            let value = renamed_value(&name, renamed);
            (Some(value), Origin::Renamed, None, true)
        }
        Written::Retyped(_, Some(using)) => {
            (of_type(using.as_str()), Origin::Using, Some(using), true)
        }
        Written::Retyped(from, None) => {
            let old = before.plain(&from.ty, before.live);
            let collation = (column.collation.as_ref())
                .filter(|_| from.collation != column.collation)
                .map(|it| format!(" COLLATE {}", Quoted(it)))
                .unwrap_or_default();
            let value = ty.as_ref().map(|ty| {
                let ty = (
                    spell(ty),
                    conversion(before.live, &before.after, &name, &old, ty),
                );
                let cast = match ty {
                    (ty, None) => format!("{name}::{ty}"),
                    (ty, Some(cast)) if cast.ends_with(&format!("::{ty}")) => cast,
                    // What is too long is refused and not cut.
                    (ty, Some(cast)) => format!("({cast})::{ty}"),
                };
                format!("({cast}){collation}")
            });
            let is_other =
                !collation.is_empty() || ty.as_ref().is_none_or(|ty| becomes_another(&old, ty));
            (value, Origin::Cast, None, is_other)
        }
    };
    let value = value.filter(|value| match origin {
        Origin::Default => !is_volatile(value),
        Origin::Backfill | Origin::Filled | Origin::Using => !value.contains("nextval("),
        Origin::Cast | Origin::Renamed | Origin::Computed => true,
    });
    Some(Write {
        column: column.clone(),
        value,
        origin,
        given: given.cloned(),
        is_other,
        is_own: true,
        stage: 0,
    })
}

/// What is written into a column.
enum Written<'a> {
    /// What a new one begins with.
    New(Option<&'a Expr>),
    /// A value where there is none.
    Filled(&'a Expr),
    /// New names of values.
    Renamed(&'a [(String, String)]),
    /// Values of another type.
    Retyped(&'a Column, Option<&'a Expr>),
}

fn written(change: &ColumnChange) -> Option<Written<'_>> {
    if let ColumnChange::Type { from, using } = change {
        Some(Written::Retyped(from, using.as_ref()))
    } else if let ColumnChange::Values { renamed } = change {
        Some(Written::Renamed(renamed))
    } else if let ColumnChange::SetNotNull {
        backfill: Some(value),
    }
    | ColumnChange::Fill { value } = change
    {
        Some(Written::Filled(value))
    } else {
        None
    }
}

/// Tells whether values may be rounded, or be equal that were not.
fn becomes_another(from: &DataType, to: &DataType) -> bool {
    let cost = type_change(from, to);
    let ignores_case = |ty: &DataType| ty.schema.is_some() && is_textual(ty);
    // Of text nothing is cut.
    let same_text = is_text(from) && is_text(to);
    (cost.narrowing && !same_text)
        || cost.cast == Cast::Missing
        || ignores_case(to) && !ignores_case(from)
}

impl Before<'_> {
    /// Returns the type of values of a column, as it is known now: beneath domains, and text for
    /// labels that are not there yet. `None` is what nothing stands for.
    pub(super) fn known_type(&self, ty: &DataType) -> Option<DataType> {
        let ty = self.plain(ty, &self.after);
        let Some(name) = ty.user() else {
            return Some(ty);
        };
        let kept = self.live.types.get(&name) == self.after.types.get(&name);
        if kept && !self.replaced.contains(&name) {
            return Some(ty);
        }
        match self.after.types.get(self.after.ranged(&name))? {
            UserType::Enum(_) => Some(DataType {
                array: ty.array,
                ..DataType::builtin("text")
            }),
            UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_) => None,
        }
    }

    /// Returns the default of a new column: its own, or that of its domain.
    pub(super) fn default_of<'c>(&'c self, column: &'c Column) -> Option<&'c Expr> {
        let mut ty = &column.ty;
        let mut default = column.default.as_ref();
        // Domains of domains end somewhere.
        for _ in 0..16 {
            let name = ty.user().filter(|_| default.is_none() && !ty.array);
            let Some(UserType::Domain(domain)) = name.and_then(|it| self.after.types.get(&it))
            else {
                break;
            };
            default = domain.default.as_ref();
            ty = &domain.base;
        }
        default
    }

    /// Returns a default without the cast to the column's type where that is not there yet.
    fn without_type(&self, default: &Expr, column: &Column) -> Expr {
        let plain = self.plain(&column.ty, &self.after);
        if self.known_type(&column.ty).as_ref() == Some(&plain) {
            return default.clone();
        }
        let mut types = [&column.ty, &plain].into_iter();
        let bare = types.find_map(|ty| default.sql().strip_suffix(&format!("::{}", spell(ty))));
        bare.map_or_else(|| default.clone(), Expr::new)
    }

    /// Returns what is beneath the domains of a type.
    pub(super) fn plain(&self, ty: &DataType, schema: &Schema) -> DataType {
        let mut ty = ty.clone();
        // Domains of domains end somewhere.
        for _ in 0..16 {
            let Some(name) = ty.user() else { break };
            let found = schema.types.get(&name);
            let found = found.or_else(|| self.live.types.get(self.aside.get(&name)?));
            let Some(UserType::Domain(domain)) = found else {
                break;
            };
            ty = DataType {
                array: ty.array || domain.base.array,
                ..domain.base.clone()
            };
        }
        ty
    }
}
