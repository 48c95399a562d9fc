//! What no model names, and would have to go with what a model changes: nothing goes that nobody
//! asked for.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::diff::{Diff, Refusal, dotted};
use crate::schema::Name;
use crate::wording::nowhere;

/// What helps where a part that was to stay cannot.
pub(crate) fn kept_cure(sources: &BTreeMap<Name, String>) -> &'static str {
    match sources.is_empty() {
        true => {
            "keep it in the desired schema, drop it by hand first, or all that is not there: --prune"
        }
        false => "say it in a model, drop it by hand first, or all that no model names: --prune",
    }
}

/// Refuses what would drop a constraint or an index that no model names, and that was to stay.
pub(super) fn kept(diff: &mut Diff) {
    let mut refused = Vec::new();
    for change in &diff.changes {
        let part = if let Change::DropConstraint { table, constraint } = change {
            constraint.name.as_ref().map(|name| (table, name))
        } else if let Change::DropIndex { table, index } = change {
            index.name.as_ref().map(|name| (table, name))
        } else {
            None
        };
        refused.extend(part.map(|(table, name)| dotted(table, name)));
    }
    let is_part = |kind: &str| matches!(kind, "constraint" | "index" | "unique index");
    let lost = |object: &String, kind: &str| is_part(kind) && refused.contains(object);
    let nowhere = nowhere(&diff.desired.hints.sources);
    let cure = kept_cure(&diff.desired.hints.sources);
    let gone = (diff.leftovers).extract_if(.., |it| lost(&it.object, &it.kind));
    let refusals = gone.map(|it| {
        let message = format!(
            "this {} is {nowhere}, and has to go with what it stands on, which changes",
            it.kind
        );
        Refusal::new(it.object, message, cure)
    });
    let refusals: Vec<Refusal> = refusals.collect();
    diff.refusals.extend(refusals);
}
