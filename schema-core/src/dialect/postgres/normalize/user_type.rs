//! Normalizes the types of a schema.

use super::{collation, no_empty, no_null, resolve::Types};
use crate::{
    dialect::postgres::{
        expression::{Context, fold},
        types::spell,
    },
    schema::{Domain, Name, UserType},
};

pub(super) fn user_type(
    name: &Name,
    ty: &mut UserType,
    types: &Types<'_>,
    errors: &mut Vec<String>,
) {
    let place = format!("type `{name}`");
    match ty {
        UserType::Enum(_) => {}
        UserType::Domain(domain) => {
            types.resolve(&mut domain.base, name, &format!("domain `{name}`"), errors);
            collation(&mut domain.collation);
        }
        UserType::Composite(composite) => {
            for field in &mut composite.fields {
                types.resolve(&mut field.ty, name, &place, errors);
                collation(&mut field.collation);
                no_empty(&mut field.comment);
            }
        }
        UserType::Range(range) => {
            types.resolve(&mut range.subtype, name, &place, errors);
            for (key, value) in &mut range.options {
                *key = key.to_lowercase();
                if key == "subtype" {
                    *value = spell(&range.subtype);
                }
            }
        }
    }
    no_empty(ty.comment_mut());
}

/// Normalizes what a domain says of its values, once it is known what is beneath it.
pub(super) fn domain_parts(name: &Name, domain: &mut Domain, types: &Types<'_>) {
    // Its values are those of what is beneath, whatever domains are between.
    let base = types.base(&domain.base);
    let column = |column: &str| (column == "value").then(|| base.clone());
    let resolve = |ty| types.named(ty, name);
    let context = |target| Context {
        column: &column,
        resolve: &resolve,
        target,
    };
    domain.default = domain
        .default
        .take()
        .map(|default| default.normalized(fold(default.sql(), &context(Some(&base)))))
        .and_then(|default| no_null(default, &base));
    for check in &mut domain.checks {
        check.expr = (check.expr).normalized(fold(check.expr.sql(), &context(None)));
        no_empty(&mut check.comment);
    }
    domain.checks.sort_by(|a, b| a.name.cmp(&b.name));
}
