//! Which tables a plan is about whose sizes nobody knows yet.

use std::collections::BTreeSet;

use crate::change::{Change, lineage};
use crate::facts::Known;
use crate::plan::Plan;
use crate::schema::{ConstraintKind, Name, Schema};

/// Returns the tables of the live database that the plan is about, and whose sizes nobody knows.
pub(super) fn unmeasured(plan: &Plan, live: &Schema) -> BTreeSet<Name> {
    let mut touched: BTreeSet<&Name> = BTreeSet::new();
    let mut of_types = BTreeSet::new();
    for change in &plan.changes {
        touched.extend(change.table());
        if let Change::RenameTable { from, .. } = change {
            touched.insert(from);
        } else if let Change::AddConstraint { constraint, .. } = change
            && let ConstraintKind::ForeignKey(key) = &constraint.kind
        {
            touched.insert(&key.table);
        } else if let Change::ReplaceEnum { columns, .. } = change {
            touched.extend(columns.iter().map(|(table, _)| table));
        } else if let Change::AlterDomain { name, .. } = change {
            of_types.insert(name.clone());
        }
    }
    let of_type = |name: &Name| {
        let mut columns = live.tables.get(name).into_iter().flat_map(|it| &it.columns);
        columns.any(|column| column.ty.user().is_some_and(|it| of_types.contains(&it)))
    };
    let sizes = plan.facts.sizes.iter();
    let unknown = sizes.filter(|(_, size)| size.known == Known::Not);
    let asked = unknown
        .map(|(name, _)| name)
        .filter(|name| of_type(name) || lineage(live, name).any(|above| touched.contains(above)));
    asked.cloned().collect()
}
