//! Types that a plan replaces by others of their names, and tables of which it changes the rows: no
//! expression about them can be spelled before.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::mentions;
use crate::schema::{Column, Expr, Ident, Name, Schema, Shared, Table, UserType};

/// Such types: of thousands, few are within one expression.
pub(super) struct Redefined {
    all: BTreeSet<Name>,
    /// Those whose names are one word, by that.
    by_word: BTreeMap<String, Vec<Name>>,
    others: Vec<Name>,
}

impl Redefined {
    /// Finds them.
    pub(super) fn new(desired: &Schema, live: &Schema) -> Self {
        let all = types(desired, live);
        let (mut by_word, mut others): (BTreeMap<String, Vec<Name>>, _) = Default::default();
        for name in &all {
            let word = name.name.as_str().to_lowercase();
            match word.contains(is_between_words) {
                true => Vec::push(&mut others, name.clone()),
                false => by_word.entry(word).or_default().push(name.clone()),
            }
        }
        Self {
            all,
            by_word,
            others,
        }
    }

    /// Tells whether a type is one of them.
    pub(super) fn contains(&self, ty: &Name) -> bool {
        self.all.contains(ty)
    }

    /// Tells whether an expression is about one of them.
    pub(super) fn is_said(&self, expr: &Expr) -> bool {
        let mut types = self.perhaps_in(expr).into_iter();
        types.any(|ty| expr.takes_from(ty) || mentions(expr, &ty.name))
    }

    /// Returns those that an expression may be about, by its words, also within literals.
    fn perhaps_in(&self, expr: &Expr) -> Vec<&Name> {
        let text = expr.sql().to_lowercase();
        let words: BTreeSet<&str> = text.split(is_between_words).collect();
        let found = words.into_iter().filter_map(|word| self.by_word.get(word));
        found.flatten().chain(&self.others).collect()
    }
}

fn is_between_words(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '_' | '$')
}

/// Returns the types that are made of something else than before, or of those that are.
fn types(desired: &Schema, live: &Schema) -> BTreeSet<Name> {
    let mut found: BTreeSet<Name> = (live.types.iter())
        .filter(|(name, ty)| {
            let after = desired.types.get(*name);
            after.is_some_and(|after| !alike(ty, after))
        })
        .map(|(name, _)| name.clone())
        .collect();
    found.extend(rows(desired, live));
    found.extend(exchanged(desired, live));
    loop {
        let of_them = |ty: &UserType| {
            let mut parts = ty.parts().into_iter().filter_map(|part| part.user());
            parts.any(|part| found.contains(&part))
        };
        let more: Vec<Name> = (desired.types.iter())
            .filter(|(name, ty)| !found.contains(*name) && of_them(ty))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            let several = found.iter().filter_map(|name| match live.types.get(name)? {
                UserType::Range(range) => Some(range.multirange(name)),
                UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) => None,
            });
            return several
                .collect::<Vec<_>>()
                .into_iter()
                .chain(found)
                .collect();
        }
        found.extend(more);
    }
}

/// Returns the types and sequences that come where something of another kind has the name until then.
fn exchanged(desired: &Schema, live: &Schema) -> Vec<Name> {
    let types = desired.types.keys();
    let types = types.filter(|name| !live.types.contains_key(*name));
    let sequences = desired.sequences.keys();
    let sequences = sequences.filter(|name| !live.sequences.contains_key(*name));
    let mut come: Vec<Name> = types.chain(sequences).cloned().collect();
    if come.is_empty() {
        return come;
    }
    let there = live.names();
    come.retain(|name| there.contains(name));
    come
}

/// Returns the tables whose rows get a column or lose one, or have one of another type.
fn rows(desired: &Schema, live: &Schema) -> impl Iterator<Item = Name> {
    let changes = |(name, table): &(&Name, &Shared<Table>)| {
        let Some(before) = super::before(desired, live, name) else {
            return false;
        };
        let known = |it: &Column| before.column(&it.name).is_some_and(|old| old.ty == it.ty);
        table.columns.len() != before.columns.len() || !table.columns.iter().all(known)
    };
    let tables = desired.tables.iter().filter(changes);
    tables.map(|(name, _)| name.clone())
}

/// Tells whether expressions read the same with either: labels and conditions make no difference.
fn alike(live: &UserType, desired: &UserType) -> bool {
    match (live, desired) {
        (UserType::Enum(_), UserType::Enum(_)) => true,
        (UserType::Domain(from), UserType::Domain(to)) => from.base == to.base,
        (UserType::Composite(from), UserType::Composite(to)) => {
            let fields = from.fields.iter().map(|field| (&field.name, &field.ty));
            fields.eq(to.fields.iter().map(|field| (&field.name, &field.ty)))
        }
        (UserType::Range(from), UserType::Range(to)) => from.subtype == to.subtype,
        (
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
            UserType::Enum(_) | UserType::Domain(_) | UserType::Composite(_) | UserType::Range(_),
        ) => false,
    }
}

/// Returns the columns of a table that have one of the types.
pub(super) fn columns(table: &Table, types: &Redefined) -> Vec<Ident> {
    if types.all.is_empty() {
        return Vec::new();
    }
    let columns = table.columns.iter();
    let odd = columns.filter(|column| column.ty.user().is_some_and(|ty| types.contains(&ty)));
    odd.map(|column| column.name.clone()).collect()
}

/// Tells whether an expression of a table is about one of the columns or types. A row type that is
/// called as the table, or as a column of it, is taken for that.
pub(super) fn mentioned(
    desired: &Schema,
    table: &Table,
    expr: &Expr,
    columns: &[Ident],
    types: &Redefined,
) -> bool {
    let own = |ty: &Name| ty.name == table.name.name || table.column(&ty.name).is_some();
    let types = types.perhaps_in(expr).into_iter();
    let types = types.filter(|ty| !(desired.tables.contains_key(*ty) && own(ty)));
    types.clone().any(|name| expr.takes_from(name))
        || columns.iter().any(|name| mentions(expr, name))
        || types.into_iter().any(|ty| mentions(expr, &ty.name))
}
