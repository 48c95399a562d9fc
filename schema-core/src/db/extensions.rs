//! What holds on to an extension that would be dropped: the server would refuse it.

use std::collections::BTreeMap;

use super::{DbError, Session};
use crate::change::Change;
use crate::diff::Refusal;
use crate::plan::Plan;
use crate::schema::{Ident, Name, Schema};
use crate::wording::some_of;

/// Something that needs an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needing {
    /// The extension.
    pub(super) extension: Ident,
    /// What it is, as the server calls it.
    pub(super) title: String,
    /// The table that it is a part of.
    pub(super) table: Option<Name>,
    /// Models say such parts of a table, and the plan changes them.
    pub(super) said: bool,
}

/// Refuses to drop what is needed by something that stays and that no model says.
pub(super) async fn needed_extensions(
    session: &mut Session,
    plan: &Plan,
    live: &Schema,
) -> Result<Vec<Refusal>, DbError> {
    let dropped = plan.changes.iter().filter_map(|change| {
        if let Change::DropExtension { name } = change {
            Some(name)
        } else {
            None
        }
    });
    let dropped: Vec<&Ident> = dropped.collect();
    if dropped.is_empty() {
        return Ok(Vec::new());
    }
    let mut held: BTreeMap<Ident, Vec<String>> = BTreeMap::new();
    for needing in session.needing(&dropped).await? {
        if stays(plan, live, &needing) {
            held.entry(needing.extension)
                .or_default()
                .push(needing.title);
        }
    }
    let refusal = |(extension, titles): (Ident, Vec<String>)| {
        Refusal::new(
            format!("extension {extension}"),
            format!(
                "would be dropped, and is needed by {}",
                some_of(titles.into_iter())
            ),
            "drop that by hand first, or keep the extension",
        )
    };
    Ok(held.into_iter().map(refusal).collect())
}

/// Tells whether something is there yet when its extension is dropped.
fn stays(plan: &Plan, live: &Schema, needing: &Needing) -> bool {
    let Some(table) = &needing.table else {
        return true;
    };
    if needing.said {
        return !live.tables.contains_key(table);
    }
    let goes = |change: &Change| {
        if let Change::DropTable { table: gone } = change {
            gone.name == *table
        } else if let Change::DropOther {
            other,
            again: false,
        } = change
        {
            let title = format!("{} {} on ", other.kind, other.name.name);
            other.table.as_ref() == Some(table) && needing.title.starts_with(&title)
        } else {
            false
        }
    };
    !plan.changes.iter().any(goes)
}
