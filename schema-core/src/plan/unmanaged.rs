//! Views, functions and the like that the desired database has otherwise: but for functions that
//! something wanted calls, no plan makes them, and the reader is told.

use super::called::is_made;
use crate::change::Change;
use crate::schema::Schema;
use crate::wording::some_of;

/// Returns what to say of them: those that are made, those that are there alone, and those that are
/// defined otherwise. Models, and snapshots of models, have none.
pub(super) fn unlike(desired: &Schema, live: &Schema, changes: &[Change]) -> Vec<String> {
    let (mut made, mut missing, mut otherwise) = (Vec::new(), Vec::new(), Vec::new());
    for other in &desired.others {
        match live.others.iter().find(|twin| twin.is(other)) {
            None if is_made(changes, other) => made.push(other.title()),
            None => missing.push(other.title()),
            // Owners and rights are of the place.
            Some(twin) if twin.create.first() != other.create.first() => {
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
