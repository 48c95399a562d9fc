//! Domains: which values are against what one demands, also inside of arrays and composites.

use std::collections::BTreeMap;

use super::Question;
use super::before::Before;
use super::stored::{Origin, Stored, Write};
use super::within::{elements, fields, looked_into};
use crate::change::{Change, ColumnChange};
use crate::dialect::postgres::types::spell;
use crate::plan::Plan;
use crate::schema::{DataType, Domain, DomainCheck, Ident, Name, Quoted, UserType, quote_literal};

/// Values against a condition that a domain gets.
pub(super) fn altered(before: &Before<'_>, change: &Change) -> Option<Question> {
    let Change::AlterDomain { name, from, to } = change else {
        return None;
    };
    let added = to.checks.iter().filter(|check| {
        let known = |other: &&DomainCheck| other.expr == check.expr && !other.not_valid;
        !check.not_valid && from.checks.iter().find(known).is_none()
    });
    let mut against: Vec<String> = added.map(|check| format!("NOT ({})", check.expr)).collect();
    if to.not_null && !from.not_null {
        against.push("value IS NULL".into());
    }
    let base = spell(&to.base);
    let mut uses = Vec::new();
    for (table, def) in &before.live.tables {
        for column in &def.columns {
            // What is below a table is read with it.
            let below = def.partition_of.is_some();
            if before.is_made_of(&column.ty, name) && !below {
                // In a condition of a domain the value is called VALUE.
                uses.push(format!(
                    "SELECT {}::text AS place, {}::{base} AS value FROM {}",
                    quote_literal(&format!("{table}.{}", column.name)),
                    Quoted(&column.name),
                    Quoted(table)
                ));
            }
        }
    }
    if uses.is_empty() || against.is_empty() {
        return None;
    }
    Some(Question {
        object: format!("domain {name}"),
        rows: format!(
            "FROM ({}) d WHERE {}",
            uses.join(" UNION ALL "),
            against.join(" OR ")
        ),
        show: "*".into(),
        message: "cannot demand more of its values: {n} with one against it".into(),
        cures: vec!["fix the rows, or the check".into()],
    })
}

/// Values that a column gets, against what its domain demands.
pub(super) fn written(
    before: &Before<'_>,
    plan: &Plan,
    stored: &BTreeMap<Name, Stored>,
) -> Vec<Question> {
    let mut out = Vec::new();
    for (table, rows) in stored {
        let mut asked: Vec<&Ident> = Vec::new();
        for write in rows.writes.iter().rev() {
            let column = &write.column;
            if write.is_own && write.origin != Origin::Renamed && !asked.contains(&&column.name) {
                asked.push(&column.name);
                out.extend(question(before, plan, (table, rows), write));
            }
        }
    }
    out
}

fn question(
    before: &Before<'_>,
    plan: &Plan,
    (table, rows): (&Name, &Stored),
    write: &Write,
) -> Option<Question> {
    let column = &write.column;
    let name = Quoted(&column.name).to_string();
    let from = match before.known_type(&column.ty) {
        Some(_) => rows.rows(&name)?,
        // One that is made again has the fields that it had.
        None if write.origin == Origin::Cast && is_made_again(before, plan, write) => {
            rows.rows_before(0, &name)?
        }
        None => return None,
    };
    let against = within(before, &name, &column.ty, 0)?;
    Some(Question {
        object: format!("{table}.{}", column.name),
        rows: format!("FROM {} WHERE {against}", from.from()),
        show: "*".into(),
        message: format!(
            "cannot be {}: {{n}} with a value against what a domain demands",
            column.ty
        ),
        cures: vec!["correct the rows, or the check of the domain".into()],
    })
}

/// Tells whether a column's composite type only steps aside for one that has the same fields.
fn is_made_again(before: &Before<'_>, plan: &Plan, write: &Write) -> bool {
    let from = plan.changes.iter().find_map(|change| {
        if let Change::AlterColumn {
            column,
            change: ColumnChange::Type { from, .. },
            ..
        } = change
        {
            (*column == write.column).then_some(&from.ty)
        } else {
            None
        }
    });
    from.is_some_and(|from| before.is_same_composite(from, &write.column.ty))
}

impl Before<'_> {
    /// Tells whether a type is a domain, or one of that domain.
    fn is_made_of(&self, ty: &DataType, domain: &Name) -> bool {
        let mut ty = ty.clone();
        // Domains of domains end somewhere.
        for _ in 0..16 {
            let Some(name) = ty.user().filter(|_| !ty.array) else {
                break;
            };
            if name == *domain {
                return true;
            }
            match self.live.types.get(&name) {
                Some(UserType::Domain(of)) => ty = of.base.clone(),
                Some(UserType::Enum(_) | UserType::Composite(_) | UserType::Range(_)) | None => {
                    break;
                }
            }
        }
        false
    }

    /// Tells whether two composite types hold the same beneath the domains of their fields.
    pub(super) fn is_same_composite(&self, from: &DataType, to: &DataType) -> bool {
        let (Some(old), Some(new)) = (from.user(), to.user()) else {
            return false;
        };
        let old = self.aside.get(&old).unwrap_or(&old);
        let (old, new) = (self.live.types.get(old), self.after.types.get(&new));
        let (Some(UserType::Composite(old)), Some(UserType::Composite(new))) = (old, new) else {
            return false;
        };
        from.array == to.array
            && old.fields.len() == new.fields.len()
            && old.fields.iter().zip(&new.fields).all(|(old, new)| {
                let of = self.plain(&new.ty, &self.after);
                old.name == new.name && self.plain(&old.ty, self.live) == of
            })
    }
}

/// Returns the condition that a value of a type holds one that a domain refuses, or `None` if none
/// does.
fn within(before: &Before<'_>, value: &str, ty: &DataType, depth: usize) -> Option<String> {
    let name = looked_into(ty, depth)?;
    let deeper = |value: &str, ty: &DataType| within(before, value, ty, depth + 1);
    if ty.array {
        return elements(value, ty, depth, deeper);
    }
    match before.after.types.get(&name)? {
        UserType::Enum(_) | UserType::Range(_) => None,
        UserType::Domain(domain) => {
            let own = demanded(before, value, domain, depth);
            let base = deeper(value, &domain.base);
            let both: Vec<String> = own.into_iter().chain(base).collect();
            (!both.is_empty()).then(|| both.join(" OR "))
        }
        UserType::Composite(composite) => {
            // Without a value there are no fields.
            let fields = fields(value, composite, deeper)?;
            Some(format!("({value} IS DISTINCT FROM NULL AND {fields})"))
        }
    }
}

/// Returns the condition that a value is against a domain itself.
fn demanded(before: &Before<'_>, value: &str, domain: &Domain, depth: usize) -> Option<String> {
    let mut against: Vec<String> = (domain.checks.iter())
        .map(|check| format!("NOT ({})", check.expr))
        .collect();
    if domain.not_null {
        against.push("value IS NULL".into());
    }
    if against.is_empty() {
        return None;
    }
    let base = spell(&before.known_type(&domain.base)?);
    Some(format!(
        "EXISTS (SELECT 1 FROM (SELECT {value}::{base} AS value) d{depth} WHERE {})",
        against.join(" OR ")
    ))
}
