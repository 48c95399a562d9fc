//! Enum values that are removed: which rows have them, also inside of arrays, domains, composites
//! and ranges.

use super::Question;
use super::before::Before;
use super::within::{elements, fields, looked_into};
use crate::change::{Change, ColumnChange};
use crate::plan::Plan;
use crate::schema::{DataType, Name, Quoted, Schema, UserType, quote_literal};

/// Rows with a value that goes, in a column of the type or in one of what is made of it.
pub(super) fn removed(before: &Before<'_>, plan: &Plan, change: &Change) -> Option<Question> {
    let (name, from, to) = relabelled(plan, change)?;
    let removed: Vec<String> = from
        .iter()
        .filter(|label| !to.contains(label))
        .map(|label| quote_literal(label))
        .collect();
    if removed.is_empty() {
        return None;
    }
    let mut was = name.clone();
    for change in &plan.changes {
        if let Change::RenameType { from, to, .. } = change
            && *to == name
        {
            was = from.clone();
        }
    }
    let has = Labels {
        schema: before.live,
        ty: &was,
        removed: &removed.join(", "),
    };
    let mut uses = Vec::new();
    for table in before.live.tables.values() {
        let goes = |change: &Change| matches!(change, Change::DropTable { table: gone } if gone.name == table.name);
        let comes = |change: &Change| matches!(change, Change::CreateTable { table: made } if made.name == table.name);
        let goes = |change: &Change| goes(change) && !plan.changes.iter().any(comes);
        // Their rows are found through the parent.
        if table.partition_of.is_some() || plan.changes.iter().any(goes) {
            continue;
        }
        for column in &table.columns {
            let leaves = |change: &Change| {
                if let Change::DropColumn {
                    table: owner,
                    column: gone,
                    ..
                } = change
                {
                    *owner == table.name && gone.name == column.name
                } else if let Change::AlterColumn {
                    table: owner,
                    column: altered,
                    change: ColumnChange::Type { using, .. },
                } = change
                {
                    // Another type is asked about by itself.
                    *owner == table.name
                        && altered.name == column.name
                        && (using.is_some() || altered.ty.user() != column.ty.user())
                } else {
                    false
                }
            };
            if column.inherited || plan.changes.iter().any(leaves) {
                continue;
            }
            let value = Quoted(&column.name).to_string();
            if let Some(condition) = has.within(&value, &column.ty, 0) {
                uses.push(format!(
                    "SELECT {} AS place FROM {} WHERE {condition}",
                    quote_literal(&format!("{}.{}", table.name, column.name)),
                    Quoted(&table.name),
                ));
            }
        }
    }
    if uses.is_empty() {
        return None;
    }
    Some(Question {
        object: format!("type {name}"),
        rows: format!("FROM ({}) d", uses.join(" UNION ALL ")),
        show: "*".into(),
        message: format!(
            "values {} cannot be removed: {{n}} with them",
            removed.join(", ")
        ),
        cures: vec!["give those rows another value first".into()],
    })
}

/// Returns an enum whose labels change by another type, and the labels before and after.
pub(super) fn relabelled(plan: &Plan, change: &Change) -> Option<(Name, Vec<String>, Vec<String>)> {
    if let Change::ReplaceEnum { name, from, to, .. } = change {
        return Some((name.clone(), from.clone(), to.clone()));
    }
    let Change::RenameType {
        from: name,
        to: aside,
        ty: UserType::Enum(from),
    } = change
    else {
        return None;
    };
    let replaced =
        |change: &&Change| matches!(change, Change::DropType { name, .. } if name == aside);
    plan.changes.iter().find(replaced)?;
    let to = plan.changes.iter().find_map(|change| {
        if let Change::CreateType {
            name: made,
            ty: UserType::Enum(to),
        } = change
        {
            (made == name).then_some(to)
        } else {
            None
        }
    })?;
    Some((name.clone(), from.labels.clone(), to.labels.clone()))
}

/// Labels that are looked for in values.
struct Labels<'a> {
    schema: &'a Schema,
    ty: &'a Name,
    removed: &'a str,
}

impl Labels<'_> {
    /// Returns the condition that a value of a type holds one of them, or `None` if it never does.
    fn within(&self, value: &str, ty: &DataType, depth: usize) -> Option<String> {
        let name = looked_into(ty, depth)?;
        let deeper = |value: &str, ty: &DataType| self.within(value, ty, depth + 1);
        if ty.array {
            return elements(value, ty, depth, deeper);
        }
        if name == *self.ty {
            return Some(format!("{value}::text IN ({})", self.removed));
        }
        match self.schema.types.get(&name)? {
            UserType::Enum(_) => None,
            UserType::Domain(domain) => deeper(value, &domain.base),
            UserType::Composite(composite) => fields(value, composite, deeper),
            UserType::Range(range) => {
                let end = |end: &str| deeper(&format!("{end}({value})"), &range.subtype);
                Some(format!("({} OR {})", end("lower")?, end("upper")?))
            }
        }
    }
}
