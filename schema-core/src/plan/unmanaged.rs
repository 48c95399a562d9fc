//! Views, functions and the like that the desired database has otherwise: but for functions that
//! something wanted calls, no plan makes them, and the reader is told.

use std::collections::BTreeSet;

use super::called::is_made;
use crate::change::Change;
use crate::schema::{Other, Schema};
use crate::wording::some_of;

/// Returns what to say of them: those that are made, those that are there alone, and those that are
/// defined otherwise. Models, and snapshots of models, have none.
pub(super) fn unlike(desired: &Schema, live: &Schema, changes: &[Change]) -> Vec<String> {
    let (mut made, mut missing, mut otherwise) = (Vec::new(), Vec::new(), Vec::new());
    for other in &desired.others {
        match live.others.iter().find(|twin| twin.is(other)) {
            None if is_made(changes, other) => made.push(other.title()),
            None => missing.push(other.title()),
            // What the plan makes again is printed as it stands on what changes: the next run tells.
            Some(twin) if !is_dropped(changes, twin) && !is_alike(twin, other) => {
                otherwise.push(other.title());
            }
            Some(_) => {}
        }
    }
    let told = [
        (made, "called here, and made without its owner and rights"),
        (
            missing,
            "in the desired database alone, not managed, and not made",
        ),
        (
            otherwise,
            "defined otherwise in the desired database, not managed, and left alone",
        ),
    ];
    let told = told.into_iter().filter(|(found, _)| !found.is_empty());
    told.map(|(found, what)| format!("{what}: {}", some_of(found.into_iter())))
        .collect()
}

/// Tells whether a plan drops one, also to make it again.
pub(super) fn is_dropped(changes: &[Change], other: &Other) -> bool {
    (changes.iter())
        .any(|change| matches!(change, Change::DropOther { other: gone, .. } if gone == other))
}

/// Tells whether two are defined in the same words. Owners and rights are of the place.
fn is_alike(a: &Other, b: &Other) -> bool {
    match (a.create.first(), b.create.first()) {
        (Some(a), Some(b)) => are_same(a, b),
        (a, b) => a == b,
    }
}

/// Tells whether two definitions are the same. Before 16 a server says the table of each column of a
/// view, also where there is one table.
fn are_same(a: &str, b: &str) -> bool {
    let is = |said: &str, bare: &str| without_table(said, bare).is_some_and(|it| it == bare);
    a == b || is(a, b) || is(b, a)
}

/// Returns a definition without the one table that it says of columns, and the other one does not.
fn without_table(said: &str, bare: &str) -> Option<String> {
    let (said_of, bare_of) = (qualifiers(said), qualifiers(bare));
    let mut more = said_of.difference(&bare_of);
    match (more.next(), more.next()) {
        (Some(table), None) => Some(without(said, table)),
        (_, _) => None,
    }
}

/// The words before a point.
fn qualifiers(sql: &str) -> BTreeSet<&str> {
    let points = sql.match_indices('.');
    points.map(|(at, _)| word_before(sql, at)).collect()
}

/// The word that ends at a place.
fn word_before(sql: &str, end: usize) -> &str {
    let before = &sql[..end];
    let start = match before.strip_suffix('"') {
        Some(quoted) => quoted.rfind('"'),
        None => (before.rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$')))
            .map(|at| at + before[at..].chars().next().map_or(1, char::len_utf8)),
    };
    &before[start.unwrap_or_default()..]
}

/// Returns SQL without a word and the point after it, wherever it stands as a whole.
fn without(sql: &str, word: &str) -> String {
    let mut out = String::new();
    let mut begin = 0;
    for (at, _) in sql.match_indices('.') {
        if word_before(sql, at) == word {
            out.push_str(&sql[begin..at - word.len()]);
            begin = at + 1;
        }
    }
    out.push_str(&sql[begin..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_table_is_said_of_columns_or_not() {
        for (said, bare) in [
            (
                "SELECT t.id, t.a AS \"t\" FROM public.t WHERE (t.a > 1)",
                "SELECT id, a AS \"t\" FROM public.t WHERE (a > 1)",
            ),
            (
                "SELECT \"Odd one\".id FROM public.\"Odd one\"",
                "SELECT id FROM public.\"Odd one\"",
            ),
        ] {
            assert!(are_same(said, bare), "{said}");
            assert!(are_same(bare, said), "{bare}");
        }
        for (a, b) in [
            (
                "SELECT t.id FROM public.t, public.u",
                "SELECT u.id FROM public.t, public.u",
            ),
            (
                "SELECT t.id FROM public.t WHERE (t.a > 1)",
                "SELECT id FROM public.t WHERE (a > 2)",
            ),
        ] {
            assert!(!are_same(a, b), "{a}");
        }
    }
}
